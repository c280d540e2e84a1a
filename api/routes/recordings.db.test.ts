import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import { cameraId, type SegmentSource } from '#ingest/media.ts';
import { buildInitSegment } from '#ingest/recorder/fmp4-boxes.ts';
import { Fmp4Muxer } from '#ingest/recorder/fmp4-muxer.ts';
import { segmentPath } from '#ingest/recorder/segment-path.ts';
import { accessUnitsOf } from '#ingest/testdata/access-units.ts';
import { encodeClip } from '#ingest/testdata/encode-clip.ts';
import type { Timeline } from '../contract/recordings.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
});
afterAll(() => fixture.close());

const content = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
const url = '/api/recordings/segments/seg-1';

async function addSegment(segmentId: string, file: string, source?: SegmentSource): Promise<void> {
  fixture.storage.segmentLog.appendSegment({
    segmentId,
    cameraId: cameraId('cam-9'),
    stream: 'main',
    path: file,
    startMs: Date.now() - 60_000,
    endMs: Date.now() - 30_000,
    frames: 750,
    sizeBytes: content.length,
    codecString: 'avc1.42e01f',
    widthPx: 1920,
    heightPx: 1080,
    source,
  });
  await fixture.storage.writer.drain();
}

beforeAll(async () => {
  await mkdir(path.join(fixture.recordingFolder, 'cam-9'));
  await writeFile(path.join(fixture.recordingFolder, 'cam-9', 'a.mp4'), content);
  await addSegment('seg-1', 'cam-9/a.mp4');
});

test('a file comes whole, or the range asked for', async () => {
  const whole = await request('operator', 'GET', url);
  expect(whole.rawPayload.equals(content)).toBe(true);
  expect(whole.headers).toMatchObject({
    'accept-ranges': 'bytes',
    'content-type': 'video/mp4',
    'content-length': '1000',
  });
  const range = await request('operator', 'GET', url, { headers: { range: 'bytes=100-199' } });
  expect([range.statusCode, range.headers['content-range']]).toEqual([206, 'bytes 100-199/1000']);
  expect(range.rawPayload.equals(content.subarray(100, 200))).toBe(true);
  const outside = await request('operator', 'GET', url, { headers: { range: 'bytes=1000-' } });
  expect([outside.statusCode, outside.headers['content-range']]).toEqual([416, 'bytes */1000']);
});

test('who leaves out the first byte has looked all the same, and many ranges of one file are one look', async () => {
  for (const range of ['bytes=1-', 'bytes=500-', 'bytes=0-'])
    await request('inspector', 'GET', url, { headers: { range } });
  await fixture.storage.writer.drain();
  const entries = await fixture.storage.audit.list({ limit: 500 });
  expect(
    entries.filter(({ action, username }) => action === 'recording.play' && username === 'inspector'),
  ).toMatchObject([{ target: 'cam-9', detail: { segmentId: 'seg-1' } }]);
});

test('a path out of the folder, a file that is gone and an unknown id give nothing', async () => {
  await addSegment('seg-escape', '../ui/index.html');
  await addSegment('seg-absolute', '/etc/hostname');
  await addSegment('seg-gone', 'cam-9/b.mp4');
  for (const id of ['seg-escape', 'seg-absolute', 'seg-gone', 'seg-none', '..%2f..%2fui%2findex.html'])
    expect(problemOf(await request('operator', 'GET', `/api/recordings/segments/${id}`)).status).toBe(404);
});

test('the timeline of a day shows the file, and which ones came from the card of the camera', async () => {
  await addSegment('seg-card', 'cam-9/card.mp4', 'card');
  const query = new URLSearchParams({
    from: new Date(Date.now() - 86_400_000).toISOString(),
    to: new Date().toISOString(),
  });
  const timeline = (await request('operator', 'GET', `/api/recordings/cam-9/timeline?${query}`)).json<{
    segments: { segmentId: string; url: string; source: string }[];
  }>();
  expect(timeline.segments.map((segment) => segment.url)).toContain(url);
  const sources = new Map(timeline.segments.map(({ segmentId, source }) => [segmentId, source]));
  expect([sources.get('seg-1'), sources.get('seg-card')]).toEqual(['live', 'card']);
});

test('the file that is being recorded can be seen already, as far as it is whole, and goes on where it grew', async () => {
  const units = accessUnitsOf(encodeClip({ frames: 60, gop: 20 }));
  const [first] = units;
  if (!first) throw new Error('no picture');
  const muxer = new Fmp4Muxer();
  const fragments = units.flatMap((unit) => muxer.push(unit) ?? []);
  const whole = Buffer.concat([buildInitSegment(first.format), ...fragments.map(({ bytes }) => bytes)]);
  const startMs = Date.now() - 3_000;
  const segmentId = uuidv7(startMs);
  const id = cameraId('cam-open');
  const file = path.join(fixture.recordingFolder, segmentPath({ cameraId: id, stream: 'main', segmentId, startMs }));
  await mkdir(path.dirname(file), { recursive: true });
  // Half a fragment lies behind what is whole.
  await writeFile(`${file}.part`, Buffer.concat([whole, (muxer.flush()?.bytes ?? Buffer.alloc(0)).subarray(0, 200)]));
  const query = new URLSearchParams({ from: new Date(startMs).toISOString(), to: new Date().toISOString() });
  const timeline = (await request('operator', 'GET', `/api/recordings/cam-open/timeline?${query}`)).json<Timeline>();
  expect(timeline.segments).toMatchObject([
    { segmentId, sizeBytes: whole.length, start: new Date(startMs).toISOString() },
  ]);
  const found = timeline.segments[0]?.url ?? '';
  expect((await request('operator', 'GET', found)).rawPayload.equals(whole)).toBe(true);
  const more = await request('operator', 'GET', found, { headers: { range: `bytes=${whole.length - 10}-` } });
  expect([more.statusCode, more.rawPayload.length]).toEqual([206, 10]);
  // Closed meanwhile: the same address goes on.
  await rename(`${file}.part`, file);
  expect((await request('operator', 'GET', found)).rawPayload.length).toBe(whole.length + 200);
  for (const bad of ['x', '..%2f..%2fui', segmentId.replaceAll('7', '8')])
    expect(
      (await request('operator', 'GET', `/api/recordings/cam-open/open/${bad}`)).statusCode,
    ).toBeGreaterThanOrEqual(400);
});
