import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { KitchenViolation } from '#analyzers/analysis-event.ts';
import { analyzerConfigSchema } from '#analyzers/config.ts';
import type { Box } from '#analyzers/detection.ts';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import { cameraId, type SegmentRecord } from '#ingest/media.ts';
import { sampleCamera, sampleViolation } from '#storage/testing/sample-events.ts';
import { openTestStorage } from '#storage/testing/test-database.ts';
import { cacheFolder } from '../setup/cache-folder.ts';
import { ClipMaker } from './clip-maker.ts';
import { KITCHEN, kitchenPersons, recordKitchen } from './testing/recorded-kitchen.ts';

const START_MS = Date.UTC(2026, 10, 26, 9);
const CAMERA = cameraId('wok');
/** Ten seconds of the film: somebody stands, others walk, one of them without anything on the head. */
const [FROM_MS, TO_MS] = [6000, 16_000];
const SIZE = { width: 640, height: 360 };
/** Grey levels of 255: what encoding alone changes stays below, what is covered above. */
const SAME = 4;
const COVERED = 6;

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
let clock: SimulatedClock;
let recordingFolder: string;
let recorded: readonly SegmentRecord[];
beforeAll(async () => {
  clock = new SimulatedClock(START_MS + TO_MS + 1000);
  fixture = await openTestStorage(inject('databaseUrl'), { clock });
  recordingFolder = await mkdtemp(path.join(tmpdir(), 'vantage-clips-'));
  await fixture.storage.cameras.create(sampleCamera({ scene: 'kitchen' }), CAMERA);
  recorded = await recordKitchen({ cameraId: CAMERA, folder: recordingFolder, startMs: START_MS, segmentSeconds: 10 });
}, 120_000);
afterAll(async () => {
  await fixture.close();
  await rm(recordingFolder, { recursive: true, force: true });
});

function maker(options: { blurHeads?: boolean; ffmpegPath?: string; pollMs?: number } = {}): ClipMaker {
  const { blurHeads = true, ...others } = options;
  return new ClipMaker({
    storage: fixture.storage,
    settings: {
      ingest: readConfig('ingest', ingestConfigSchema, {}, { recordingFolder }),
      analyzers: readConfig('analyzers', analyzerConfigSchema, {}, { blurHeads }),
      modelFolder: path.join(cacheFolder(), 'models'),
      dataFolder: fixture.dataFolder,
    },
    clock,
    log: silentLog,
    ...others,
  });
}

