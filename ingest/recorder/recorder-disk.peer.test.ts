import { constants } from 'node:fs';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
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
import { canMountSmallDisk, mountSmallDisk } from '../testdata/small-disk.ts';
import { Recorder, type RecorderDeps } from './recorder.ts';
import { RecordingDisk } from './recording-disk.ts';
import { FILE_BLOCK_SIZE_BYTES } from './fragment-memory.ts';
import type { SegmentHandle } from './segment-file.ts';

const GOP = 10;
/** Of each picture, in the head of its fragment. */
const HEAD_BYTES = 32;
// 12 s at 25 frames a second, a key frame every 0.4 s.
const UNITS = accessUnitsOf(encodeClip({ frames: 300, gop: GOP }));

let folder = '';
let log = new MemorySegmentLog();
let clock = new SimulatedClock();

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-recorder-disk-'));
  log = new MemorySegmentLog();
  clock = new SimulatedClock();
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function makeRecorder(writeQueueMb: number, changes: Partial<RecorderDeps> = {}) {
  const config = { recordingFolder: changes.folder ?? folder, minimumFreeMb: 0, writeQueueMb };
  const disk = new RecordingDisk({ config, clock });
  const deps = { cameraId: cameraId('cam-1'), stream: 'main', folder, segmentSeconds: 2, disk } as const;
  return { recorder: new Recorder({ ...deps, segments: log, clock, log: silentLog, ...changes }), disk };
}

/** A disk that takes a write when it is told to. */
class GatedDisk {
  readonly #waiting: (() => void)[] = [];
  isOpen = false;

