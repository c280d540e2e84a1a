import { mkdtemp, readdir, rm } from 'node:fs/promises';
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
import { EventRecording } from './event-recording.ts';
import { PreRollRing } from './pre-roll-ring.ts';
import { Recorder } from './recorder.ts';
import { RecordingDisk } from './recording-disk.ts';
import { ScheduledRecording } from './scheduled-recording.ts';
import type { PausableRecorder } from './stream-recording.ts';

const FPS = 25;
const GOP = 25;
// 40 s, a key frame each second.
const UNITS = accessUnitsOf(encodeClip({ frames: 40 * FPS, gop: GOP }));
const START_MS = UNITS[0]!.wallMs;

let folder = '';
let log = new MemorySegmentLog();
let clock = new SimulatedClock(START_MS);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-event-recording-'));
  log = new MemorySegmentLog();
  clock = new SimulatedClock(START_MS);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function makeRecorder(): PausableRecorder {
  return new Recorder({
    cameraId: cameraId('cam-1'),
    stream: 'main',
    folder,
    segmentSeconds: 600,
    disk: new RecordingDisk({ config: { recordingFolder: folder, minimumFreeMb: 0, writeQueueMb: 64 }, clock }),
    segments: log,
    clock,
    log: silentLog,
  });
}

function onEvent(changes: { preRollSeconds?: number; preRollMaxBytes?: number } = {}): EventRecording {
  const rolls = { preRollSeconds: 5, postRollSeconds: 10, preRollMaxBytes: 32e6, ...changes };
  return new EventRecording({ recorder: makeRecorder(), ...rolls, clock });
}

/** Seconds of the clip, first included, last not. */
function between(fromSeconds: number, toSeconds: number): AccessUnit[] {
  return UNITS.slice(fromSeconds * FPS, toSeconds * FPS);
}

function seconds(timeMs: number | undefined): number | undefined {
  return timeMs === undefined ? undefined : (timeMs - START_MS) / 1000;
}

function ranges(items: readonly { readonly startMs: number; readonly endMs: number | undefined }[]): unknown[] {
  return items.map(({ startMs, endMs }) => [seconds(startMs), seconds(endMs)]);
}

test('records from the key frame before the pre-roll to the first one after the post-roll, and nothing else', async () => {
  const recording = onEvent();
  for (const unit of between(0, 12)) recording.onAccessUnit(unit);
  expect(await readdir(folder)).toEqual([]);
  // Seen in the picture at 11.5 s; the newest is that of 11.96 s.
  recording.trigger(START_MS + 11_500);
  for (const unit of between(12, 40)) recording.onAccessUnit(unit);
  await recording.close();
  expect(ranges(log.segments)).toEqual([[6, 22]]);
  expect(inspectSegment(path.join(folder, log.segments[0]!.path))).toMatchObject({ frames: 400, keyFirst: true });
  expect(log.gapList.map(({ cause }) => cause)).toEqual(['no_event', 'no_event', 'service_stopped']);
  expect(ranges(log.gapList)).toEqual([
    [0, 6],
    [22, 39.96],
    [39.96, undefined],
  ]);
});

test('goes on for longer when more happens, in one file', async () => {
  const recording = onEvent();
  for (const unit of between(0, 8)) recording.onAccessUnit(unit);
  recording.trigger(START_MS + 7960);
  for (const unit of between(8, 15)) recording.onAccessUnit(unit);
  recording.trigger(START_MS + 14_960);
  for (const unit of between(15, 40)) recording.onAccessUnit(unit);
  await recording.close();
  expect(ranges(log.segments)).toEqual([[2, 25]]);
});

test('an event that is told late is recorded as far back as memory reaches', async () => {
  const recording = onEvent();
  for (const unit of between(0, 30)) recording.onAccessUnit(unit);
  recording.trigger(START_MS + 5000);
  for (const unit of between(30, 31)) recording.onAccessUnit(unit);
  await recording.close();
  // 5 s of pre-roll and 10 s for analysis: the key frame at 14 s is the last that covers 14.96 s.
  expect(ranges(log.segments)).toEqual([[14, 31]]);
});

