import { mkdtemp, rename, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { cameraId, type SegmentRecord } from '../media.ts';
import { accessUnitsOf } from '../testdata/access-units.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { MemorySegmentLog } from '../testdata/memory-segment-log.ts';
import { recordFiles } from '../testdata/record-files.ts';
import { recoverCamera } from './segment-recovery.ts';

const UNITS = accessUnitsOf(encodeClip({ frames: 150, gop: 10 }));
const START_MS = UNITS[0]!.wallMs;
const DIED_MS = START_MS + 10_000;
const CAMERA = cameraId('cam:1');

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-recovery-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Three files of two seconds, last written when the recorder died. */
async function record(): Promise<readonly [SegmentRecord, SegmentRecord, SegmentRecord]> {
  const segments = await recordFiles(folder, CAMERA, UNITS);
  for (const segment of segments) await writtenAt(segment.path, DIED_MS);
  const [first, second, third] = segments;
  return [first!, second!, third!];
}

async function writtenAt(file: string, atMs: number): Promise<void> {
  await utimes(path.join(folder, file), atMs / 1000, atMs / 1000);
}

async function recover(announced: readonly SegmentRecord[], nowMs = DIED_MS + 1000): Promise<MemorySegmentLog> {
  const segments = new MemorySegmentLog();
  const ids = new Set(announced.map(({ segmentId }) => segmentId));
  await recoverCamera({
    folder,
    cameraId: CAMERA,
    segments,
    isAnnounced: (segmentId) => ids.has(segmentId),
    clock: new SimulatedClock(nowMs),
    log: silentLog,
  });
  return segments;
}

test('a file that just got its name, and whose row went down with its recorder, is announced', async () => {
  const [first, second, third] = await record();
  await rename(path.join(folder, third.path), path.join(folder, `${third.path}.part`));
  const { segments } = await recover([first]);
  expect(segments.toSorted((a, b) => a.startMs - b.startMs)).toEqual([second, third]);
});

test('what is announced already stays as it is, and so does what was named long before', async () => {
  const [first, second, third] = await record();
  expect((await recover([first, second, third])).segments).toEqual([]);
  await writtenAt(first.path, DIED_MS - 5 * 60_000);
  expect((await recover([second, third])).segments).toEqual([]);
  expect((await recover([], DIED_MS + 24 * 3_600_000)).segments).toEqual([]);
});

test('a file fetched from the card is left to those who fetch it', async () => {
  const [first, second, third] = await record();
  const fetched = second.path.replace(/(\d{6})-/, '$1-card-');
  await rename(path.join(folder, second.path), path.join(folder, fetched));
  expect((await recover([first, third])).segments).toEqual([]);
});
