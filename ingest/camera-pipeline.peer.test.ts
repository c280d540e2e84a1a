import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, SimulatedClock, systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { CameraPipeline } from './camera-pipeline.ts';
import type { Camera, CameraState } from './cameras/camera.ts';
import { ingestConfigSchema } from './config.ts';
import { ConnectLimiter } from './connect-limiter.ts';
import type { GapCause, RecordingGap, SegmentRecord } from './media.ts';
import { RecordingDisk } from './recorder/recording-disk.ts';
import { recordingPolicy } from './recorder/recording-policy.ts';
import { encodeClip } from './testdata/encode-clip.ts';
import { FakeCamera, type FakeCameraOptions, SDP } from './testdata/fake-camera.ts';
import { testCamera } from './testdata/test-camera.ts';

const CLIP = encodeClip({ frames: 400, gop: 10 });
let folder = '';
let closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-pipeline-'));
});

afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
  await rm(folder, { recursive: true, force: true });
});

interface Line {
  readonly pipeline: CameraPipeline;
  readonly states: CameraState[];
  readonly segments: SegmentRecord[];
  readonly gaps: Map<string, RecordingGap>;
}

function statuses({ states }: Line): string[] {
  return states.map((state) => state.status).filter((status, index, all) => status !== all[index - 1]);
}

async function fakeCamera(options: Partial<FakeCameraOptions> = {}, port = 0): Promise<FakeCamera> {
  const fake = await FakeCamera.start({ clip: CLIP, fps: 100, ...options }, port);
  closers.push(() => fake.close());
  return fake;
}

function line(
  url: string,
  changes: Partial<Camera> = {},
  {
    clock = systemClock,
    settings = {},
    continues,
  }: { clock?: Clock; settings?: Readonly<Record<string, unknown>>; continues?: RecordingGap | undefined } = {},
): Line {
  const camera = testCamera('cam-1', url, changes);
  const config = readConfig(
    'INGEST',
    ingestConfigSchema,
    {},
    {
      recordingFolder: folder,
      retryInitialMs: 50,
      retryMaxMs: 300,
      slowRetryMs: 300,
      stallTimeoutMs: 500,
      connectTimeoutMs: 500,
      minimumFreeMb: 0,
      ...settings,
    },
  );
  const states: CameraState[] = [];
  const segments: SegmentRecord[] = [];
  const gaps = new Map<string, RecordingGap>();
  const pipeline = new CameraPipeline({
    camera,
    config,
    limiter: new ConnectLimiter(config.connectsPerSecond, clock),
    disk: new RecordingDisk({ config, clock }),
    continues,
    segments: {
      appendSegment: (segment) => void segments.push(segment),
      openGap: (gap) => void gaps.set(gap.gapId, gap),
      closeGap: (gap) => void gaps.set(gap.gapId, gap),
    },
    states: { stateChanged: (state) => void states.push(state) },
    clock,
    log: silentLog,
  });
  closers.unshift(() => pipeline.close());
  pipeline.start();
  return { pipeline, states, segments, gaps };
}

test('goes live, records, and says what it sees', async () => {
  const fake = await fakeCamera();
  const one = line(fake.url);
  await expect.poll(() => one.pipeline.state('main')?.framesPerSecond, { timeout: 5000 }).toBeGreaterThan(40);
  expect(one.pipeline.state('main')).toMatchObject({
    status: 'live',
    widthPx: 160,
    heightPx: 96,
    lossRatio: 0,
    errorCode: undefined,
  });
  expect(one.pipeline.hub('main')?.readers).toEqual(['recorder']);
  expect(one.pipeline.hub('sub')).toBeUndefined();
  await one.pipeline.close();
  expect(statuses(one)).toEqual(['connecting', 'live', 'disabled']);
  expect(one.segments).toHaveLength(1);
  expect(one.segments[0]!.frames).toBeGreaterThan(40);
  expect([...one.gaps.values()].map((gap) => gap.cause)).toEqual(['service_stopped']);
});

test('makes one gap of an outage: closed connection, nobody there, back again', async () => {
  const first = await fakeCamera();
  const one = line(first.url);
  await expect.poll(() => one.pipeline.state('main')?.status).toBe('live');
  const { port } = first;
  await first.close();
  await expect.poll(() => one.pipeline.state('main')?.errorCode).toBe('CAMERA_UNREACHABLE');
  expect(one.pipeline.state('main')?.nextRetryMs).toBeGreaterThan(Date.now() - 1000);
  await fakeCamera({}, port);
  await expect.poll(() => one.pipeline.state('main')?.status, { timeout: 3000 }).toBe('live');
  await expect.poll(() => [...one.gaps.values()][0]?.endMs).toBeGreaterThan(0);
  await one.pipeline.close();
  expect([...one.gaps.values()].map((gap) => gap.cause)).toEqual(['camera_unreachable', 'service_stopped']);
  expect(one.segments).toHaveLength(2);
  const [outage] = one.gaps.values();
  expect(outage).toMatchObject({ startMs: one.segments[0]!.endMs, endMs: one.segments[1]!.startMs });
});

