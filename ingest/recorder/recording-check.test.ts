import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { cameraId, type SegmentRecord } from '../media.ts';
import type { RecordingIndex } from '../ports.ts';
import { accessUnitsOf } from '../testdata/access-units.ts';
import { encodeClip } from '../testdata/encode-clip.ts';
import { inspectSegment } from '../testdata/inspect-segment.ts';
import { recordFiles } from '../testdata/record-files.ts';
import { buildInitSegment } from './fmp4-boxes.ts';
import { Fmp4Muxer } from './fmp4-muxer.ts';
import { checkRecordings, type RecordingReport } from './recording-check.ts';
import { segmentPath } from './segment-path.ts';

const UNITS = accessUnitsOf(encodeClip({ frames: 150, gop: 10 }));
const START_MS = UNITS[0]!.wallMs;
const HOUR_MS = 3_600_000;
const CAMERA = cameraId('cam:1');
const CLEAN: RecordingReport = {
  files: 0,
  open: 0,
  unknown: 0,
  missing: 0,
  unreadable: 0,
  foreignFolders: 0,
  isFolderSuspect: false,
};

class MemoryIndex implements RecordingIndex {
  readonly rows = new Map<string, SegmentRecord>();
  asked = 0;

  cameraIds() {
    return Promise.resolve([CAMERA]);
  }

  filesOf({ fromMs, toMs }: { fromMs: number; toMs: number }) {
    this.asked++;
    return Promise.resolve([...this.rows.values()].filter(({ startMs }) => startMs >= fromMs && startMs < toMs));
  }

  add(segments: readonly SegmentRecord[]) {
    for (const segment of segments) this.rows.set(segment.segmentId, segment);
    return Promise.resolve();
  }

  remove(segmentIds: readonly string[]) {
    for (const id of segmentIds) this.rows.delete(id);
    return Promise.resolve();
  }
}

let folder = '';
let index = new MemoryIndex();

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-check-'));
  index = new MemoryIndex();
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function check(changes: { fromMs?: number; openSinceMs?: number; isRepairing?: boolean } = {}) {
  const range = { fromMs: 0, toMs: START_MS + HOUR_MS, openSinceMs: Infinity, isRepairing: true };
  return await checkRecordings({ folder, index, log: silentLog, ...range, ...changes });
}

/** Three files of two seconds. */
async function record(): Promise<readonly SegmentRecord[]> {
  return await recordFiles(folder, CAMERA, UNITS);
}

test('a file whose row was lost gets the same row again', async () => {
  const segments = await record();
  await index.add(segments.slice(0, 1));
  expect(await check({ isRepairing: false })).toEqual({ ...CLEAN, files: 1, unknown: 2 });
  expect(index.rows.size).toBe(1);
  expect(await check()).toEqual({ ...CLEAN, files: 1, unknown: 2 });
  expect([...index.rows.values()]).toEqual(segments);
  expect(await check()).toEqual({ ...CLEAN, files: 3 });
});

test('a row whose file is gone goes, but not when all are gone at once', async () => {
  const segments = await record();
  await index.add(segments);
  await rm(path.join(folder, segments[1]!.path));
  expect(await check()).toEqual({ ...CLEAN, files: 2, missing: 1 });
  expect([...index.rows.keys()]).toEqual([segments[0]!.segmentId, segments[2]!.segmentId]);
  // A disk that is not mounted looks like this.
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true });
  expect(await check()).toEqual({ ...CLEAN, missing: 2, isFolderSuspect: true });
  expect(index.rows.size).toBe(2);
});

test('looks only into the hours it is asked for', async () => {
  const [first] = await record();
  await index.add([{ ...first!, segmentId: 'older', path: 'nowhere', startMs: START_MS - 10 * HOUR_MS }]);
  expect(await check({ fromMs: START_MS + 1000 })).toEqual({ ...CLEAN, unknown: 2 });
  expect(await check({ fromMs: START_MS + HOUR_MS / 2 })).toEqual(CLEAN);
  expect(index.asked).toBe(2);
});

