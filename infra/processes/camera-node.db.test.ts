import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { analyzerConfigSchema } from '#analyzers/config.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { writeMarkedVideo } from '#ingest/frames/testing/marked-video.ts';
import { type CameraId, cameraId, type RecordingGap, type SegmentRecord } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { CameraSimulator } from '#ingest/simulator/camera-simulator.ts';
import { SimulatedOnvifDevice } from '#ingest/simulator/onvif-device.ts';
import { MemoryBus } from '#infra/runtime/bus.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import type { CameraInput } from '#storage/cameras/camera-repository.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import { openTestStorage } from '#storage/testing/test-database.ts';
import { CameraNode } from './camera-node.ts';

const CREDENTIALS = { username: 'admin', password: 'secret' };
const POLL = { timeout: 60_000, interval: 100 };
/** Frames between key frames, at ten a second. */
const GOP_MS = 1000;
const CLOCK_AHEAD_MS = 3_600_000;

let folder = '';
let simulator: CameraSimulator;
let device: SimulatedOnvifDevice;
let fixture: Awaited<ReturnType<typeof openTestStorage>>;
let node: CameraNode;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-node-'));
  const clipFile = path.join(folder, 'clip.mp4');
  writeMarkedVideo(clipFile, { widthPx: 320, heightPx: 192, frames: 100, firstNumber: 0, gop: 10 });
  const cameras = ['/motion', '/edited'].map((one) => ({ path: one, clipFile, phaseMs: 0, credentials: CREDENTIALS }));
  simulator = new CameraSimulator({ port: 0, cameras, log: silentLog });
  await simulator.start();
  const stream = { token: 'main', name: 'Main', rtspUrl: simulator.url('/motion'), ...simulator.video('/motion') };
  device = new SimulatedOnvifDevice({
    port: 0,
    credentials: CREDENTIALS,
    streams: [stream],
    clockOffsetMs: CLOCK_AHEAD_MS,
  });
  await device.start();
  fixture = await openTestStorage(inject('databaseUrl'));
  fixture.storage.writer.start();
  const changes = {
    threads: 1,
    recordingFolder: path.join(folder, 'recordings'),
    minimumFreeMb: 0,
    decoderProcesses: 1,
  };
  node = new CameraNode({
    ingestConfig: readConfig('ingest', ingestConfigSchema, {}, changes),
    analyzerConfig: readConfig('analyzers', analyzerConfigSchema, {}, { workerThreads: 1 }),
    // Cannot be one: what is tried here needs no models.
    modelFolder: '/dev/null/models',
    storage: fixture.storage,
    bus: new MemoryBus((error) => {
      throw error;
    }),
    clock: systemClock,
    log: silentLog,
  });
  await node.start();
}, 120_000);

