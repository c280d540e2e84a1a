import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { isRtspAddress, parseCameraAddress } from './camera-address.ts';

/** Any code points, lone surrogates too; fast-check's own unit `binary` takes seconds to set up. */
function anyText(maxLength = 20): fc.Arbitrary<string> {
  return fc.array(fc.nat(0x10ffff), { maxLength }).map((points) => String.fromCodePoint(...points));
}

test('reads what people write', () => {
  const none = { port: undefined, isTls: false, path: undefined, credentials: undefined };
  expect(parseCameraAddress(' 192.0.2.7 ')).toEqual({ ...none, host: '192.0.2.7' });
  expect(parseCameraAddress('gate-3.city.example:8080')).toEqual({ ...none, host: 'gate-3.city.example', port: 8080 });
  expect(parseCameraAddress('[2001:db8::7]:80')).toEqual({ ...none, host: '[2001:db8::7]', port: 80 });
  expect(parseCameraAddress('http://192.0.2.7/')).toEqual({ ...none, host: '192.0.2.7', port: 80 });
  expect(parseCameraAddress('HTTPS://admin:p%40ss:w@rd@192.0.2.7/onvif/x')).toEqual({
    host: '192.0.2.7',
    port: 443,
    isTls: true,
    path: '/onvif/x',
    credentials: { username: 'admin', password: 'p@ss:w@rd' },
  });
  expect(isRtspAddress('rtsp://x')).toBe(true);
  expect(isRtspAddress('rtsp.example')).toBe(false);
});

test('refuses the rest, without repeating it', () => {
  const wrong = [
    '',
    'not an address',
    'ftp://a',
    'http://',
    'a:0',
    'a:65536',
    'a:b',
    '[::1',
    'a/b c',
    'http://u:secret@',
    'x'.repeat(501),
  ];
  for (const text of wrong) {
    let error: unknown;
    try {
      parseCameraAddress(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'CAMERA_ADDRESS_INVALID', context: {} });
  }
});

const pieces = fc
  .array(
    fc.constantFrom(
      'http',
      's',
      '://',
      'a',
      '.',
      ':',
      '80',
      '@',
      '[',
      ']',
      '::1',
      '/',
      '%',
      '?',
      '#',
      ' ',
      '10.0.0.1',
      'é',
    ),
  )
  .map((parts) => parts.join(''));

test('any text is an address or one error of ours', () => {
  fc.assert(
    fc.property(fc.oneof(anyText(), pieces), (text) => {
      try {
        expect(URL.canParse(`http://${parseCameraAddress(text).host}:80/`)).toBe(true);
      } catch (error) {
        expect(error instanceof AppError && error.code).toBe('CAMERA_ADDRESS_INVALID');
      }
    }),
  );
});