test('two events apart are two files that share no picture', async () => {
  const recording = onEvent({ preRollSeconds: 3 });
  for (const unit of between(0, 5)) recording.onAccessUnit(unit);
  recording.trigger(START_MS + 4960);
  for (const unit of between(5, 17)) recording.onAccessUnit(unit);
  // The pre-roll would reach back into what is recorded already.
  recording.trigger(START_MS + 16_960);
  for (const unit of between(17, 30)) recording.onAccessUnit(unit);
  await recording.close();
  expect(ranges(log.segments)).toEqual([
    [1, 15],
    [15, 27],
  ]);
  expect(log.segments.map(({ frames }) => frames)).toEqual([14 * FPS, 12 * FPS]);
});

test('an outage in between is a gap of its own, and an event goes on after it', async () => {
  const recording = onEvent();
  for (const unit of between(0, 5)) recording.onAccessUnit(unit);
  recording.interrupt('camera_unreachable', 'CAMERA_UNREACHABLE');
  recording.onDiscontinuity('camera_unreachable');
  for (const unit of between(8, 10)) recording.onAccessUnit(unit);
  recording.trigger(START_MS + 9960);
  for (const unit of between(10, 12)) recording.onAccessUnit(unit);
  recording.interrupt('stream_stalled', 'STREAM_STALLED');
  for (const unit of between(15, 30)) recording.onAccessUnit(unit);
  await recording.close();
  expect(ranges(log.segments)).toEqual([
    [8, 12],
    [15, 20],
  ]);
  expect(log.gapList.map(({ cause, startMs, endMs }) => [cause, seconds(startMs), seconds(endMs)])).toEqual([
    ['no_event', 0, 4.96],
    ['camera_unreachable', 4.96, 8],
    ['no_event', 8, 8],
    ['stream_stalled', 12, 15],
    ['no_event', 20, 29.96],
    ['service_stopped', 29.96, undefined],
  ]);
});

test('keeps no more than its bound in memory, whatever the camera sends', () => {
  const bytes = UNITS.slice(0, 10 * FPS).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const ring = new PreRollRing({ lengthMs: 60_000, maxSizeBytes: bytes });
  for (const unit of UNITS) {
    ring.push(unit);
    expect(ring.sizeBytes).toBeLessThanOrEqual(bytes);
  }
  expect(ring.overflows).toBeGreaterThan(0);
  const kept = ring.take(0);
  expect([kept[0], ring.sizeBytes]).toMatchObject([{ isKeyFrame: true }, 0]);
  expect(kept.at(-1)).toBe(UNITS.at(-1));
  // One group alone is too large: it is given up, and the ring waits for the next key frame.
  const small = new PreRollRing({ lengthMs: 60_000, maxSizeBytes: UNITS[0]!.sizeBytes + 1 });
  for (const unit of UNITS.slice(0, GOP)) small.push(unit);
  expect([small.sizeBytes, small.take(0)]).toEqual([0, []]);
});

test('with rare key frames it begins at the one before the pre-roll', async () => {
  const rare = UNITS.map((unit, index) => ({ ...unit, isKeyFrame: index % (12 * FPS) === 0 }));
  const recording = onEvent();
  for (const unit of rare.slice(0, 16 * FPS)) recording.onAccessUnit(unit);
  recording.trigger(START_MS + 15_960);
  await recording.close();
  expect(ranges(log.segments)).toEqual([[0, 16]]);
});

test('records in the windows of a schedule only, and says so of the rest', async () => {
  // The clip begins at 16:00:00 UTC; a window that opens 10 s later cannot be: windows begin with a minute.
  const shifted = UNITS.map((unit) => ({ ...unit, wallMs: unit.wallMs - 20_000 }));
  const at = new Date(START_MS).toISOString().slice(11, 16);
  expect(START_MS % 60_000).toBe(0);
  const day = (((new Date(START_MS).getUTCDay() + 6) % 7) + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7;
  const windows = [{ days: [day], from: at, to: '24:00' }];
  const recording = new ScheduledRecording({ recorder: makeRecorder(), schedule: { timeZone: 'UTC', windows } });
  for (const unit of shifted) recording.onAccessUnit(unit);
  await recording.close();
  expect(ranges(log.segments)).toEqual([[0, 20]]);
  expect(log.gapList).toMatchObject([
    { cause: 'outside_schedule', startMs: START_MS - 20_000, endMs: START_MS },
    { cause: 'service_stopped', startMs: START_MS + 20_000, endMs: undefined },
  ]);
  expect(inspectSegment(path.join(folder, log.segments[0]!.path)).frames).toBe(20 * FPS);
});
