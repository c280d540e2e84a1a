import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { CameraState } from './cameras/camera.ts';
import { ConnectLimiter } from './connect-limiter.ts';
import { cameraId } from './media.ts';
import { headerOf } from './rtsp/rtsp-message.ts';
import { StreamRunner, type StreamRunnerDeps } from './stream-runner.ts';
import { encodeClip } from './testdata/encode-clip.ts';
import { FakeCamera, type FakeCameraOptions, SDP } from './testdata/fake-camera.ts';
import { makeSilent } from './testdata/silent-port.ts';

vi.setConfig({ testTimeout: 30_000 });
const CLIP = encodeClip({ frames: 400, gop: 10 });
const WAIT = { timeout: 15_000 };
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function camera(options: Partial<FakeCameraOptions> = {}): Promise<FakeCamera> {
  const fake = await FakeCamera.start({ clip: CLIP, fps: 50, ...options });
  closers.push(() => fake.close());
  return fake;
}

function run(url: string, changes: Partial<StreamRunnerDeps> = {}): { runner: StreamRunner; states: CameraState[] } {
  const states: CameraState[] = [];
  const runner = new StreamRunner({
    cameraId: cameraId('cam-1'),
    source: { kind: 'main', url },
    credentials: undefined,
    transport: 'auto',
    certificateSha256: undefined,
    config: {
      connectTimeoutMs: 3000,
      returnConnectTimeoutMs: 300,
      stallTimeoutMs: 1000,
      retryInitialMs: 50,
      retryMaxMs: 200,
      slowRetryMs: 200,
      tlsCaFile: '',
      recordAudio: true,
    },
    limiter: new ConnectLimiter(1000, systemClock),
    recorder: undefined,
    states: { stateChanged: (state) => states.push(state) },
    clock: systemClock,
    log: silentLog,
    ...changes,
  });
  closers.push(() => runner.close());
  runner.start();
  return { runner, states };
}

/** `tcp` or `udp` for each SETUP so far. */
function asked(fake: FakeCamera): string[] {
  return fake.requests
    .filter(({ method }) => method === 'SETUP')
    .map((request) => (/TCP/.test(headerOf(request, 'transport') ?? '') ? 'tcp' : 'udp'));
}

test('remembers that UDP worked, and goes back to TCP when nothing comes that way any more', async () => {
  const fake = await camera({ refuseTcp: 461, closeAfter: 10 });
  const { runner, states } = run(fake.url);
  await expect.poll(() => runner.state.transport, WAIT).toBe('udp');
  await expect.poll(() => asked(fake).slice(0, 4), WAIT).toEqual(['tcp', 'udp', 'udp', 'udp']);
  const { refuseTcp: _refuse, closeAfter: _close, ...rest } = fake.options;
  fake.options = { ...rest, udp: () => [] };
  await expect.poll(() => states.some(({ errorCode }) => errorCode === 'RTP_UDP_BLOCKED'), WAIT).toBe(true);
  await expect.poll(() => [runner.state.status, runner.state.transport], WAIT).toEqual(['live', 'tcp']);
});

test('uses the transport that is set for the camera, and no other', async () => {
  const fake = await camera();
  const { runner } = run(fake.url, { transport: 'udp' });
  await expect.poll(() => [runner.state.status, runner.state.transport], WAIT).toEqual(['live', 'udp']);
  const refusing = await camera({ refuseTcp: 461 });
  const refused = run(refusing.url, { transport: 'tcp' });
  await expect.poll(() => refused.runner.state.errorCode, WAIT).toBe('RTSP_TRANSPORT_REFUSED');
  expect(asked(refusing)).not.toContain('udp');
});

test('goes where the camera sends it, and home again when that fails', async () => {
  const there = await camera();
  const here = await camera();
  const { runner } = run(here.url);
  await expect.poll(() => runner.state.status, WAIT).toBe('live');
  here.ask('REDIRECT', { Location: there.url });
  await expect.poll(() => there.methods(), WAIT).toContain('PLAY');
  await expect.poll(() => runner.state.status, WAIT).toBe('live');
  await there.close();
  await expect.poll(() => here.methods().filter((method) => method === 'PLAY').length, WAIT).toBe(2);
});

test('a known camera that does not answer at all is tried again soon; one never reached is waited for', async () => {
  const limiter = new ConnectLimiter(1000, systemClock);
  const take = vi.spyOn(limiter, 'take');
  const fake = await camera();
  const port = Number(new URL(fake.url).port);
  const { runner } = run(fake.url, { limiter });
  await expect.poll(() => runner.state.status, WAIT).toBe('live');
  await fake.close();
  closers.push(await makeSilent(port));
  const stranger = new ConnectLimiter(1000, systemClock);
  const takeStranger = vi.spyOn(stranger, 'take');
  run(`rtsp://127.0.0.1:${port}/test`, { limiter: stranger });
  await expect.poll(() => runner.state.errorCode, WAIT).toBe('CAMERA_UNREACHABLE');
  take.mockClear();
  await expect.poll(() => take.mock.calls.length, { ...WAIT, interval: 10 }).toBe(4);
  expect(takeStranger.mock.calls.length).toBeLessThan(4);
});

test('tells which sound the camera offers, although nobody takes it', async () => {
  const fake = await camera({ sdp: `${SDP}m=audio 0 RTP/AVP 8\r\na=control:track2\r\n` });
  const { runner, states } = run(fake.url);
  const silent = run((await camera()).url);
  await expect.poll(() => [runner.state.status, silent.runner.state.status], WAIT).toEqual(['live', 'live']);
  expect(states.at(-1)).toMatchObject({ soundCodec: 'pcma' });
  expect(asked(fake)).toHaveLength(1);
  expect(silent.runner.state.soundCodec).toBeUndefined();
});