test('saves what a crash left open, up to its last whole fragment', async () => {
  const muxer = new Fmp4Muxer();
  const fragments = UNITS.slice(0, 31).flatMap((unit) => muxer.push(unit)?.bytes ?? []);
  const segmentId = '019a2b3c-4d5e-7f00-8000-000000000000';
  const startMs = Number.parseInt(segmentId.replaceAll('-', '').slice(0, 12), 16);
  const name = segmentPath({ cameraId: CAMERA, stream: 'main', segmentId, startMs });
  const file = path.join(folder, name);
  const bytes = Buffer.concat([buildInitSegment(UNITS[0]!.format), ...fragments]);
  await mkdir(path.dirname(file), { recursive: true });
  const lastSize = fragments[2]!.length;
  // What fills the last block may be missing; not a byte of the pictures.
  const wholeSize = bytes.lastIndexOf('free') - 4;
  for (const cut of [bytes.length, wholeSize, wholeSize - 1, bytes.length - lastSize, bytes.length - lastSize + 20]) {
    await writeFile(`${file}.part`, bytes.subarray(0, cut));
    expect(await check()).toEqual({ ...CLEAN, open: 1 });
    const segment = index.rows.get(segmentId);
    const frames = cut >= wholeSize ? 30 : 20;
    expect(segment).toMatchObject({ path: name, cameraId: CAMERA, frames, widthPx: 160, startMs });
    expect(segment!.endMs - segment!.startMs).toBe(frames * 40);
    expect(inspectSegment(file).frames).toBe(frames);
    await rm(file);
    index.rows.clear();
  }
  // Not even one picture: nothing to save.
  await writeFile(`${file}.part`, bytes.subarray(0, 300));
  expect(await check()).toEqual({ ...CLEAN, open: 1 });
  expect(await readdir(path.dirname(file))).toEqual([]);
});

test('half of what was fetched from a card goes, since it is fetched again; what has a row gets its name', async () => {
  const segments = await record();
  for (const { path: file, segmentId } of segments) {
    const own = file.replace(segmentId, `card-${segmentId}`);
    await rename(path.join(folder, file), path.join(folder, `${own}.part`));
  }
  const [first] = segments;
  await index.add([
    { ...first!, path: first!.path.replace(first!.segmentId, `card-${first!.segmentId}`), source: 'card' },
  ]);
  expect(await check({ isRepairing: false })).toMatchObject({ open: 3 });
  expect(await check()).toMatchObject({ open: 3 });
  expect((await readdir(folder, { recursive: true })).filter((name) => name.includes('.mp4'))).toEqual([
    index.rows.get(first!.segmentId)!.path,
  ]);
  expect(await check()).toEqual({ ...CLEAN, files: 1 });
});

test('leaves alone what is being written, what it cannot read and what is not ours', async () => {
  const [first] = await record();
  const file = path.join(folder, first!.path);
  const bytes = await readFile(file);
  await rm(file);
  await writeFile(`${file}.part`, bytes);
  await utimes(`${file}.part`, new Date(), new Date());
  await mkdir(path.join(folder, 'holiday'));
  await writeFile(path.join(folder, 'holiday', 'beach.mp4'), 'sand');
  const other = path.join(path.dirname(file), '000000-019a2b3c-4d5e-7f00-8000-000000000000.mp4');
  await writeFile(other, 'not a film');
  expect(await check({ openSinceMs: Date.now() - 60_000 })).toEqual({
    ...CLEAN,
    unknown: 2,
    unreadable: 1,
    foreignFolders: 1,
  });
  expect(await readFile(other, 'utf8')).toBe('not a film');
  expect(await readdir(path.join(folder, 'holiday'))).toEqual(['beach.mp4']);
});

test('finds nothing where there is nothing', async () => {
  await rm(folder, { recursive: true });
  expect(await check()).toEqual(CLEAN);
});
