import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import type { AccessUnit } from '../media.ts';
import { makeCertificate } from '../testdata/certificate.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { FakeCamera, type FakeCameraOptions, SDP } from '../testdata/fake-camera.ts';
import { parseFingerprint } from './fingerprint.ts';
import { RtspSession, type RtspSessionOptions } from './rtsp-session.ts';

vi.setConfig({ testTimeout: 30_000 });
const CLIP = encodeClip({ frames: 20, gop: 10 });
const LONG_CLIP = encodeClip({ frames: 400, gop: 10 });
const WAIT = { timeout: 15_000 };
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function camera(options: Partial<FakeCameraOptions> = {}): Promise<FakeCamera> {
  const fake = await FakeCamera.start({ clip: CLIP, fps: 100, ...options });
  closers.push(() => fake.close());
  return fake;
}

async function play(
  url: string,
  changes: Partial<RtspSessionOptions> = {},
): Promise<{ session: RtspSession; units: AccessUnit[] }> {
  const units: AccessUnit[] = [];
  const session = new RtspSession({
    url,
    credentials: undefined,
    connectTimeoutMs: 3000,
    stallTimeoutMs: 3000,
    clock: systemClock,
    onAccessUnit: (unit) => units.push(unit),
    ...changes,
  });
  closers.unshift(() => session.close());
  await session.start(new AbortController().signal);
  return { session, units };
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error(`no AppError: ${String(error)}`);
}

describe('answers that are not quite RTSP are understood:', () => {
  const rewrites: Readonly<Record<string, FakeCameraOptions['rewrite']>> = {
    'lines that end with LF alone': (answer) =>
      answer.replace(/^[^]*?\r\n\r\n/, (head) => head.replaceAll('\r\n', '\n')),
    'header names in lower case': (answer) => answer.replaceAll(/^[A-Za-z-]+(?=:)/gm, (name) => name.toLowerCase()),
    'folded headers': (answer) => answer.replaceAll(/;(?=interleaved|timeout)/g, ';\r\n\t'),
    'no CSeq': (answer) => answer.replace(/CSeq: \d+\r\n/, ''),
    'always the same CSeq': (answer) => answer.replace(/CSeq: \d+/, 'CSeq: 1'),
    'a CSeq of its own counting': (answer) =>
      answer.replace(/CSeq: (\d+)/, (_, number) => `CSeq: ${Number(number) + 99}`),
    'spaces around the session': (answer) =>
      answer.replace(/Session: abc;timeout=(\d+)/, 'Session:   abc ; timeout = $1 '),
    'empty lines between': (answer) => `\r\n${answer}\r\n`,
    'no reason phrase': (answer) => answer.replace('200 Fake', '200'),
    'the SDP twice': (answer, { method }) => (method === 'DESCRIBE' ? answer + answer : answer),
    'an interim answer first': (answer, { method }) =>
      method === 'PLAY' ? `RTSP/1.0 100 Continue\r\nCSeq: 4\r\n\r\n${answer}` : answer,
  };
  test.each(Object.entries(rewrites))('%s', async (_, rewrite) => {
    const fake = await camera({ rewrite: rewrite!, clip: CLIP });
    const { units } = await play(fake.url);
    await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
    expect(fake.requests.at(-1)?.headers.get('session')).toEqual(['abc']);
  });
});

describe('descriptions and addresses that are not quite right:', () => {
  const nowhere = { sdp: SDP.replace('a=control:track1\r\n', '').replace('a=control:*\r\n', '') };
  const cases: Readonly<Record<string, { options: Partial<FakeCameraOptions>; setUp: string; play?: string }>> = {
    'no control address at all': {
      options: nowhere,
      setUp: 'rtsp://HOST/cam?a=1&b=2',
      play: 'rtsp://HOST/cam?a=1&b=2',
    },
    'a query in the base': { options: {}, setUp: 'rtsp://HOST/cam?a=1&b=2/track1' },
    'a base without slash': { options: { contentBase: 'rtsp://HOST/x' }, setUp: 'rtsp://HOST/x/track1' },
    'a relative base': {
      options: { contentBase: '/live/' },
      setUp: 'rtsp://HOST/live/track1',
      play: 'rtsp://HOST/live/',
    },
    'a base on 0.0.0.0': { options: { contentBase: 'rtsp://0.0.0.0:554/x/' }, setUp: 'rtsp://HOST/x/track1' },
    'an absolute control on no host': {
      options: { sdp: SDP.replace('track1', 'rtsp://0.0.0.0/y/track1') },
      setUp: 'rtsp://HOST/y/track1',
    },
    'a control that is *': { options: { sdp: SDP.replace('track1', '*') }, setUp: 'rtsp://HOST/cam?a=1&b=2' },
  };
  test.each(Object.entries(cases))('%s', async (_, { options, setUp, play: playUrl }) => {
    const fake = await camera();
    const host = `127.0.0.1:${fake.port}`;
    const { contentBase } = options;
    fake.options = {
      ...fake.options,
      ...options,
      ...(contentBase === undefined ? {} : { contentBase: contentBase.replace('HOST', host) }),
    };
    const { units } = await play(`${fake.url}?a=1&b=2`);
    const uriOf = (method: string): string | undefined => fake.requests.find((one) => one.method === method)?.uri;
    expect(uriOf('SETUP')).toBe(setUp.replace('HOST', host));
    if (playUrl) expect(uriOf('PLAY')).toBe(playUrl.replace('HOST', host));
    await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
  });
});

