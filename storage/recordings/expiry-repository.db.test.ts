import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type CameraId, cameraId, type SegmentRecord } from '#ingest/media.ts';
import { recordingPolicy } from '#ingest/recorder/recording-policy.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import { sampleCamera } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const [USUAL, LONG, SHORT] = ['usual', 'long', 'short'].map(cameraId) as [CameraId, CameraId, CameraId];

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
beforeAll(async () => {
  fixture = await openTestStorage(inject('databaseUrl'));
  const { cameras } = fixture.storage;
  await cameras.create(sampleCamera(), USUAL);
  await cameras.create(
    sampleCamera({ recording: recordingPolicy({ mode: 'continuous', retentionHours: 1000 }) }),
    LONG,
  );
  await cameras.create(sampleCamera({ recording: recordingPolicy({ mode: 'on_event', retentionHours: 2 }) }), SHORT);
});
afterAll(() => fixture.close());

beforeEach(async () => {
  const { expiry } = fixture.storage;
  await expiry.markOldest({ endedBeforeMs: Date.now() + HOUR_MS, enoughBytes: Infinity, limit: 1000 });
  const all = await expiry.marked({ afterId: '', limit: 1000 });
  await expiry.delete(all.map(({ segmentId }) => segmentId));
  expect(await expiry.totalSizeBytes()).toBe(0);
});

function segment(id: CameraId, hoursAgo: number): SegmentRecord {
  const startMs = NOW_MS - hoursAgo * HOUR_MS;
  const segmentId = uuidv7(startMs);
  return {
    segmentId,
    cameraId: id,
    stream: 'main',
    path: `${id}/${segmentId}.mp4`,
    startMs,
    endMs: startMs + 60_000,
    frames: 1500,
    sizeBytes: 1000,
    codecString: 'avc1.4d0028',
    widthPx: 1920,
    heightPx: 1080,
  };
}

const paths = (list: readonly { readonly path: string }[]): string[] => list.map(({ path }) => path).toSorted();

test('each camera keeps its recordings for its own time', async () => {
  const { expiry, recordingIndex } = fixture.storage;
  const gone = [segment(USUAL, 73), segment(SHORT, 3), segment(SHORT, 2.5)];
  const kept = [segment(USUAL, 71), segment(LONG, 73), segment(LONG, 999), segment(SHORT, 1)];
  await recordingIndex.add([...gone, ...kept]);
  const query = { nowMs: NOW_MS, retentionHours: 72, limit: 100 };
  expect(paths(await expiry.markExpired(query))).toEqual(paths(gone));
  expect(await expiry.markExpired(query)).toEqual([]);
});

test('nobody sees a recording whose file is being deleted, and its room is counted until the file is gone', async () => {
  const { expiry, recordingIndex, segments } = fixture.storage;
  const [old, young] = [segment(USUAL, 100), segment(USUAL, 1)];
  await recordingIndex.add([old, young, young]);
  expect(await expiry.totalSizeBytes()).toBe(2000);
  expect(await expiry.markOldest({ endedBeforeMs: NOW_MS - HOUR_MS, enoughBytes: 1001, limit: 10 })).toEqual([
    { segmentId: old.segmentId, path: old.path, sizeBytes: 1000 },
  ]);
  await expect(segments.get(old.segmentId)).rejects.toMatchObject({ code: 'SEGMENT_NOT_FOUND' });
  const range = { cameraId: USUAL, fromMs: NOW_MS - 200 * HOUR_MS, toMs: NOW_MS };
  expect(paths((await segments.timeline(range)).segments)).toEqual([young.path]);
  expect((await segments.oldestByCamera()).get(USUAL)).toBe(young.startMs);
  // Its file is not an unknown one, either.
  expect(paths(await recordingIndex.filesOf(range))).toEqual(paths([old, young]));
  expect(await expiry.totalSizeBytes()).toBe(2000);
  expect(paths(await expiry.marked({ afterId: '', limit: 10 }))).toEqual([old.path]);
  await expiry.delete([old.segmentId]);
  await expiry.delete([old.segmentId]);
  expect(await expiry.totalSizeBytes()).toBe(1000);
  expect(await expiry.marked({ afterId: '', limit: 10 })).toEqual([]);
});

test('what the writer stores is counted once, however often it comes', async () => {
  const { segmentLog, writer, expiry, spool } = fixture.storage;
  const one = { ...segment(USUAL, 0), startMs: Date.now() - 60_000, endMs: Date.now() };
  for (let time = 0; time < 2; time++) {
    segmentLog.appendSegment(one);
    spool.flush();
    await writer.drain();
  }
  expect(await expiry.totalSizeBytes()).toBe(1000);
});

test('a killed run leaves one gap per camera, from its newest recording on', async () => {
  const { recordingIndex, segments, segmentLog, spool, writer } = fixture.storage;
  const nowMs = Date.now();
  const ended = { ...segment(USUAL, 0), startMs: nowMs - 600_000, endMs: nowMs - 540_000 };
  const known = { ...segment(LONG, 0), startMs: nowMs - 600_000, endMs: nowMs - 540_000 };
  await recordingIndex.add([ended, known]);
  segmentLog.openGap({
    gapId: uuidv7(known.endMs),
    cameraId: LONG,
    stream: 'main',
    startMs: known.endMs,
    endMs: undefined,
    cause: 'camera_unreachable',
    errorCode: undefined,
  });
  spool.flush();
  await writer.drain();
  expect(await recordingIndex.newestStartMs()).toBe(ended.startMs);
  expect(await recordingIndex.noteOutage()).toBe(1);
  expect(await recordingIndex.noteOutage()).toBe(0);
  await segments.closeOpenGaps(nowMs);
  const { gaps } = await segments.timeline({ cameraId: USUAL, fromMs: nowMs - HOUR_MS, toMs: nowMs });
  expect(gaps).toMatchObject([{ cause: 'service_stopped', startMs: ended.endMs, endMs: nowMs }]);
});
