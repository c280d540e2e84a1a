import { expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { parseRtspUrl } from './rtsp-url.ts';

test('takes the credentials out of the address, whatever characters they have', () => {
  expect(parseRtspUrl('rtsp://admin:p@ss/w%3Ard#1@10.0.0.7:8554/cam?channel=1&subtype=0')).toEqual({
    host: '10.0.0.7',
    port: 8554,
    isTls: false,
    url: 'rtsp://10.0.0.7:8554/cam?channel=1&subtype=0',
    credentials: { username: 'admin', password: 'p@ss/w:rd#1' },
  });
});

test('knows the default port, IPv6 and an address without a path', () => {
  expect(parseRtspUrl(' RTSP://cam.local ')).toMatchObject({ host: 'cam.local', port: 554, url: 'rtsp://cam.local/' });
  expect(parseRtspUrl('rtsp://[fe80::1]:555/x')).toMatchObject({ host: 'fe80::1', port: 555, credentials: undefined });
});

test('knows encrypted addresses and their default port', () => {
  expect(parseRtspUrl('rtsps://u:p@cam/x?y=1')).toEqual({
    host: 'cam',
    port: 322,
    isTls: true,
    url: 'rtsps://cam/x?y=1',
    credentials: { username: 'u', password: 'p' },
  });
  expect(parseRtspUrl('rtsps://cam:8322')).toMatchObject({ port: 8322, isTls: true });
});

test('refuses what is no RTSP address, and does not repeat it', () => {
  for (const bad of [
    '',
    'http://a/b',
    'rtsp://',
    'rtspss://h/',
    'rtsp://h:0/',
    'rtsp://h:99999/',
    'rtsp://h/a b',
    'rtsp://u:secret@/x',
    'rtsp://h/\r\nX: y',
  ]) {
    try {
      parseRtspUrl(bad);
      expect.unreachable(bad);
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toBe('CAMERA_URL_INVALID');
      expect(JSON.stringify((error as AppError).context)).not.toContain('secret');
    }
  }
});