test('takes packets that come before the answer to SETUP', async () => {
  const fake = await camera({ sendBeforeSetUpAnswer: true });
  const { units } = await play(fake.url);
  await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
});

test.each(['tcp', 'udp'] as const)(
  'sets up the sound beside the pictures over %s, and does without when it is refused',
  async (transport) => {
    const sdp = `${SDP}m=audio 0 RTP/AVP 8\r\na=control:track2\r\n`;
    const readers = { transport, onAudioFrame: () => undefined };
    const fake = await camera({ sdp });
    await play(fake.url, readers);
    const setUps = fake.requests.filter(({ method }) => method === 'SETUP');
    expect(setUps.map(({ uri }) => uri.slice(-6))).toEqual(['track1', 'track2']);
    expect(setUps[1]?.headers.get('session')).toEqual(['abc']);
    const places = setUps.map(({ headers }) => headers.get('transport')?.[0]?.split(';').at(-1));
    if (transport === 'tcp') expect(places).toEqual(['interleaved=0-1', 'interleaved=2-3']);
    else expect(new Set(places).size).toBe(2);
    const without = await camera({ sdp, refuseTrack: 'track2' });
    const { units } = await play(without.url, readers);
    expect(without.methods().slice(-3)).toEqual(['SETUP', 'SETUP', 'PLAY']);
    await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
  },
);

test('plays without a Range when the camera refuses one', async () => {
  const fake = await camera({
    rewrite: (answer, { method, headers }) =>
      method === 'PLAY' && headers.has('range') ? answer.replace('200 Fake', '457 Invalid Range') : answer,
  });
  await play(fake.url);
  expect(fake.methods().slice(-2)).toEqual(['PLAY', 'PLAY']);
});

test('keeps alive with the next method when the camera refuses the one that it offered', async () => {
  const fake = await camera({
    clip: LONG_CLIP,
    sessionTimeoutS: 2,
    publicMethods: 'OPTIONS, GET_PARAMETER,SET_PARAMETER',
    status: { GET_PARAMETER: 501 },
  });
  await play(fake.url);
  await expect.poll(() => fake.methods().filter((one) => one === 'SET_PARAMETER').length, WAIT).toBeGreaterThan(1);
  expect(fake.methods().filter((one) => one === 'GET_PARAMETER')).toHaveLength(1);
});

test('signs in again when a nonce runs out without a word of stale', async () => {
  const auth = { scheme: 'md5', username: 'a', password: 'b' } as const;
  const rewrite: FakeCameraOptions['rewrite'] = (answer) => answer.replace(', stale=true', '');
  const fake = await camera({ auth, clip: LONG_CLIP, rewrite, sessionTimeoutS: 2 });
  const { session } = await play(fake.url, { credentials: auth });
  fake.renewNonce();
  const keepalives = (): number => fake.methods().slice(5).length;
  await expect.poll(keepalives, WAIT).toBeGreaterThan(2);
  expect(session.counters.packets).toBeGreaterThan(0);
});

test('connects anew when the stream is announced with other parameter sets, not when it is told again', async () => {
  const sdp = SDP.replace(
    'a=control:track1',
    'a=fmtp:96 sprop-parameter-sets=Z00AFJWoWCWQ,aO48gA==\r\na=control:track1',
  );
  const fake = await camera({ clip: LONG_CLIP, sdp });
  const { session, units } = await play(fake.url);
  fake.ask('ANNOUNCE', { 'Content-Type': 'application/sdp' }, sdp);
  const before = units.length;
  await expect.poll(() => units.length, WAIT).toBeGreaterThan(before + 10);
  fake.ask('ANNOUNCE', { 'Content-Type': 'application/sdp' }, sdp.replace('aO48gA', 'aO44gA'));
  expect((await session.ended)?.context).toEqual({ reason: 'the stream has changed' });
});