  readonly openFile = async (file: string, flags: number): Promise<SegmentHandle> => {
    const handle = await open(file, flags);
    return {
      truncate: (length) => handle.truncate(length),
      datasync: () => handle.datasync(),
      close: () => handle.close(),
      write: (async (bytes: Buffer, offset: number, length: number, position: number) => {
        if (!this.isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
        return await handle.write(bytes, offset, length, position);
      }) as SegmentHandle['write'],
    };
  };

  release(): void {
    this.isOpen = true;
    for (const go of this.#waiting.splice(0)) go();
  }
}

test('what waits for a slow disk is written; only what memory could not hold is missing', async () => {
  const slow = new GatedDisk();
  let gopBytes = 0;
  for (let first = 0; first < 6 * GOP; first += GOP) {
    const pictures = UNITS.slice(first, first + GOP).reduce((sum, { sizeBytes }) => sum + sizeBytes + HEAD_BYTES, 0);
    gopBytes += Math.ceil(pictures / FILE_BLOCK_SIZE_BYTES) * FILE_BLOCK_SIZE_BYTES;
  }
  const { recorder, disk } = makeRecorder((gopBytes * 1.05) / 1e6, { openFile: slow.openFile, segmentSeconds: 60 });
  for (const unit of UNITS.slice(0, 150)) recorder.onAccessUnit(unit);
  expect(recorder.counters.errorCode).toBe('DISK_SLOW');
  expect(disk.queuedBytes).toBeLessThanOrEqual(gopBytes * 1.05);
  slow.release();
  await expect.poll(() => log.segments.length).toBe(1);
  expect(disk.queuedBytes).toBe(0);
  const held = Math.round(log.segments[0]!.frames / GOP);
  expect(held).toBeGreaterThanOrEqual(4);
  expect(recorder.counters.errorCode).toBe('DISK_SLOW');
  clock.advance(2000);
  for (const unit of UNITS.slice(250)) recorder.onAccessUnit(unit);
  await recorder.close();
  expect(recorder.counters.errorCode).toBeUndefined();
  expect(log.segments.map(({ frames }) => frames)).toEqual([held * GOP, 50]);
  expect(log.gapList[0]).toMatchObject({
    cause: 'disk_slow',
    errorCode: 'DISK_SLOW',
    startMs: log.segments[0]!.endMs,
    endMs: log.segments[1]!.startMs,
  });
  for (const segment of log.segments)
    expect(inspectSegment(path.join(folder, segment.path)).frames).toBe(segment.frames);
});

test('one failing write costs the rest of its file, not the next', async () => {
  let writes = 0;
  const openFile = async (file: string, flags: number): Promise<SegmentHandle> => {
    const handle = await open(file, flags);
    const write = (async (bytes: Buffer, offset: number, length: number, position: number) => {
      // The head and three groups of pictures go well; of the fourth only half arrives.
      if (++writes !== 5) return await handle.write(bytes, offset, length, position);
      await handle.write(bytes, offset, Math.floor(length / 2 / 512) * 512, position);
      throw Object.assign(new Error('input/output error'), { code: 'EIO' });
    }) as SegmentHandle['write'];
    return {
      truncate: (length) => handle.truncate(length),
      datasync: () => handle.datasync(),
      close: () => handle.close(),
      write,
    };
  };
  const { recorder } = makeRecorder(64, { openFile });
  const push = (units: readonly AccessUnit[]): void => units.forEach((unit) => recorder.onAccessUnit(unit));
  push(UNITS.slice(0, 50));
  await expect.poll(() => recorder.counters.errorCode).toBe('DISK_WRITE_FAILED');
  // It is tried again after a second, not at once.
  push(UNITS.slice(50, 60));
  clock.advance(1000);
  push(UNITS.slice(60, 200));
  await recorder.close();
  expect(log.segments.map(({ frames }) => frames)).toEqual([30, 50, 50, 40]);
  const [first, second] = log.segments;
  expect(log.gapList[0]).toMatchObject({ cause: 'disk_error', startMs: first!.endMs, endMs: second!.startMs });
  for (const segment of log.segments) {
    expect((await stat(path.join(folder, segment.path))).size).toBe(segment.sizeBytes);
    expect(inspectSegment(path.join(folder, segment.path)).frames).toBe(segment.frames);
  }
});

test.skipIf(!canMountSmallDisk())(
  'a disk that is really full makes one gap, and recording goes on with the first room',
  async () => {
    const disk = mountSmallDisk(1024)!;
    try {
      // What is left holds about half of the clip.
      const clipBytes = UNITS.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const ballast = path.join(disk.folder, 'ballast');
      await writeFile(ballast, Buffer.alloc(1024 * 1024 - Math.round(clipBytes / 2)));
      const { recorder } = makeRecorder(64, { folder: disk.folder });
      for (const unit of UNITS.slice(0, 250)) {
        recorder.onAccessUnit(unit);
        // In step with the disk.
        if (unit.isKeyFrame) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await expect.poll(() => recorder.counters.errorCode).toBe('DISK_FULL');
      await rm(ballast);
      clock.advance(2000);
      for (const unit of UNITS.slice(250)) recorder.onAccessUnit(unit);
      await recorder.close();
      expect(log.gapList.map(({ cause }) => cause)).toEqual(['disk_full', 'service_stopped']);
      const last = log.segments.at(-1)!;
      const before = log.segments.at(-2)!;
      expect(log.gapList[0]).toMatchObject({ startMs: before.endMs, endMs: last.startMs, errorCode: 'DISK_FULL' });
      expect(last.frames).toBe(50);
      for (const segment of log.segments)
        expect(inspectSegment(path.join(disk.folder, segment.path)).frames).toBe(segment.frames);
      await rm(path.join(disk.folder, 'cam-1'), { recursive: true });
    } finally {
      disk.unmount();
    }
  },
);

const noteFlags = (seen: number[], handle: (file: string, flags: number) => Promise<SegmentHandle>) => {
  return async (file: string, flags: number): Promise<SegmentHandle> => {
    seen.push(flags);
    return await handle(file, flags);
  };
};

test('a file system that refuses writes past its cache is written to in the usual way, from the first file on', async () => {
  const flags: number[] = [];
  const openFile = noteFlags(flags, async (file, wanted) => {
    const handle = await open(file, wanted & ~constants.O_DIRECT);
    if (wanted & constants.O_DIRECT) {
      // As some do: the file is there, and the refusal comes with the opening or with the first write.
      await handle.close();
      throw Object.assign(new Error('invalid argument'), { code: 'EINVAL' });
    }
    return handle;
  });
  const { recorder } = makeRecorder(64, { openFile });
  for (const unit of UNITS) recorder.onAccessUnit(unit);
  await recorder.close();
  expect(flags.filter((one) => one & constants.O_DIRECT)).toHaveLength(1);
  expect(log.segments.reduce((sum, { frames }) => sum + frames, 0)).toBe(UNITS.length);
  expect(log.gapList.map(({ cause }) => cause)).toEqual(['service_stopped']);
  for (const { path: file, frames } of log.segments)
    expect(inspectSegment(path.join(folder, file)).frames).toBe(frames);
});

test('a write past the cache that is refused goes the usual way, and the file is whole', async () => {
  const flags: number[] = [];
  let writes = 0;
  const openFile = noteFlags(flags, async (file, wanted) => {
    const handle = await open(file, wanted & ~constants.O_DIRECT);
    if (!(wanted & constants.O_DIRECT)) return handle;
    return {
      truncate: (length) => handle.truncate(length),
      datasync: () => handle.datasync(),
      close: () => handle.close(),
      write: (async (bytes: Buffer, offset: number, length: number, position: number) => {
        if (++writes === 4) throw Object.assign(new Error('invalid argument'), { code: 'EINVAL' });
        return await handle.write(bytes, offset, length, position);
      }) as SegmentHandle['write'],
    };
  });
  const { recorder } = makeRecorder(64, { openFile, segmentSeconds: 60 });
  for (const unit of UNITS) recorder.onAccessUnit(unit);
  await recorder.close();
  expect(flags.map((one) => (one & constants.O_DIRECT) !== 0)).toEqual([true, false]);
  expect(log.segments.map(({ frames }) => frames)).toEqual([UNITS.length]);
  expect(inspectSegment(path.join(folder, log.segments[0]!.path)).frames).toBe(UNITS.length);
});

test('a disk that takes long past its cache is written to in the usual way for a while', () => {
  const { disk } = makeRecorder(64);
  for (let write = 0; write < 200; write++) disk.noteDirectWrite(5);
  expect(disk.writesDirectly).toBe(true);
  for (let write = 0; write < 200; write++) disk.noteDirectWrite(60);
  expect(disk.writesDirectly).toBe(false);
  clock.advance(11 * 60_000);
  expect(disk.writesDirectly).toBe(true);
});
