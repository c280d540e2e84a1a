import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { CameraState } from '../cameras/camera.ts';
import { ingestConfigSchema } from '../config.ts';
import { type AccessUnit, type CameraId, cameraId, type RecordingGap, type SegmentRecord } from '../media.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { testCamera } from '../testdata/test-camera.ts';
import { FakeCamera, type FakeCameraOptions } from '../testdata/fake-camera.ts';
import type { Drill } from './ingest-messages.ts';
import { IngestWorkerPool } from './ingest-worker-pool.ts';

// Real threads, real sockets, real files. Bounds are wide: the machine may be busy.

const CLIP = encodeClip({ frames: 3000, gop: 10 });
const POLL = { timeout: 20_000, interval: 50 };
let folder = '';
let closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-ingest-'));
});

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await rm(folder, { recursive: true, force: true });
});

interface Line {
  readonly pool: IngestWorkerPool;
  readonly states: CameraState[];
  readonly segments: SegmentRecord[];
  readonly gaps: Map<string, RecordingGap>;
}

async function fakeCamera(options: Partial<FakeCameraOptions> = {}): Promise<FakeCamera> {
  const fake = await FakeCamera.start({ clip: CLIP, fps: 50, ...options });
  closers.push(() => fake.close());
  return fake;
}

async function line(
  threads: number,
  settings: Readonly<Record<string, unknown>> = {},
  maxOldGenerationSizeMb = 512,
): Promise<Line> {
  const config = readConfig(
    'INGEST',
    ingestConfigSchema,
    {},
    { threads, recordingFolder: folder, minimumFreeMb: 0, retryInitialMs: 50, retryMaxMs: 300, ...settings },
  );
  const states: CameraState[] = [];
  const segments: SegmentRecord[] = [];
  const gaps = new Map<string, RecordingGap>();
  const pool = new IngestWorkerPool({
    config,
    segments: {
      appendSegment: (segment) => void segments.push(segment),
      openGap: (gap) => void gaps.set(gap.gapId, gap),
      closeGap: (gap) => void gaps.set(gap.gapId, gap),
    },
    states: { stateChanged: (state) => void states.push(state) },
    clock: systemClock,
    log: silentLog,
    resourceLimits: { maxOldGenerationSizeMb },
  });
  closers.push(() => pool.close());
  await pool.start();
  return { pool, states, segments, gaps };
}

function read({ pool }: Line, id: CameraId, units: 'all' | 'key-frames' = 'all'): AccessUnit[] {
  const seen: AccessUnit[] = [];
  const detach = pool
    .camera(id)
    ?.hub('main')
    ?.attach(
      { name: 'test', onAccessUnit: (unit) => void seen.push(unit) },
      { units, beginWith: units === 'all' ? 'gop' : 'key-frame' },
    );
  closers.push(async () => detach?.());
  return seen;
}

function gapsOf({ gaps }: Line, id: CameraId): RecordingGap[] {
  return [...gaps.values()].filter((gap) => gap.cameraId === id);
}

async function expectLive({ pool }: Line, ids: readonly CameraId[]): Promise<void> {
  await expect.poll(() => ids.map((id) => pool.camera(id)?.state('main')?.status), POLL).toEqual(ids.map(() => 'live'));
}

/** Media time between neighbours: 90 kHz at 50 pictures a second. */
function steps(units: readonly AccessUnit[]): Set<number> {
  return new Set(units.slice(1).map((unit, index) => unit.pts90k - units[index]!.pts90k));
}

