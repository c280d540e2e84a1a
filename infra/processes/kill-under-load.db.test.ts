import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { type CameraId, cameraId, type SegmentRecord } from '#ingest/media.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { parseSegmentPath } from '#ingest/recorder/segment-path.ts';
import { readSegment } from '#ingest/recorder/segment-recovery.ts';
import { inspectSegment } from '#ingest/testdata/inspect-segment.ts';
import { MemorySegmentLog } from '#ingest/testdata/memory-segment-log.ts';
import { IngestWorkerPool } from '#ingest/workers/ingest-worker-pool.ts';
import { storageConfigSchema } from '#storage/config.ts';
import { openStorage, type Storage } from '#storage/storage.ts';
import type { CameraInput } from '#storage/cameras/camera-repository.ts';
import { sampleCamera } from '#storage/testing/sample-events.ts';
import { createTestDatabase } from '#storage/testing/test-database.ts';
import { type LoadClip, loadFilm } from '#infra/bench/ingest/load-clip.ts';
import { LoadSource } from '#infra/bench/ingest/load-source.ts';
import { repairRecordings } from './recording-repair.ts';

const CAMERAS = 100;
const FPS = 25;
const GOP = 25;
/** Sent, and not yet read by a process that two cores share with the cameras: a second. */
const ON_ITS_WAY = FPS;
const SAMPLE = 12;
const POLL = { timeout: 60_000, interval: 100 };
const CHILD = fileURLToPath(new URL('./testing/pool-until-killed.ts', import.meta.url));
const ids = Array.from({ length: CAMERAS }, (_, index) => cameraId(`cam-${index}`));

let films = '';
let clip: LoadClip;
let folder = '';
let source: LoadSource;
let port = 0;
let child: ChildProcess | undefined;

beforeAll(async () => {
  films = await mkdtemp(path.join(tmpdir(), 'vantage-load-film-'));
  const film = path.join(films, 'film.mp4');
  const encoding = `-c:v libx264 -preset ultrafast -bf 0 -g ${GOP} -sc_threshold 0 -pix_fmt yuv420p -b:v 60k`;
  const words = `-v error -f lavfi -i testsrc2=size=160x96:rate=${FPS} -t 4 ${encoding} -y ${film}`;
  await promisify(execFile)('ffmpeg', words.split(' '));
  clip = await loadFilm(film);
});

afterAll(() => rm(films, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-kill-'));
  source = new LoadSource(clip);
  port = await source.listen();
});

afterEach(async () => {
  child?.kill('SIGKILL');
  await source.close();
  await rm(folder, { recursive: true, force: true });
});

function cameraAt(id: CameraId): CameraInput {
  const streams = [{ kind: 'main', url: `rtsp://127.0.0.1:${port}/${id}` }] as const;
  return sampleCamera({ streams, username: undefined, password: undefined });
}

/** Of each camera, over the connection of this number. */
function sentNow(connection: number): ReadonlyMap<CameraId, number> {
  const sent = source.sentByPath;
  return new Map(ids.map((id) => [id, sent.get(`/${id}`)?.[connection] ?? 0]));
}

async function untilSent(connection: number, frames: number): Promise<void> {
  await expect.poll(() => Math.min(...sentNow(connection).values()), POLL).toBeGreaterThan(frames);
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, one) => total + one, 0);
}

function report(fault: string, numbers: Readonly<Record<string, unknown>>): void {
  console.log(`${fault}: ${JSON.stringify(numbers)}`);
}

/** Every file is as its row says; ffmpeg and ffprobe say so of a sample. */
async function expectFilesAsRows(recordings: string, segments: readonly SegmentRecord[]): Promise<void> {
  const names = (await readdir(recordings, { recursive: true })).filter((name) => /\.mp4/.test(name));
  expect(names.toSorted()).toEqual(segments.map((segment) => segment.path).toSorted());
  for (const [index, segment] of segments.entries()) {
    const read = await readSegment(recordings, segment.path, parseSegmentPath(segment.path)!);
    expect(read).toMatchObject({ frames: segment.frames, sizeBytes: segment.sizeBytes, endMs: segment.endMs });
    if (index % Math.ceil(segments.length / SAMPLE) !== 0) continue;
    expect(inspectSegment(path.join(recordings, segment.path))).toMatchObject({
      frames: segment.frames,
      keyFirst: true,
    });
  }
}

async function startChild(databaseUrl: string): Promise<void> {
  const args = [CHILD, databaseUrl, path.join(folder, 'data'), path.join(folder, 'recordings')];
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit').then(() => Promise.reject(new Error('it ended by itself')));
  exited.catch(() => undefined);
  await Promise.race([once(child.stdout!, 'data'), exited]);
}

async function killChild(): Promise<void> {
  const exited = once(child!, 'exit');
  child!.kill('SIGKILL');
  await exited;
}

