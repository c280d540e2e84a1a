import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, sampleViolation } from '#storage/testing/sample-events.ts';
import type { Violation, ViolationFile } from '../contract/kitchen.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

/** Bytes that are told apart by their place. */
const CLIP = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
const TAKEN_MS = 60_000;
let fixture: TestApp;
let request: Requester;
beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
  await fixture.storage.cameras.create(sampleCamera({ scene: 'kitchen' }), cameraId('wok'));
});
afterAll(() => fixture.close());

async function raise(): Promise<string> {
  const timeMs = Date.now() - 60_000;
  const clip = { clipFromMs: timeMs - 12_000, clipToMs: timeMs + 8000 };
  const event = sampleViolation({ cameraId: 'wok', timeMs, ...clip });
  await fixture.storage.eventSink.emit(event, []);
  await fixture.storage.writer.drain();
  return event.violationId;
}
const clipOf = async (id: string): Promise<Violation['clip']> =>
  (await request('inspector', 'GET', `/api/violations/${id}`)).json<ViolationFile>().violation.clip;

async function ready(id: string): Promise<string> {
  const { blobs, violationClips } = fixture.storage;
  const key = `evidence/2026/11/26/${id}-clip.mp4`;
  await blobs.put(key, CLIP, 'video/mp4');
  const { from, to } = await clipOf(id);
  const shown = { shownFromMs: Date.parse(from) + 500, shownToMs: Date.parse(to) - 500, isBlurred: true };
  expect(await violationClips.finish(id, { key, ...shown })).toBe(true);
  return (await clipOf(id)).url ?? '';
}

test('a violation says how far its clip is, and which stretch it shows', async () => {
  const { violationClips } = fixture.storage;
  const id = await raise();
  const waiting = await clipOf(id);
  expect(waiting).toMatchObject({ state: 'waiting', mayRetry: false });
  expect(Date.parse(waiting.to) - Date.parse(waiting.from)).toBe(20_000);
  expect(await violationClips.take(id, TAKEN_MS)).toBe(true);
  // Two at once make no clip twice.
  expect(await violationClips.take(id, TAKEN_MS)).toBe(false);
  expect(await clipOf(id)).toMatchObject({ state: 'making', mayRetry: false });
  await ready(id);
  const clip = await clipOf(id);
  expect(clip).toMatchObject({ state: 'ready', isBlurred: true, mayRetry: false });
  expect(Date.parse(clip.to) - Date.parse(clip.from)).toBe(19_000);
});

test('a clip that failed, or was not recorded, says why in both languages, and is made once more when asked for', async () => {
  const { violationClips, audit } = fixture.storage;
  const id = await raise();
  await violationClips.take(id, TAKEN_MS);
  await violationClips.giveUp(id, 'failed', 'CLIP_ENCODER_MISSING');
  const failed = await clipOf(id);
  expect(failed).toMatchObject({ state: 'failed', mayRetry: true });
  expect(failed.reason).toEqual({ zh: expect.stringContaining('libx264'), en: expect.stringContaining('libx264') });
  expect(failed).not.toHaveProperty('url');
  const again = await request('inspector', 'POST', `/api/violations/${id}/clip`, { body: {} });
  expect(again.json<Violation>().clip).toMatchObject({ state: 'waiting', mayRetry: false });
  expect((await audit.list({ limit: 10 })).map(({ action }) => action)).toContain('violation.clip-retry');
  const twice = await request('inspector', 'POST', `/api/violations/${id}/clip`, { body: {} });
  expect(problemOf(twice)).toMatchObject({ code: 'CLIP_NOT_RETRYABLE' });
  const none = await request('inspector', 'POST', '/api/violations/none/clip', { body: {} });
  expect(problemOf(none)).toMatchObject({ status: 404, code: 'VIOLATION_NOT_FOUND' });

  await violationClips.giveUp(id, 'gone', 'camera_unreachable');
  expect(await clipOf(id)).toMatchObject({
    ...{ state: 'gone', mayRetry: true },
    reason: { zh: '摄像机无法连接。', en: 'The camera could not be reached.' },
  });
});

test('who may see the picture may see the clip, in ranges, and is written down once for all of them', async () => {
  const url = await ready(await raise());
  const range = (text: string) => ({ headers: { range: text } });
  const whole = await request('inspector', 'GET', url);
  expect([whole.statusCode, whole.headers['content-type'], whole.headers['accept-ranges']]).toEqual([
    200,
    'video/mp4',
    'bytes',
  ]);
  expect(whole.rawPayload.equals(CLIP)).toBe(true);
  const part = await request('inspector', 'GET', url, range('bytes=1000-1999'));
  expect([part.statusCode, part.headers['content-range']]).toEqual([206, 'bytes 1000-1999/5000']);
  expect(part.rawPayload.equals(CLIP.subarray(1000, 2000))).toBe(true);
  const end = await request('inspector', 'GET', url, range('bytes=4900-'));
  expect(end.rawPayload.equals(CLIP.subarray(4900))).toBe(true);
  const outside = await request('inspector', 'GET', url, range('bytes=5000-'));
  expect([outside.statusCode, outside.headers['content-range']]).toEqual([416, 'bytes */5000']);

  expect((await request('auditor', 'GET', url)).statusCode).toBe(403);
  expect((await request(undefined, 'GET', url)).statusCode).toBe(401);
  await fixture.storage.writer.drain();
  const target = decodeURIComponent(url.replace('/api/evidence/', ''));
  const looks = (await fixture.storage.audit.list({ limit: 50 })).filter((row) => row.target === target);
  expect(looks.map(({ action, username }) => `${action} ${username}`)).toEqual(['evidence.open inspector']);
});
