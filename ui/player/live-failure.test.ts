import { expect, test } from 'vitest';
import { nextTry } from './live-failure.ts';

const webrtc = { way: 'webrtc', failures: 0, isMediaBlocked: false } as const;

test('blocked media goes on over the fallback at once', () => {
  expect(nextTry({ ...webrtc, code: 'UI_LIVE_MEDIA_BLOCKED', isMediaBlocked: true })).toEqual({
    way: 'fmp4',
    waitMs: 0,
    keepFromWebrtcMs: 0,
  });
});

test('a server that is away is tried again the same way, ever slower up to five seconds', () => {
  const waits = [0, 1, 2, 3, 10].map(
    (failures) => nextTry({ ...webrtc, code: 'UI_LIVE_SOCKET_REFUSED', failures }).waitMs,
  );
  expect(waits).toEqual([250, 500, 1000, 2000, 5000]);
});

test('a relay that is being started again is bridged by the fallback', () => {
  const next = nextTry({ ...webrtc, code: 'WEBRTC_WORKER_DIED', failures: 1 });
  expect(next).toMatchObject({ way: 'fmp4', waitMs: 0 });
  expect(next.keepFromWebrtcMs).toBeGreaterThan(0);
});

test('waits for a slot where the fallback would bring H.265 that the browser does not play', () => {
  expect(nextTry({ ...webrtc, code: 'LIVE_TRANSCODING_BUSY', failures: 9 })).toMatchObject({
    way: 'webrtc',
    waitMs: 5000,
  });
});