/** Nothing more is written: all that was sent has been read, and the whole groups are on the disk. */
async function untilQuiet(recordings: string): Promise<void> {
  const size = async (): Promise<number> => {
    const names = (await readdir(recordings, { recursive: true })).filter((name) => /\.mp4/.test(name));
    const stats = await Promise.all(names.map((name) => stat(path.join(recordings, name)).catch(() => undefined)));
    return sum(stats.map((one) => one?.size ?? 0));
  };
  for (let before = -1, now = await size(); before !== now; now = await size()) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

test(`kill -9 of the process under ${CAMERAS} cameras costs each the group of pictures that was not whole, and nothing else`, {
  timeout: 180_000,
}, async () => {
  const database = await createTestDatabase(inject('databaseUrl'));
  const recordings = path.join(folder, 'recordings');
  const open = async (): Promise<Storage> =>
    await openStorage({
      databaseUrl: database.url,
      dataFolder: path.join(folder, 'data'),
      config: readConfig('storage', storageConfigSchema, {}),
      log: silentLog,
      clock: systemClock,
    });
  let storage = await open();
  try {
    for (const id of ids) await storage.cameras.create(cameraAt(id), id);
    await storage.close();

    // In the middle of everything.
    await startChild(database.url);
    await untilSent(0, 4 * GOP);
    const firstSent = sentNow(0);
    await killChild();
    // The next one puts it right; this time all that was sent is read before the end.
    const restartedMs = Date.now();
    await startChild(database.url);
    await untilSent(1, 4 * GOP);
    await source.stop();
    await untilQuiet(recordings);
    const secondSent = sentNow(1);
    await killChild();

    storage = await open();
    await repairRecordings({ storage, folder: recordings, clock: systemClock, log: silentLog });
    const range = { fromMs: restartedMs - 600_000, toMs: Date.now() + 60_000 };
    const lines = await Promise.all(
      ids.map(async (id) => ({ id, ...(await storage.segments.timeline({ cameraId: id, ...range })) })),
    );
    const lost = { first: [] as number[], second: [] as number[] };
    for (const { id, segments, gaps } of lines) {
      const frames = (isFirst: boolean): number =>
        sum(segments.filter(({ startMs }) => startMs < restartedMs === isFirst).map((segment) => segment.frames));
      lost.first.push((firstSent.get(id) ?? 0) - frames(true));
      lost.second.push((secondSent.get(id) ?? 0) - frames(false));
      expect(gaps.map(({ cause }) => cause)).toEqual(['service_stopped', 'service_stopped']);
      expect(gaps.every(({ endMs }) => endMs !== undefined)).toBe(true);
    }
    report('kill -9 of the process', {
      cameras: CAMERAS,
      sent: [sum(firstSent.values()), sum(secondSent.values())],
      lost: [sum(lost.first), sum(lost.second)],
      most: [Math.max(...lost.first), Math.max(...lost.second)],
    });
    expect(Math.max(...lost.first)).toBeLessThanOrEqual(GOP + ON_ITS_WAY);
    // A group is whole when the next one begins: the last one is missing, whole or not, and never more.
    const expected = ids.map((id) => (((secondSent.get(id) ?? 0) - 1) % GOP) + 1);
    expect(lost.second).toEqual(expected);
    const all = lines.flatMap(({ segments }) => segments);
    const whole = await Promise.all(all.map(async ({ path: file }) => (await stat(path.join(recordings, file))).size));
    expect(all.map(({ sizeBytes }) => sizeBytes)).toEqual(whole);
    await expectFilesAsRows(recordings, all);
  } finally {
    await storage.close();
    child?.kill('SIGKILL');
    await database.drop();
  }
});

test(`an ingest thread that is killed under ${CAMERAS} cameras costs its own a group of pictures and a short gap, the others nothing`, {
  timeout: 180_000,
}, async () => {
  const log = new MemorySegmentLog();
  const settings = { threads: 2, recordingFolder: folder, segmentSeconds: 4, minimumFreeMb: 0 };
  const pool = new IngestWorkerPool({
    config: readConfig('ingest', ingestConfigSchema, {}, settings),
    cameras: ids.map((id) => ({ ...cameraAt(id), id })),
    segments: log,
    states: { stateChanged: () => undefined },
    clock: systemClock,
    log: silentLog,
  });
  await pool.start();
  await untilSent(0, 3 * GOP);
  const hit = ids.filter((id) => pool.slotOf(id) === 0);
  const others = ids.filter((id) => pool.slotOf(id) === 1);
  expect([hit.length, others.length]).toEqual([CAMERAS / 2, CAMERAS / 2]);
  const sent = sentNow(0);
  const killedMs = Date.now();
  await pool.drill(0, 'terminate');
  await expect.poll(() => Math.min(...hit.map((id) => sentNow(1).get(id) ?? 0)), POLL).toBeGreaterThan(GOP);
  await source.stop();
  await untilQuiet(folder);
  await pool.close();
  const [sentFirst, sentSecond] = [sentNow(0), sentNow(1)];

  const framesOf = (id: CameraId, isFirst?: boolean): number =>
    sum(
      log.segments
        .filter((one) => one.cameraId === id && (isFirst === undefined || one.startMs < killedMs === isFirst))
        .map(({ frames }) => frames),
    );
  const lost = hit.map((id) => (sent.get(id) ?? 0) - framesOf(id, true));
  const gapsMs = hit.map((id) => {
    const [gap] = log.gapList.filter((one) => one.cameraId === id);
    expect(gap).toMatchObject({ cause: 'service_stopped', errorCode: 'INGEST_THREAD_DIED' });
    return gap!.endMs! - gap!.startMs;
  });
  report('kill of an ingest thread', {
    cameras: [hit.length, others.length],
    sent: sum(hit.map((id) => sent.get(id) ?? 0)),
    lost: sum(lost),
    most: Math.max(...lost),
    longestGapMs: Math.max(...gapsMs),
  });
  expect(Math.max(...lost)).toBeLessThanOrEqual(GOP + ON_ITS_WAY);
  // What was sent to the new thread is all there; the others noticed nothing.
  expect(hit.map((id) => framesOf(id, false))).toEqual(hit.map((id) => sentSecond.get(id)));
  expect(others.map((id) => framesOf(id))).toEqual(others.map((id) => sentFirst.get(id)));
  expect(log.gapList.filter(({ cameraId: id }) => others.includes(id)).map(({ cause }) => cause)).toEqual(
    others.map(() => 'service_stopped'),
  );
  await expectFilesAsRows(folder, log.segments);
});
