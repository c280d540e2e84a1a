import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { encodeMarkedVideo } from '#ingest/frames/testing/marked-video.ts';
import { StreamHub } from '#ingest/hub/stream-hub.ts';
import type { AccessUnit } from '#ingest/media.ts';
import { KeyFrameUnpacker, MAX_KEY_FRAMES } from '../contract/packed-key-frames.ts';
import { problemOf, type Requester, requesterOf } from '../testing/requests.ts';
import { openTestApp, type TestApp } from '../testing/test-app.ts';

let fixture: TestApp;
let request: Requester;
let units: readonly AccessUnit[];
const path = '/api/live/key-frames';
const wish = (...ids: string[]) => ({ body: { cameras: ids.map((cameraId) => ({ cameraId, stream: 'sub' })) } });

beforeAll(async () => {
  fixture = await openTestApp(inject('databaseUrl'));
  request = requesterOf(fixture);
  units = encodeMarkedVideo({ widthPx: 320, heightPx: 192, frames: 7, firstNumber: 0, gop: 5 });
  for (const id of ['one', 'two']) {
    const hub = new StreamHub();
    fixture.cameras.hubs.set(id, hub);
    for (const unit of units) hub.publish(unit);
  }
  fixture.cameras.hubs.set('silent', new StreamHub());
  const damaged = new StreamHub();
  const [first] = units;
  if (first) damaged.publish({ ...first, damaged: true });
  fixture.cameras.hubs.set('damaged', damaged);
});
afterAll(() => fixture.close());

async function looks(): Promise<readonly string[]> {
  await fixture.storage.writer.drain();
  const rows = await fixture.storage.audit.list({ limit: 500 });
  return rows.filter(({ action }) => action === 'live.still').map(({ username, target }) => `${username} ${target}`);
}

test('many cameras give their newest key frames in one answer, each with its time; each is a look of who asked, once a minute', async () => {
  const response = await request('operator', 'POST', path, wish('one', 'two'));
  expect(response.statusCode).toBe(200);
  expect(response.headers['cache-control']).toBe('no-store');
  const found = new KeyFrameUnpacker().push(response.rawPayload);
  expect(found.map(({ head }) => head.cameraId).toSorted()).toEqual(['one', 'two']);
  const newest = units[5];
  for (const { head, bytes } of found) {
    expect(head).toMatchObject({ widthPx: 320, heightPx: 192, codec: newest?.format.codecString });
    expect(Date.parse(head.time)).toBe(Math.floor(newest?.wallMs ?? 0));
    const { sps = new Uint8Array(), pps = new Uint8Array() } = newest?.format ?? {};
    const parts = [sps, pps, ...(newest?.nalUnits ?? [])].flatMap((part) => [0, 0, 0, 1, ...part]);
    expect(Buffer.from(bytes).equals(Buffer.from(parts))).toBe(true);
  }
  await request('operator', 'POST', path, wish('two', 'one'));
  expect((await looks()).toSorted()).toEqual(['operator one', 'operator two']);
});

test('a camera that is not here, has no picture yet or only a damaged one has none in the answer, and the others do', async () => {
  const response = await request('administrator', 'POST', path, wish('nowhere', 'silent', 'damaged', 'one'));
  const found = new KeyFrameUnpacker().push(response.rawPayload);
  expect(found.map(({ head }) => head.cameraId)).toEqual(['one']);
  expect(await looks()).not.toContain('administrator nowhere');
});

test('without its trace no picture goes out', async () => {
  const refused = vi.spyOn(fixture.storage.looks, 'append').mockRejectedValue(new Error('disk full'));
  const response = await request('inspector', 'POST', path, wish('one', 'two'));
  expect(response.rawPayload).toHaveLength(0);
  refused.mockRestore();
  expect((await request('inspector', 'POST', path, wish('one'))).rawPayload.length).toBeGreaterThan(500);
});

test('no more cameras are asked for at once than a wall has tiles', async () => {
  const ids = Array.from({ length: MAX_KEY_FRAMES + 1 }, (_, at) => `camera-${at}`);
  expect(problemOf(await request('operator', 'POST', path, wish(...ids))).status).toBe(400);
});