test('says of each failure what it is, and why nothing is recorded', async () => {
  const auth = { scheme: 'md5', username: 'a', password: 'b' } as const;
  const cases: readonly [Partial<FakeCameraOptions>, string, string, GapCause][] = [
    [{ auth }, 'rejected', 'RTSP_AUTH_REJECTED', 'camera_rejected'],
    [{ sdp: SDP.replace('H264', 'VP8') }, 'unsupported', 'CODEC_UNSUPPORTED', 'codec_unsupported'],
    [{ stallAfter: 3 }, 'stalled', 'STREAM_STALLED', 'stream_stalled'],
    [{ status: { DESCRIBE: 404 } }, 'offline', 'RTSP_STREAM_NOT_FOUND', 'stream_error'],
  ];
  for (const [options, status, errorCode, cause] of cases) {
    const fake = await fakeCamera(options);
    const one = line(fake.url, { username: 'a', password: 'wrong' });
    await expect.poll(() => one.states.find((state) => state.errorCode === errorCode)?.status).toBe(status);
    await expect.poll(() => [...one.gaps.values()][0]).toMatchObject({ cause, errorCode });
    await one.pipeline.close();
  }
});

test('slows down where trying again could lock the account', async () => {
  const fake = await fakeCamera({ auth: { scheme: 'md5', username: 'a', password: 'b' } });
  const one = line(fake.url, { username: 'a', password: 'wrong' });
  await expect.poll(() => one.pipeline.state('main')?.status).toBe('rejected');
  // Without the hold-off of 300 ms there would be about four tries by now.
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(fake.connections).toBe(1);
});

test('records nothing of a camera that is not to be recorded, but shows it, and says so on the time line', async () => {
  const fake = await fakeCamera();
  const one = line(fake.url, { recording: recordingPolicy({ mode: 'off' }) });
  await expect.poll(() => one.pipeline.hub('main')?.latestKeyFrame()?.isKeyFrame).toBe(true);
  await one.pipeline.close();
  await one.pipeline.close();
  expect([one.segments, one.pipeline.recording]).toEqual([[], undefined]);
  expect([...one.gaps.values()]).toMatchObject([{ cause: 'recording_off', endMs: undefined }]);
});

test('records when it is told of an event, from before it', async () => {
  const fake = await fakeCamera();
  const one = line(fake.url, { recording: recordingPolicy({ mode: 'on_event', preRollSeconds: 1 }) });
  await expect.poll(() => one.pipeline.state('main')?.framesPerSecond, { timeout: 5000 }).toBeGreaterThan(40);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const atMs = Date.now();
  one.pipeline.trigger('vehicle.sighting', atMs);
  await expect.poll(() => [...one.gaps.values()][0]?.endMs).toBeGreaterThan(0);
  await one.pipeline.close();
  expect([...one.gaps.values()].map((gap) => gap.cause)).toEqual(['no_event', 'service_stopped']);
  const [segment, ...others] = one.segments;
  expect(others).toEqual([]);
  expect(segment!.startMs).toBeLessThanOrEqual(atMs - 1000);
});

test('the pipeline of changed settings goes on with the gap that the one before left open', async () => {
  const fake = await fakeCamera();
  const one = line(fake.url);
  await expect.poll(() => one.pipeline.hub('main')?.latestKeyFrame()?.isKeyFrame).toBe(true);
  await one.pipeline.close();
  const left = one.pipeline.openGap;
  expect(left).toMatchObject({ cause: 'service_stopped', startMs: one.segments[0]!.endMs });
  const next = line(fake.url, {}, { continues: left });
  await expect.poll(() => next.gaps.get(left!.gapId)?.endMs).toBeGreaterThanOrEqual(left!.startMs);
  await next.pipeline.close();
  expect(next.segments[0]!.startMs).toBe(next.gaps.get(left!.gapId)?.endMs);
});

test('says within 5 s of the last packet that a camera is gone, although its connection stands', async () => {
  const clock = new SimulatedClock();
  const fake = await fakeCamera({ stallAfter: 5 });
  const { stallTimeoutMs } = readConfig('INGEST', ingestConfigSchema, {});
  const one = line(fake.url, {}, { clock, settings: { stallTimeoutMs, connectTimeoutMs: 5000, retryMaxMs: 60_000 } });
  // Sockets are real, time is not: it stands still until the last picture has come.
  await expect.poll(() => one.pipeline.state('main')?.status, { timeout: 10_000 }).toBe('live');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const lastMs = clock.nowMs();
  while (one.pipeline.state('main')?.status === 'live' && clock.nowMs() - lastMs < 20_000) {
    clock.advance(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const stalled = one.states.find((state) => state.status === 'stalled');
  expect(stalled?.errorCode).toBe('STREAM_STALLED');
  expect(stalled!.sinceMs - lastMs).toBeLessThanOrEqual(5000);
  expect(stalled!.sinceMs - lastMs).toBeGreaterThanOrEqual(4000);
  const closing = one.pipeline.close();
  clock.advance(60_000);
  await closing;
});

test('a camera that stays away is told once, not at each of its many tries', async () => {
  const fake = await fakeCamera();
  const { url } = fake;
  await fake.close();
  const one = line(url, {}, { settings: { retryInitialMs: 50, retryMaxMs: 100 } });
  await expect.poll(() => one.pipeline.state('main')?.errorCode).toBe('CAMERA_UNREACHABLE');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(one.states.map(({ status, errorCode }) => [status, errorCode])).toEqual([
    ['connecting', undefined],
    ['offline', 'CAMERA_UNREACHABLE'],
  ]);
});
