import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { type AccessUnit, cameraId } from '../media.ts';
import { accessUnitsOf } from '../testdata/access-units.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { inspectSegment } from '../testdata/inspect-segment.ts';
import { MemorySegmentLog } from '../testdata/memory-segment-log.ts';
import { Fmp4Muxer } from './fmp4-muxer.ts';
import { Recorder, type RecorderDeps } from './recorder.ts';
import { RecordingDisk, type RecordingDiskDeps } from './recording-disk.ts';
import { deleteSegmentFiles } from './retention.ts';
import { parseSegmentPath, segmentPath } from './segment-path.ts';

// 6 s at 25 frames a second, a key frame every 0.4 s.
const UNITS = accessUnitsOf(encodeClip({ frames: 150, gop: 10 }));

let folder = '';
let log = new MemorySegmentLog();
let clock = new SimulatedClock();

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-recorder-'));
  log = new MemorySegmentLog();
  clock = new SimulatedClock();
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function makeDisk(changes: Partial<RecordingDiskDeps['config']> = {}): RecordingDisk {
  return new RecordingDisk({
    config: { recordingFolder: folder, minimumFreeMb: 0, writeQueueMb: 64, ...changes },
    clock,
  });
}

function makeRecorder(changes: Partial<RecorderDeps> = {}): Recorder {
  const deps = { cameraId: cameraId('cam-1'), stream: 'main', folder, segmentSeconds: 2 } as const;
  return new Recorder({ ...deps, disk: makeDisk(), segments: log, clock, log: silentLog, ...changes });
}

function steps(pts: readonly number[]): Set<number> {
  return new Set(pts.slice(1).map((one, index) => one - pts[index]!));
}

async function filesIn(suffix: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true });
  return all.filter((file) => file.endsWith(suffix));
}

test('cuts at key frames into files that ffmpeg takes without complaint, with every frame', async () => {
  const recorder = makeRecorder();
  for (const unit of UNITS) recorder.onAccessUnit(unit);
  await recorder.close();
  expect(log.segments.map((segment) => segment.frames)).toEqual([50, 50, 50]);
  for (const segment of log.segments) {
    const { frames, pts, keyFirst } = inspectSegment(path.join(folder, segment.path));
    expect(frames).toBe(segment.frames);
    expect(keyFirst).toBe(true);
    expect(steps(pts)).toEqual(new Set([3600]));
    expect(segment.endMs - segment.startMs).toBe(2000);
    expect((await stat(path.join(folder, segment.path))).size).toBe(segment.sizeBytes);
    expect(parseSegmentPath(segment.path)).toEqual({
      cameraId: 'cam-1',
      stream: 'main',
      segmentId: segment.segmentId,
      startMs: segment.startMs,
    });
  }
  expect(log.segments[1]!.startMs).toBe(log.segments[0]!.endMs);
  expect(await filesIn('.part')).toEqual([]);
});

test('keeps the order and the exact times of pictures that come out of order', async () => {
  const pictures = encodeClip({ frames: 50, gop: 25, bFrames: 2 });
  const recorder = makeRecorder({ segmentSeconds: 60 });
  for (const unit of accessUnitsOf(pictures)) recorder.onAccessUnit(unit);
  await recorder.close();
  const { frames, pts } = inspectSegment(path.join(folder, log.segments[0]!.path));
  expect(frames).toBe(50);
  expect(steps(pts)).toEqual(new Set([3600]));
});

test('leaves no hole at the end when a stream breaks off between pictures that are out of order', () => {
  const unit = UNITS[0]!;
  const muxer = new Fmp4Muxer();
  for (const shown of [0, 3, 1, 2, 6, 4]) muxer.push({ ...unit, pts90k: shown * 3600, isKeyFrame: shown === 0 });
  expect(muxer.flushBroken()).toMatchObject({ frames: 4, end90k: 4 * 3600 });
  // So few that the hole looks like the rule: the stream says its rate.
  for (const shown of [4, 8, 6]) muxer.push({ ...unit, pts90k: shown * 3600, isKeyFrame: shown === 4 });
  expect(muxer.flushBroken()).toMatchObject({ frames: 1, end90k: 5 * 3600 });
});

test('starts with a key frame, and waits for one after a break', async () => {
  const recorder = makeRecorder();
  for (const unit of UNITS.slice(3, 25)) recorder.onAccessUnit(unit);
  recorder.onDiscontinuity('stream_stalled');
  for (const unit of UNITS.slice(33, 60)) recorder.onAccessUnit(unit);
  await recorder.close();
  expect(log.segments.map((segment) => segment.frames)).toEqual([15, 20]);
  const [gap, stopped] = log.gapList;
  expect(gap).toMatchObject({
    cause: 'stream_stalled',
    startMs: log.segments[0]!.endMs,
    endMs: log.segments[1]!.startMs,
  });
  expect(stopped).toMatchObject({ cause: 'service_stopped', startMs: log.segments[1]!.endMs, endMs: undefined });
});

