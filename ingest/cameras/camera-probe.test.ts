import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { FakeCamera, type FakeCameraOptions, SDP } from '../testdata/fake-camera.ts';
import { probeCamera, type ProbeResult } from './camera-probe.ts';

const CLIP = encodeClip({ frames: 40, gop: 10 });
let fake: FakeCamera | undefined;

afterEach(async () => {
  await fake?.close();
  fake = undefined;
});

async function probe(options: Partial<FakeCameraOptions>, url?: string): Promise<ProbeResult> {
  await fake?.close();
  fake = await FakeCamera.start({ clip: CLIP, fps: 100, ...options });
  return probeCamera({
    url: url ?? fake.url,
    credentials: undefined,
    connectTimeoutMs: 500,
    pictureTimeoutMs: 700,
    clock: systemClock,
  });
}

test('goes from the address to the first picture', async () => {
  const result = await probe({});
  expect(result.ok).toBe(true);
  expect(result.steps.map((one) => one.step)).toEqual([
    'address',
    'reached',
    'rtsp',
    'signed_in',
    'profile',
    'picture',
  ]);
  expect(result.steps.every((one) => one.ok)).toBe(true);
  expect(result.steps[4]?.detail).toMatch(/^avc1\.[0-9a-f]{6} 160x96$/);
  expect(result.keyFrame?.isKeyFrame).toBe(true);
});

test('stops at the step that fails, with its code', async () => {
  const auth = { scheme: 'basic', username: 'a', password: 'b' } as const;
  const cases: readonly [Partial<FakeCameraOptions>, string, string][] = [
    [{ auth }, 'signed_in', 'RTSP_AUTH_REJECTED'],
    [{ status: { DESCRIBE: 404 } }, 'profile', 'RTSP_STREAM_NOT_FOUND'],
    [{ sdp: SDP.replace('H264', 'VP8') }, 'profile', 'CODEC_UNSUPPORTED'],
    [{ clip: CLIP.slice(1, 9) }, 'picture', 'STREAM_STALLED'],
    [{ closeAfter: 0 }, 'picture', 'STREAM_ENDED'],
  ];
  for (const [options, step, errorCode] of cases) {
    const { ok, steps, keyFrame } = await probe(options);
    expect(ok).toBe(false);
    expect(steps.at(-1)).toMatchObject({ step, ok: false, errorCode });
    expect(steps.slice(0, -1).every((one) => one.ok)).toBe(true);
    expect(keyFrame).toBeUndefined();
  }
  expect((await probe({}, 'http://camera/')).steps).toEqual([
    { step: 'address', ok: false, errorCode: 'CAMERA_URL_INVALID' },
  ]);
  expect((await probe({}, 'rtsp://127.0.0.1:1/')).steps.at(-1)).toMatchObject({
    step: 'reached',
    errorCode: 'CAMERA_UNREACHABLE',
  });
});
