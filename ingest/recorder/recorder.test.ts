import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { type AccessUnit, cameraId, type RecordingGap, type SegmentRecord } from '../media.ts';
import type { SegmentLog } from '../ports.ts';
import { accessUnitsOf } from '../testdata/access-units.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { buildInitSegment } from './fmp4-boxes.ts';
import { Fmp4Muxer } from './fmp4-muxer.ts';
import { Recorder, type RecorderDeps } from './recorder.ts';
import { expireSegments } from './retention.ts';
import { parseSegmentPath, segmentPath } from './segment-path.ts';
import { recoverOpenSegments } from './segment-recovery.ts';

class MemorySegmentLog implements SegmentLog {
  readonly segments: SegmentRecord[] = [];
  readonly gaps = new Map<string, RecordingGap>();

  appendSegment(segment: SegmentRecord): void {
    this.segments.push(segment);
  }

  openGap(gap: RecordingGap): void {
    this.gaps.set(gap.gapId, gap);
  }

  closeGap(gap: RecordingGap): void {
    if (!this.gaps.has(gap.gapId)) throw new Error('a gap was closed that was never opened');
    this.gaps.set(gap.gapId, gap);
  }

  get gapList(): RecordingGap[] {
    return [...this.gaps.values()];
  }
}

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

function makeRecorder(changes: Partial<RecorderDeps> = {}): Recorder {
  const deps = { cameraId: cameraId('cam-1'), stream: 'main', folder, segmentSeconds: 2, minimumFreeMb: 0 } as const;
  return new Recorder({ ...deps, segments: log, clock, log: silentLog, ...changes });
}

/** What ffprobe and ffmpeg say of a file; throws when they complain. */
function inspect(file: string): { frames: number; pts: number[]; keyFirst: boolean } {
  const decoded = spawnSync('ffmpeg', ['-xerror', '-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' });
  expect(decoded.stderr).toBe('');
  expect(decoded.status).toBe(0);
  const probed = spawnSync(
    'ffprobe',
    ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames:packet=pts,flags', '-of', 'json', file],
    { encoding: 'utf8' },
  );
  expect(probed.stderr).toBe('');
  const { packets, streams } = JSON.parse(probed.stdout) as {
    packets: { pts: number; flags: string }[];
    streams: { nb_read_frames: string }[];
  };
  const pts = packets.map((packet) => packet.pts).sort((a, b) => a - b);
  return { frames: Number(streams[0]!.nb_read_frames), pts, keyFirst: packets[0]!.flags.startsWith('K') };
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
    const { frames, pts, keyFirst } = inspect(path.join(folder, segment.path));
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
  const { frames, pts } = inspect(path.join(folder, log.segments[0]!.path));
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

test('opens a gap while the disk has too little room, and tries again after 10 s', async () => {
  const recorder = makeRecorder({ minimumFreeMb: 1e9 });
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
  const recorder = makeRecorder({ maxQueuedBytes: 10_000, segmentSeconds: 600 });
  // All at once: the disk cannot have taken any of it.
  for (const unit of UNITS) recorder.onAccessUnit(unit);
  await recorder.close();
  expect(log.gapList[0]).toMatchObject({ cause: 'disk_error', errorCode: 'DISK_WRITE_FAILED' });
  for (const segment of log.segments) expect(inspect(path.join(folder, segment.path)).frames).toBe(segment.frames);
});

test('begins a new file when the picture size changes', async () => {
  const recorder = makeRecorder({ segmentSeconds: 60 });
  for (const unit of UNITS.slice(0, 20)) recorder.onAccessUnit(unit);
  const format = { ...UNITS[0]!.format };
  for (const unit of UNITS.slice(20, 40)) recorder.onAccessUnit({ ...unit, format });
  await recorder.close();
  expect(log.segments.map((segment) => segment.frames)).toEqual([20, 20]);
});

test('saves what a crash left open, up to its last whole fragment', async () => {
  const muxer = new Fmp4Muxer();
  const fragments = UNITS.slice(0, 31).flatMap((unit) => muxer.push(unit)?.bytes ?? []);
  const startMs = UNITS[0]!.wallMs;
  const segmentId = '019a2b3c-4d5e-7f00-8000-000000000000';
  const name = segmentPath({ cameraId: cameraId('cam-1'), stream: 'main', segmentId, startMs });
  const file = path.join(folder, name);
  const bytes = Buffer.concat([buildInitSegment(UNITS[0]!.format), ...fragments]);
  await rm(folder, { recursive: true });
  const { mkdir } = await import('node:fs/promises');
  await mkdir(path.dirname(file), { recursive: true });
  const empty = file.replace(segmentId, '019a2b3c-4d5e-7f00-8000-000000000001');
  await writeFile(`${empty}.part`, bytes.subarray(0, 300));
  for (const cut of [
    bytes.length,
    bytes.length - 1,
    bytes.length - fragments[2]!.length,
    bytes.length - fragments[2]!.length + 20,
  ]) {
    await writeFile(`${file}.part`, bytes.subarray(0, cut));
    const [segment, ...others] = await recoverOpenSegments({ folder, segments: log, log: silentLog });
    expect(others).toEqual([]);
    expect(segment).toMatchObject({ path: name, segmentId, frames: cut === bytes.length ? 30 : 20, widthPx: 160 });
    expect(segment!.endMs - segment!.startMs).toBe(segment!.frames * 40);
    expect(inspect(file).frames).toBe(segment!.frames);
    await rm(file);
  }
  expect(await filesIn('.part')).toEqual([]);
  expect(log.segments).toHaveLength(4);
});

test('recovers nothing where there is nothing', async () => {
  expect(await recoverOpenSegments({ folder: path.join(folder, 'none'), segments: log, log: silentLog })).toEqual([]);
});

test('keeps camera ids and rows from leading out of the recording folder', async () => {
  const name = { stream: 'sub', segmentId: 'x', startMs: 0 } as const;
  expect(segmentPath({ ...name, cameraId: cameraId('../../etc') })).toBe('______etc/1970-01-01/00/000000-sub-x.mp4');
  const outside = path.join(folder, '..', `${path.basename(folder)}-outside`);
  await writeFile(outside, 'keep');
  const inside = path.join(folder, 'root');
  await expireSegments({
    segments: [{ path: `../../${path.basename(outside)}`, sizeBytes: 4 }],
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
  const segments = [...log.segments, { path: 'cam-1/2020-01-01/00/gone.mp4', sizeBytes: 1 }];
  const { deletedFiles, freedBytes } = await expireSegments({ segments, folder, log: silentLog });
  expect(deletedFiles).toBe(3);
  expect(freedBytes).toBe(log.segments.reduce((sum, segment) => sum + segment.sizeBytes, 0));
  expect(await readdir(folder)).toEqual([]);
});