test('cameras are spread over the threads, recorded, and read from the main thread', async () => {
  const fake = await fakeCamera();
  const one = await line(2);
  const ids = ['a', 'b', 'c', 'd'].map(cameraId);
  for (const id of ids) one.pool.add(testCamera(id, fake.url));
  expect(ids.map((id) => one.pool.slotOf(id))).toEqual([0, 1, 0, 1]);
  await expectLive(one, ids);
  await expect.poll(() => one.pool.camera(ids[0]!)?.state('main')?.framesPerSecond, POLL).toBeGreaterThan(20);
  expect(one.pool.camera(ids[0]!)?.state('main')).toMatchObject({ widthPx: 160, heightPx: 96, lossRatio: 0 });

  // Asked for when nobody reads: one picture crosses.
  const still = await one.pool.camera(ids[1]!)?.hub('main')?.latestKeyFrame();
  expect(still).toMatchObject({ isKeyFrame: true, format: { widthPx: 160 } });
  expect(still!.nalUnits.reduce((sum, nal) => sum + nal.length, 0)).toBe(still!.sizeBytes);
  expect(Math.abs(performance.now() - still!.arrivedMs)).toBeLessThan(20_000);

  // A reader that begins now begins with the key frame before, and misses nothing after it.
  const seen = read(one, ids[0]!);
  await expect.poll(() => seen.length, POLL).toBeGreaterThan(60);
  expect(seen[0]!.isKeyFrame).toBe(true);
  expect(steps(seen)).toEqual(new Set([1800]));
  expect(new Set(seen.map((unit) => unit.format)).size).toBe(1);
  expect(seen.every((unit) => unit.sizeBytes === unit.nalUnits.reduce((sum, nal) => sum + nal.length, 0))).toBe(true);
  // The next one too, from what is remembered here, at once.
  const late = read(one, ids[0]!);
  expect(late[0]?.isKeyFrame).toBe(true);
  expect(steps(late).size).toBeLessThanOrEqual(1);
  const keyFrames = read(one, ids[2]!, 'key-frames');
  await expect.poll(() => keyFrames.length, POLL).toBeGreaterThan(3);
  expect(keyFrames.every((unit) => unit.isKeyFrame)).toBe(true);

  await one.pool.close();
  expect(one.segments.map(({ cameraId: id }) => id).toSorted()).toEqual(ids);
  expect(one.segments.every(({ frames }) => frames > 50)).toBe(true);
  expect([...one.gaps.values()].map(({ cause, endMs }) => [cause, endMs])).toEqual(
    ids.map(() => ['service_stopped', undefined]),
  );
});

test('many cameras are read in turns, without a loss; one that somebody watches is read as it sends', async () => {
  const fake = await fakeCamera();
  const one = await line(1, { readIntervalMs: 200 });
  const ids = Array.from({ length: 9 }, (_, index) => cameraId(`c${index}`));
  for (const id of ids) one.pool.add(testCamera(id, fake.url));
  await expectLive(one, ids);
  const keyFrames = read(one, ids[1]!, 'key-frames');
  await expect.poll(() => keyFrames.length, POLL).toBeGreaterThan(10);
  const seen = read(one, ids[0]!);
  await expect.poll(() => seen.length, POLL).toBeGreaterThan(100);
  expect(steps(seen)).toEqual(new Set([1800]));
  // In turns ten pictures would come at a time.
  const newest = seen.slice(-80);
  const apart = newest.slice(1).filter((unit, index) => unit.arrivedMs - newest[index]!.arrivedMs > 3);
  expect(apart.length).toBeGreaterThan(newest.length / 4);
  await one.pool.close();
  expect(gapsOf(one, ids[3]!).map(({ cause }) => cause)).toEqual(['service_stopped']);
  expect(one.segments).toHaveLength(ids.length);
  for (const segment of one.segments) {
    expect(segment.frames).toBeGreaterThan(50);
    // All pictures of its time are in it: 50 a second.
    expect(Math.abs(segment.frames - (segment.endMs - segment.startMs) / 20)).toBeLessThanOrEqual(1);
  }
}, 60_000);

test('a camera that is changed keeps one gap, closed when it is recorded again', async () => {
  const fake = await fakeCamera();
  const one = await line(1);
  const id = cameraId('a');
  one.pool.add(testCamera(id, fake.url));
  await expectLive(one, [id]);
  await expect.poll(() => one.pool.camera(id)?.state('main')?.framesPerSecond, POLL).toBeGreaterThan(0);
  await one.pool.remove(id);
  expect(one.pool.camera(id)).toBeUndefined();
  expect(one.segments).toHaveLength(1);
  one.pool.add(testCamera(id, fake.url, { name: 'other' }));
  await expectLive(one, [id]);
  await expect.poll(() => gapsOf(one, id)[0]?.endMs, POLL).toBeGreaterThan(0);
  expect(gapsOf(one, id)).toMatchObject([{ cause: 'service_stopped', startMs: one.segments[0]!.endMs }]);
});

const deaths: readonly [Drill | 'terminate', string][] = [
  ['terminate', 'INGEST_THREAD_DIED'],
  ['exit', 'INGEST_THREAD_DIED'],
  ['throw', 'INGEST_THREAD_DIED'],
  ['exhaust', 'INGEST_THREAD_DIED'],
  ['hang', 'INGEST_THREAD_HUNG'],
];