describe('redirects', () => {
  test.each([301, 302, 303, 305, 307, 308])('with %i are followed, at any step', async (status) => {
    for (const method of status === 302 ? ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'] : ['DESCRIBE']) {
      const there = await camera();
      const here = await camera({ redirect: { [method]: { status, location: there.url.replace('/cam', '/there') } } });
      const { units } = await play(here.url);
      await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
      const asked = status === 305 ? here.url : there.url.replace('/cam', '/there');
      expect(there.requests[0]?.uri).toBe(asked);
    }
  });

  test('take the password to the same host only', async () => {
    const auth = { scheme: 'basic', username: 'a', password: 'b' } as const;
    const there = await camera({ auth });
    const here = await camera({ redirect: { DESCRIBE: { status: 302, location: there.url } } });
    const { units } = await play(here.url, { credentials: auth });
    await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
    const elsewhere = there.url.replace('127.0.0.1', '127.0.0.2');
    here.options = { ...here.options, redirect: { DESCRIBE: { status: 302, location: elsewhere } } };
    const stranger = await FakeCamera.start({ clip: CLIP, auth }, 0, '127.0.0.2');
    closers.push(() => stranger.close());
    const location = `rtsp://127.0.0.2:${stranger.port}/cam`;
    here.options = { ...here.options, redirect: { DESCRIBE: { status: 302, location } } };
    expect((await failureOf(play(here.url, { credentials: auth }))).code).toBe('RTSP_AUTH_REJECTED');
    expect(stranger.requests.some(({ headers }) => headers.has('authorization'))).toBe(false);
  });

  test('in a circle, and to another protocol, end with one sentence', async () => {
    const fake = await camera();
    for (const location of [fake.url, 'http://127.0.0.1/', '/cam']) {
      fake.options = { ...fake.options, redirect: { DESCRIBE: { status: 302, location } } };
      expect((await failureOf(play(fake.url))).code).toBe('RTSP_REDIRECT_LOOP');
    }
    expect(fake.connections).toBe(6 + 1 + 6);
  });

  test('by a request of the camera end the session, and say where to', async () => {
    const fake = await camera({ clip: LONG_CLIP });
    const { session } = await play(fake.url);
    fake.ask('REDIRECT', { Location: 'rtsp://u:p@127.0.0.1:5/new' });
    expect((await session.ended)?.code).toBe('STREAM_ENDED');
    expect(session.redirectedTo).toBe('rtsp://127.0.0.1:5/new');
  });
});

describe('encrypted', () => {
  const { key, cert, sha256 } = makeCertificate();

  test('plays from a camera whose certificate is known by its fingerprint', async () => {
    const fake = await camera({ tls: { key, cert }, auth: { scheme: 'sha256', username: 'a', password: 'b' } });
    const spaced = sha256.toUpperCase().replaceAll(/..(?=.)/g, '$&:');
    expect(parseFingerprint(spaced)).toBe(sha256);
    const { session, units } = await play(fake.url, {
      credentials: { username: 'a', password: 'b' },
      trust: { caFile: '', certificateSha256: sha256 },
    });
    await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
    expect(session.transport).toBe('tls');
  });

  test('plays from a camera whose authority is known', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'vantage-ca-'));
    closers.push(() => rm(folder, { recursive: true }));
    const caFile = path.join(folder, 'ca.pem');
    await writeFile(caFile, cert);
    const fake = await camera({ tls: { key, cert } });
    const { units } = await play(fake.url, { trust: { caFile, certificateSha256: undefined } });
    await expect.poll(() => units.length, WAIT).toBe(CLIP.length);
    const missing = await failureOf(
      play(fake.url, { trust: { caFile: '/nowhere.pem', certificateSha256: undefined } }),
    );
    expect([missing.code, missing.context['reason']]).toEqual(['CAMERA_TLS_FAILED', 'ENOENT']);
  });

  test('sends nothing to a camera that it does not know, and says which certificate it showed', async () => {
    const fake = await camera({ tls: { key, cert } });
    for (const certificateSha256 of [undefined, '00'.repeat(32)]) {
      const error = await failureOf(play(fake.url, { trust: { caFile: '', certificateSha256 } }));
      expect(error.code).toBe('CAMERA_CERTIFICATE_UNTRUSTED');
      expect(error.context['certificateSha256']).toBe(sha256);
    }
    expect(fake.requests).toEqual([]);
  });

  test('is refused by a camera that speaks in clear, and by UDP', async () => {
    const plain = await camera();
    const url = plain.url.replace('rtsp:', 'rtsps:');
    expect((await failureOf(play(url, { connectTimeoutMs: 1000 }))).code).toBe('CAMERA_TLS_FAILED');
    const fake = await camera({ tls: { key, cert } });
    const trust = { caFile: '', certificateSha256: sha256 };
    expect((await failureOf(play(fake.url, { trust, transport: 'udp' }))).code).toBe('RTSP_TRANSPORT_REFUSED');
  });

  test('says that nobody listens, as in clear', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect((await failureOf(play(`rtsps://127.0.0.1:${port}/`))).code).toBe('CAMERA_UNREACHABLE');
  });
});