test('makes one gap of one outage, with the cause that tells most', async () => {
  const recorder = makeRecorder();
  for (const unit of UNITS.slice(0, 20)) recorder.onAccessUnit(unit);
  recorder.interrupt('stream_stalled', 'STREAM_STALLED');
  recorder.interrupt('camera_unreachable', 'CAMERA_UNREACHABLE');
  recorder.interrupt('camera_unreachable', 'CAMERA_UNREACHABLE');
  for (const unit of UNITS.slice(100, 120)) recorder.onAccessUnit(unit);
  await recorder.close();
  expect(log.gapList.map((gap) => [gap.cause, gap.errorCode])).toEqual([
    ['camera_unreachable', 'CAMERA_UNREACHABLE'],
    ['service_stopped', undefined],
  ]);
});

test('opens a gap while the disk has too little room, and tries again later each time', async () => {
  const recorder = makeRecorder({ disk: makeDisk({ minimumFreeMb: 1e9 }) });
  const feed = async (units: readonly AccessUnit[]): Promise<void> => {
    for (const unit of units) recorder.onAccessUnit(unit);
    await expect.poll(() => recorder.counters.errorCode).toBe('DISK_FULL');
  };
  await feed(UNITS.slice(0, 10));
  expect(log.gapList).toMatchObject([
    { cause: 'disk_full', errorCode: 'DISK_FULL', startMs: UNITS[0]!.wallMs, endMs: undefined },
  ]);
  await feed(UNITS.slice(10, 20));
  clock.advance(10_000);
  await feed(UNITS.slice(20, 40));
  await recorder.close();
  expect(log.gapList).toHaveLength(1);
  expect(log.segments).toEqual([]);
  expect(await filesIn('.mp4')).toEqual([]);
});

test('goes on by itself when the folder can be written again', async () => {
  await writeFile(path.join(folder, 'cam-1'), 'a file where the folder should be');
  const recorder = makeRecorder();
  recorder.onAccessUnit(UNITS[0]!);
  await expect.poll(() => log.gapList[0]?.cause).toBe('disk_error');
  expect(log.gapList[0]?.errorCode).toBe('DISK_WRITE_FAILED');
  await rm(path.join(folder, 'cam-1'));
  clock.advance(10_000);
  for (const unit of UNITS.slice(50, 80)) recorder.onAccessUnit(unit);
  await expect.poll(() => log.gapList[0]?.endMs).toBe(UNITS[50]!.wallMs);
  await recorder.close();
  expect(log.segments.map((segment) => segment.frames)).toEqual([30]);
  expect(recorder.counters.errorCode).toBeUndefined();
});

test('refuses, and says so, when more waits for the disk than it may keep in memory', async () => {
  const recorder = makeRecorder({ disk: makeDisk({ writeQueueMb: 0.01 }), segmentSeconds: 600 });
  // All at once: the disk cannot have taken any of it.
  for (const unit of UNITS) recorder.onAccessUnit(unit);
  await recorder.close();
  expect(log.gapList[0]).toMatchObject({ cause: 'disk_slow', errorCode: 'DISK_SLOW' });
  for (const segment of log.segments)
    expect(inspectSegment(path.join(folder, segment.path)).frames).toBe(segment.frames);
});

test('begins a new file when the picture size changes', async () => {
  const recorder = makeRecorder({ segmentSeconds: 60 });
  for (const unit of UNITS.slice(0, 20)) recorder.onAccessUnit(unit);
  const format = { ...UNITS[0]!.format };
  for (const unit of UNITS.slice(20, 40)) recorder.onAccessUnit({ ...unit, format });
  await recorder.close();
  expect(log.segments.map((segment) => segment.frames)).toEqual([20, 20]);
});

test('keeps camera ids and rows from leading out of the recording folder', async () => {
  const name = { stream: 'sub', segmentId: 'x', startMs: 0 } as const;
  expect(segmentPath({ ...name, cameraId: cameraId('../../etc') })).toBe('______etc/1970-01-01/00/000000-sub-x.mp4');
  const outside = path.join(folder, '..', `${path.basename(folder)}-outside`);
  await writeFile(outside, 'keep');
  const inside = path.join(folder, 'root');
  await deleteSegmentFiles({
    segments: [{ segmentId: 'x', path: `../../${path.basename(outside)}`, sizeBytes: 4 }],
    folder: inside,
    log: silentLog,
  });
  expect(await readFile(outside, 'utf8')).toBe('keep');
  await rm(outside);
});

test('deletes expired files and the folders that this empties', async () => {
  const recorder = makeRecorder();
  for (const unit of UNITS) recorder.onAccessUnit(unit);
  await recorder.close();
  await chmod(folder, 0o755);
  const gone = { segmentId: 'gone', path: 'cam-1/2020-01-01/00/gone.mp4', sizeBytes: 1 };
  const segments = [...log.segments, gone];
  // A folder in the place of the file: it cannot be deleted now.
  const stuck = { segmentId: 'stuck', path: 'cam-1', sizeBytes: 1 };
  const refused = await deleteSegmentFiles({ segments: [stuck], folder, log: silentLog });
  expect(refused).toEqual({ segmentIds: [], deletedFiles: 0, freedBytes: 0 });
  const { deletedFiles, freedBytes, segmentIds } = await deleteSegmentFiles({ segments, folder, log: silentLog });
  expect(deletedFiles).toBe(3);
  expect(segmentIds).toEqual(segments.map(({ segmentId }) => segmentId));
  expect(freedBytes).toBe(log.segments.reduce((sum, segment) => sum + segment.sizeBytes, 0));
  expect(await readdir(folder)).toEqual([]);
});