afterAll(async () => {
  await node.close();
  await device.close();
  await simulator.close();
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

async function add(id: CameraId, input: Partial<CameraInput>): Promise<CameraInput> {
  const whole = sampleCamera({ ...CREDENTIALS, analysis: { mode: 'off' }, ...input });
  await fixture.storage.cameras.create(whole, id);
  await node.cameraChanged(id);
  await expect.poll(() => node.state(id)?.status, POLL).toBe('live');
  return whole;
}

async function recorded(id: CameraId): Promise<{ segments: readonly SegmentRecord[]; gaps: readonly RecordingGap[] }> {
  await fixture.storage.writer.drain();
  const nowMs = Date.now();
  return await fixture.storage.segments.timeline({ cameraId: id, fromMs: nowMs - 600_000, toMs: nowMs + 60_000 });
}

test('motion that the camera tells of is recorded while it lasts, with what was before and after, again after the device lost the subscription', async () => {
  const id = cameraId('motion');
  const [preRollSeconds, postRollSeconds, lastsMs] = [2, 2, 4000];
  await add(id, {
    streams: [{ kind: 'main', url: simulator.url('/motion') }],
    recording: recordingPolicy({ mode: 'on_event', preRollSeconds, postRollSeconds }),
    onvif: {
      serviceUrl: device.serviceUrl,
      main: { service: 'media2', token: 'main' },
      hasPtz: false,
      hasRecordings: false,
      hasEvents: true,
    },
  });
  for (const recordings of [1, 2]) {
    await expect.poll(() => device.events.subscriptionCount, POLL).toBe(1);
    await sleep(preRollSeconds * 1000 + 2 * GOP_MS, systemClock);
    expect((await recorded(id)).segments).toHaveLength(recordings - 1);
    const fromMs = Date.now();
    device.events.setMotion(true);
    await sleep(lastsMs, systemClock);
    const untilMs = Date.now();
    device.events.setMotion(false);
    await expect.poll(async () => (await recorded(id)).segments.length, POLL).toBe(recordings);
    const segment = (await recorded(id)).segments.at(-1);
    // From the key frame before the pre-roll; told at once, it may be seen as much later as the network took.
    expect(segment?.startMs).toBeLessThan(fromMs - preRollSeconds * 1000 + 500);
    expect(segment?.startMs).toBeGreaterThan(fromMs - preRollSeconds * 1000 - 2 * GOP_MS - 5000);
    expect(segment?.endMs).toBeGreaterThan(untilMs + postRollSeconds * 1000 - 1500);
    // It ended: the state is no longer told to go on.
    expect(segment?.endMs).toBeLessThan(untilMs + postRollSeconds * 1000 + GOP_MS + 10_000);
    device.events.reset();
  }
  expect((await recorded(id)).gaps.map(({ cause }) => cause)).toEqual(['no_event', 'no_event', 'no_event']);
}, 180_000);

test('an edit of name, place, area or rules interrupts nothing; one of what ingest goes by leaves a gap that says so, once', async () => {
  const id = cameraId('edited');
  const input = await add(id, {
    streams: [{ kind: 'main', url: simulator.url('/edited') }],
    recording: recordingPolicy({ mode: 'continuous', segmentSeconds: 2 }),
  });
  const edit = async (changes: Partial<CameraInput>): Promise<void> => {
    await fixture.storage.cameras.update(id, { ...input, ...changes });
    await node.cameraChanged(id);
  };
  await sleep(2000, systemClock);
  const since = node.state(id)?.sinceMs;
  const rule = { kind: 'line', id: 'line-1', name: 'Gate', from: { x: 0, y: 0 }, to: { x: 1, y: 1 } } as const;
  const harmless = { name: 'Other', area: 'New town', number: 'N-2', latitude: 1, longitude: 2, rules: [rule] };
  await edit(harmless);
  expect(node.ingest.camera(id)?.camera).toMatchObject(harmless);
  await edit({ ...harmless, recording: recordingPolicy({ ...input.recording, retentionHours: 5 }) });
  await edit({ ...harmless, analysis: { mode: 'keyframes' } });
  await edit(harmless);
  await sleep(3000, systemClock);
  expect(node.state(id)).toMatchObject({ status: 'live', sinceMs: since });
  expect((await recorded(id)).gaps).toEqual([]);
  const { segments } = await recorded(id);
  expect(segments.length).toBeGreaterThan(1);
  for (const [at, segment] of segments.slice(1).entries())
    expect(Math.abs(segment.startMs - segments[at]!.endMs)).toBeLessThan(500);

  await edit({ ...harmless, recording: recordingPolicy({ mode: 'continuous', segmentSeconds: 3 }) });
  await expect
    .poll(async () => (await recorded(id)).gaps.map(({ endMs }) => endMs !== undefined), POLL)
    .toEqual([true]);
  expect((await recorded(id)).gaps).toMatchObject([{ cause: 'settings_changed', errorCode: undefined }]);
  // Settings that are wrong: the gap says what is wrong with them.
  await edit({ ...harmless, password: 'wrong' });
  const newest = async () => (await recorded(id)).gaps.at(-1);
  await expect.poll(newest, POLL).toMatchObject({ cause: 'camera_rejected', errorCode: 'RTSP_AUTH_REJECTED' });
  await edit({ ...harmless, password: CREDENTIALS.password });
  await expect.poll(() => node.state(id)?.status, POLL).toBe('live');
  await expect.poll(async () => (await newest())?.endMs, POLL).toBeGreaterThan(0);
  expect((await recorded(id)).gaps.map(({ cause }) => cause)).toEqual(['settings_changed', 'camera_rejected']);
}, 120_000);
