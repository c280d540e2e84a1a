import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestResponse, parseChallenges, RtspAuthenticator } from './rtsp-auth.ts';

const credentials = { username: 'Mufasa', password: 'Circle of Life' };
const rfc7616 = {
  ...credentials,
  realm: 'http-auth@example.org',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  method: 'GET',
  uri: '/dir/index.html',
  qop: { cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', nc: '00000001' },
};

describe('the digest', () => {
  test('equals the examples of RFC 7616 §3.9.1', () => {
    expect(digestResponse({ ...rfc7616, algorithm: 'MD5' })).toBe('8ca523f5e9506fed4657c9700eebdbec');
    expect(digestResponse({ ...rfc7616, algorithm: 'SHA-256' })).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  test('without quality of protection is the one of RFC 2069', () => {
    expect(
      digestResponse({
        username: 'admin',
        password: '12345',
        realm: 'cam',
        nonce: 'abc',
        method: 'DESCRIBE',
        uri: 'rtsp://h/1',
        algorithm: 'MD5',
      }),
    ).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('the authenticator', () => {
  test('prefers SHA-256 to MD5 to Basic', () => {
    const all = [
      'Basic realm="x"',
      'Digest realm="x", nonce="1", algorithm=MD5',
      'Digest realm="x", nonce="2", algorithm=SHA-256, qop="auth,auth-int"',
    ];
    const one = new RtspAuthenticator(credentials, () => 'cn');
    expect(one.accept(all)).toBe(true);
    const answer = one.authorization('DESCRIBE', 'rtsp://h/1');
    expect(answer).toContain('algorithm=SHA-256');
    expect(answer).toContain('qop=auth, nc=00000001, cnonce="cn"');
    expect(one.authorization('SETUP', 'rtsp://h/1')).toContain('nc=00000002');
    const basic = new RtspAuthenticator(credentials);
    expect(basic.accept(all.slice(0, 1))).toBe(true);
    expect(basic.authorization('X', 'y')).toBe(`Basic ${Buffer.from('Mufasa:Circle of Life').toString('base64')}`);
  });

  test('takes a second refusal as final, unless the nonce only went stale', () => {
    const one = new RtspAuthenticator(credentials);
    expect(one.accept(['Digest realm="x", nonce="1"'])).toBe(true);
    expect(one.accept(['Digest realm="x", nonce="2", stale=true'])).toBe(true);
    expect(one.accept(['Digest realm="x", nonce="2", stale=true'])).toBe(false);
    expect(one.accept(['Digest realm="x", nonce="3"'])).toBe(false);
  });

  test('gives up at once without credentials or without a scheme it knows', () => {
    expect(new RtspAuthenticator(undefined).accept(['Basic realm="x"'])).toBe(false);
    expect(new RtspAuthenticator(credentials).accept(['Negotiate abc', 'Digest realm="x"'])).toBe(false);
    expect(new RtspAuthenticator(credentials).accept([])).toBe(false);
  });

  test('escapes quotes in what it sends back', () => {
    const one = new RtspAuthenticator({ username: 'a"b', password: '' });
    one.accept([String.raw`Digest realm="the \"gate\"", nonce="n"`]);
    expect(one.authorization('X', 'y')).toContain(String.raw`username="a\"b", realm="the \"gate\""`);
  });
});

test('reads two challenges in one header', () => {
  const challenges = parseChallenges(['Digest realm="a, b", nonce=n, Basic realm="c"']);
  expect(challenges.map((one) => [one.scheme, one.parameters.get('realm')])).toEqual([
    ['digest', 'a, b'],
    ['basic', 'c'],
  ]);
});

test('reads any header without throwing', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 4 }), (headers) => {
      parseChallenges(headers.map((header) => `Digest ${header}`));
      parseChallenges(headers);
    }),
  );
});