async function raise(fromMs = START_MS + FROM_MS, toMs = START_MS + TO_MS): Promise<string> {
  const timeMs = (fromMs + toMs) / 2;
  const violation = sampleViolation({ cameraId: CAMERA, timeMs, clipFromMs: fromMs, clipToMs: toMs });
  await emit(violation);
  return violation.violationId;
}
/** The spool waits for others to write with, on a clock that stands still here. */
async function emit(violation: KitchenViolation): Promise<void> {
  const { eventSink, spool, writer } = fixture.storage;
  const emitted = eventSink.emit(violation, []);
  await Promise.resolve();
  spool.flush();
  await emitted;
  await writer.drain();
}
const clipOf = async (id: string) => (await fixture.storage.violations.get(id)).clip;
async function fileOf(id: string): Promise<string> {
  const key = (await clipOf(id))?.ready?.key ?? '';
  const file = path.join(recordingFolder, `${id}.mp4`);
  await writeFile(file, (await fixture.storage.blobs.get(key)).body);
  return file;
}
const probe = (file: string, entries: string): string =>
  execFileSync('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'csv=p=0', file], { encoding: 'utf8' });

/** Grey pictures, four a second: as often as it is known where persons are. */
function pictures(file: string, range: readonly string[] = []): Buffer[] {
  const scale = `fps=4:round=near,scale=${SIZE.width}:${SIZE.height}`;
  const args = ['-v', 'error', ...range, '-i', file, '-vf', scale, '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  const bytes = execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 });
  const size = SIZE.width * SIZE.height;
  return Array.from({ length: bytes.length / size }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
const source = () => pictures(KITCHEN, ['-ss', String(FROM_MS / 1000), '-t', String((TO_MS - FROM_MS) / 1000)]);

/** Mean difference in a part of the picture, grey levels. */
function difference(a: Buffer | undefined, b: Buffer | undefined, box: Box): number {
  let [sum, count] = [0, 0];
  for (let y = Math.round(box.y * SIZE.height); y < Math.round((box.y + box.height) * SIZE.height); y++)
    for (let x = Math.round(box.x * SIZE.width); x < Math.round((box.x + box.width) * SIZE.width); x++, count++)
      sum += Math.abs((a?.[y * SIZE.width + x] ?? 0) - (b?.[y * SIZE.width + x] ?? 255));
  return sum / count;
}
async function headDifferences(clip: readonly Buffer[], film: readonly Buffer[]): Promise<number[]> {
  const within = (await kitchenPersons()).filter(({ timeMs }) => timeMs >= FROM_MS && timeMs < TO_MS - 250);
  return within.flatMap(({ timeMs, persons }) =>
    persons.map(({ x, y, width, height }) => {
      const index = Math.round((timeMs - FROM_MS) / 250);
      const head = { x: x + 0.3 * width, y, width: 0.4 * width, height: 0.13 * height };
      return difference(clip[index], film[index], head);
    }),
  );
}

let blurred: string;
test('a clip waits until its range is recorded, and then has every head covered and nothing else', async () => {
  const { storage } = fixture;
  blurred = await raise();
  // The file that holds the end of the range is not closed yet.
  await storage.recordingIndex.add(recorded.filter(({ startMs }) => startMs < START_MS + 9000));
  const first = maker();
  await first.round();
  expect(await clipOf(blurred)).toMatchObject({ state: 'waiting', ready: undefined });
  await storage.recordingIndex.add(recorded);
  clock.advance(10_000);
  await first.round();
  expect(await clipOf(blurred)).toMatchObject({ state: 'ready', reason: undefined, ready: { isBlurred: true } });
  expect(first.counters).toEqual({ ready: 1, failed: 0, gone: 0, retries: 0 });
  expect(await readdir(path.join(fixture.dataFolder, 'clips-in-work'))).toEqual([]);

  const file = await fileOf(blurred);
  expect(probe(recordedFile(), 'stream=codec_type').trim().split('\n').toSorted()).toEqual(['audio', 'video']);
  expect(probe(file, 'stream=codec_name,pix_fmt').trim()).toBe('h264,yuv420p');
  expect(Math.abs(Number(probe(file, 'format=duration')) - (TO_MS - FROM_MS) / 1000)).toBeLessThan(0.2);
  const [clip, film] = [pictures(file), source()];
  const heads = await headDifferences(clip, film);
  expect(heads.length).toBeGreaterThan(100);
  expect(Math.min(...heads)).toBeGreaterThan(COVERED);
  const floor = { x: 0, y: 0.85, width: 1, height: 0.15 };
  for (const [index, picture] of clip.entries()) expect(difference(picture, film[index], floor)).toBeLessThan(SAME);
}, 90_000);

/** A file of the recording that the range lies in. */
function recordedFile(): string {
  return path.join(recordingFolder, recorded[0]?.path ?? '');
}

test('where blurring is switched off it is the recording as it was, without its sound', async () => {
  const id = await raise();
  await maker({ blurHeads: false }).round();
  expect((await clipOf(id))?.ready).toMatchObject({ isBlurred: false });
  const file = await fileOf(id);
  expect(probe(file, 'stream=codec_type').trim()).toBe('video');
  expect(Math.max(...(await headDifferences(pictures(file), source())))).toBeLessThan(COVERED);
}, 60_000);

test('what is broken off by a stop is begun anew by the next start, at once', async () => {
  const id = await raise();
  const stopped = maker({ blurHeads: false, pollMs: 10 });
  stopped.start();
  // Its timer is the simulated clock's.
  await expect
    .poll(
      async () => {
        clock.advance(20);
        return (await clipOf(id))?.state;
      },
      { timeout: 30_000, interval: 20 },
    )
    .toBe('making');
  await stopped.close();
  expect((await clipOf(id))?.state).toBe('waiting');
  await maker({ blurHeads: false }).round();
  expect((await clipOf(id))?.state).toBe('ready');
}, 60_000);

test('a stretch that was not recorded is gone with its cause, and can be tried again when the recording comes', async () => {
  const { storage } = fixture;
  const startMs = START_MS - 3_600_000;
  const gap = {
    gapId: uuidv7(startMs),
    cameraId: CAMERA,
    stream: 'main' as const,
    startMs,
    cause: 'camera_unreachable' as const,
  };
  storage.segmentLog.closeGap({ ...gap, endMs: startMs + 60_000, errorCode: undefined });
  storage.spool.flush();
  await storage.writer.drain();
  const id = await raise(startMs + 2000, startMs + 6000);
  const quick = maker({ blurHeads: false });
  await quick.round();
  expect(await clipOf(id)).toMatchObject({ state: 'gone', reason: 'camera_unreachable' });
  expect(quick.counters.gone).toBe(1);
  // Another camera's card had it.
  const filled = await recordKitchen({ cameraId: CAMERA, folder: recordingFolder, startMs, segmentSeconds: 10 });
  await storage.recordingIndex.add(filled);
  await storage.violationClips.retry(id);
  await quick.round();
  expect(await clipOf(id)).toMatchObject({ state: 'ready', reason: undefined });
  await expect(storage.violationClips.retry(id)).rejects.toMatchObject({ code: 'CLIP_NOT_RETRYABLE' });
}, 60_000);

test('an ffmpeg without the encoder is named as the reason, and no half clip is kept', async () => {
  const folder = path.join(recordingFolder, 'bin');
  const ffmpegPath = path.join(folder, 'ffmpeg');
  await mkdir(folder);
  // The real one, asked for an encoder that it does not have.
  await writeFile(ffmpegPath, '#!/bin/bash\nexec ffmpeg "${@/libx264/libx264missing}"\n');
  await chmod(ffmpegPath, 0o755);
  const id = await raise();
  const without = maker({ blurHeads: false, ffmpegPath });
  await without.round();
  expect(await clipOf(id)).toMatchObject({ state: 'failed', reason: 'CLIP_ENCODER_MISSING', ready: undefined });
  expect(without.counters.failed).toBe(1);
}, 60_000);

test('a clip ends with its violation', async () => {
  const { storage } = fixture;
  const key = (await clipOf(blurred))?.ready?.key ?? '';
  expect((await storage.blobs.get(key)).contentType).toBe('video/mp4');
  const violation = await storage.violations.get(blurred);
  const { item, ruleId, sinceMs, box } = violation;
  const timeMs = clock.nowMs();
  const closed = {
    violationId: blurred,
    cameraId: CAMERA,
    phase: 'closed' as const,
    timeMs,
    item,
    ruleId,
    sinceMs,
    box,
  };
  await emit(sampleViolation(closed));
  await storage.retention.run();
  expect((await storage.blobs.get(key)).body.length).toBeGreaterThan(50_000);
  clock.advance(92 * 86_400_000);
  await storage.retention.run();
  await expect(storage.blobs.get(key)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  await expect(storage.violations.get(blurred)).rejects.toMatchObject({ code: 'VIOLATION_NOT_FOUND' });
});