test.each(deaths)(
  'a thread that ends by %s is replaced: files saved, one gap each, the others untouched',
  async (drill, code) => {
    const fake = await fakeCamera();
    const away = await fakeCamera();
    const one = await line(2, { hangTimeoutMs: drill === 'hang' ? 3000 : 30_000 }, drill === 'exhaust' ? 40 : 512);
    const [hit, other, unreachable] = ['hit', 'other', 'away'].map(cameraId) as [CameraId, CameraId, CameraId];
    one.pool.add(testCamera(hit, fake.url));
    one.pool.add(testCamera(other, fake.url));
    one.pool.add(testCamera(unreachable, away.url));
    await expectLive(one, [hit, other, unreachable]);
    expect([hit, other, unreachable].map((id) => one.pool.slotOf(id))).toEqual([0, 1, 0]);
    await away.close();
    await expect.poll(() => gapsOf(one, unreachable)[0]?.cause, POLL).toBe('camera_unreachable');
    const untouched = read(one, other);
    const seen = read(one, hit);
    // Something to lose: groups on disk, in a file that is still open.
    await expect.poll(() => seen.length, POLL).toBeGreaterThan(40);
    const announced = one.segments.length;

    await one.pool.drill(0, drill);
    await expect.poll(() => one.pool.figures.replaced, POLL).toBe(1);
    await expect.poll(() => gapsOf(one, hit)[0]?.endMs, POLL).toBeGreaterThan(0);
    await expectLive(one, [hit, other]);
    expect(one.pool.figures.threads).toBe(2);

    const [saved] = one.segments.slice(announced).filter(({ cameraId: id }) => id === hit);
    expect(saved?.frames).toBeGreaterThanOrEqual(20);
    const [gap] = gapsOf(one, hit);
    expect(gap).toMatchObject({ cause: 'service_stopped', errorCode: code, startMs: saved?.endMs });
    // At most the last group of pictures is missing before the thread died, and it was back within seconds.
    expect(gap!.endMs! - gap!.startMs).toBeLessThan(15_000);
    expect(gapsOf(one, hit)).toHaveLength(1);
    expect(one.states.find((state) => state.cameraId === hit && state.errorCode === code)?.status).toBe('connecting');

    // The camera that was away is still in its one gap, and the other thread's camera did not notice.
    expect(gapsOf(one, unreachable).map(({ cause, endMs }) => [cause, endMs])).toEqual([
      ['camera_unreachable', undefined],
    ]);
    expect(gapsOf(one, other)).toEqual([]);
    expect(steps(untouched)).toEqual(new Set([1800]));
    // Who read it before reads on, from a key frame.
    const before = seen.length;
    await expect.poll(() => seen.length, POLL).toBeGreaterThan(before + 20);

    await one.pool.close();
    const files = (await readdir(folder, { recursive: true })).filter((name) => /\.mp4/.test(name));
    expect(files.filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(files).toHaveLength(one.segments.length);
    expect(await openFilesBelow(folder)).toEqual([]);
  },
  60_000,
);

test('a camera that sends garbage, one that never answers and one that never reads leave the others their rate', async () => {
  const good = await fakeCamera();
  const garbage = await listen((socket) => {
    const timer = setInterval(() => socket.write(Buffer.alloc(32_768, '$garbage \r\n\r\n')), 5);
    socket.on('close', () => clearInterval(timer));
  });
  const silent = await listen(() => undefined);
  const deaf = await listen((socket) => socket.pause());
  const one = await line(1, { connectTimeoutMs: 1000 });
  const goodIds = ['g1', 'g2', 'g3'].map(cameraId);
  for (const id of goodIds) one.pool.add(testCamera(id, good.url));
  for (const [id, url] of [
    ['garbage', garbage],
    ['silent', silent],
    ['deaf', deaf],
  ] as const)
    one.pool.add(testCamera(id, url));
  await expectLive(one, goodIds);
  const readers = goodIds.map((id) => read(one, id));
  await expect.poll(() => readers.every((units) => units.length > 150), POLL).toBe(true);
  for (const units of readers) expect(steps(units)).toEqual(new Set([1800]));
  const stateOf = (id: string): CameraState | undefined => one.pool.camera(cameraId(id))?.state('main');
  expect(stateOf('garbage')).toMatchObject({ status: 'offline', errorCode: 'RTSP_NOT_RTSP' });
  expect(stateOf('silent')).toMatchObject({ status: 'offline', errorCode: 'RTSP_TIMEOUT' });
  expect(stateOf('deaf')).toMatchObject({ status: 'offline', errorCode: 'RTSP_TIMEOUT' });
});

async function listen(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return `rtsp://127.0.0.1:${address.port}/cam`;
}

/** Files of this process that are still open below a folder. */
async function openFilesBelow(root: string): Promise<string[]> {
  const fds = await readdir('/proc/self/fd');
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.startsWith(root));
}
