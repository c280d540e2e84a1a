import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { cameraId, type SegmentSource } from '#ingest/media.ts';
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
