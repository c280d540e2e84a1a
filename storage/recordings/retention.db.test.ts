import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { samplePlate, sampleSighting, sampleViolation } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

const DAY_MS = 86_400_000;
let fixture: Awaited<ReturnType<typeof openTestStorage>>;
let clock: SimulatedClock;
beforeEach(async () => {
  clock = new SimulatedClock(Date.now());
  fixture = await openTestStorage(inject('databaseUrl'), { clock, settings: { eventRetentionDays: 10 } });
});
afterEach(() => fixture.close());

test('what has passed its time goes with its pictures, and the rest stays', async () => {
  const { storage } = fixture;
  const violationId = randomUUID();
  const oldMs = clock.nowMs() - 9 * DAY_MS;
  const old = sampleSighting({ timeMs: oldMs, plate: samplePlate('京A12345'), plateCropKey: 'evidence/crop.jpg' });
  const young = sampleSighting({ timeMs: clock.nowMs() });
  const violation = sampleViolation({ timeMs: oldMs, violationId, pictureKey: 'evidence/open.jpg' });
  const picture = (key: string) => ({ key, jpeg: Buffer.from(key) });
  const emitted = [
    storage.eventSink.emit(old, [picture(old.pictureKey), picture('evidence/crop.jpg')]),
    storage.eventSink.emit(young, [picture(young.pictureKey)]),
    storage.eventSink.emit(violation, [picture('evidence/open.jpg')]),
  ];
  while (storage.spool.count < emitted.length) await new Promise((resolve) => setTimeout(resolve, 5));
  storage.spool.flush();
  await Promise.all(emitted);
  await storage.writer.drain();
  await storage.retention.run();
  expect(await storage.events.list({ limit: 10 })).toHaveLength(3);

  clock.advance(3 * DAY_MS);
  await storage.retention.run();
  expect((await storage.events.list({ limit: 10 })).map(({ event }) => event.eventId)).toEqual([young.eventId]);
  await expect(storage.sightings.get(old.eventId)).rejects.toMatchObject({ code: 'SIGHTING_NOT_FOUND' });
  await expect(storage.blobs.get(old.pictureKey)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  await expect(storage.blobs.get('evidence/crop.jpg')).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  expect((await storage.blobs.get(young.pictureKey)).body).toBeDefined();
  // Still open, so it is still work: its picture stays with it.
  expect((await storage.violations.get(violationId)).pictureKey).toBe('evidence/open.jpg');
  expect((await storage.blobs.get('evidence/open.jpg')).body).toBeDefined();
});

test('a violation that has ended goes with the pictures of its beginning and its end, and with its clip', async () => {
  const { storage } = fixture;
  const timeMs = clock.nowMs() - 9 * DAY_MS;
  const opened = sampleViolation({ timeMs, pictureKey: 'evidence/opened.jpg' });
  const { violationId, item, ruleId, sinceMs } = opened;
  const ended = { violationId, item, ruleId, sinceMs, phase: 'closed', timeMs: timeMs + 60_000 } as const;
  const closed = sampleViolation({ ...ended, pictureKey: 'evidence/closed.jpg' });
  for (const event of [opened, closed]) {
    const key = event.pictureKey ?? '';
    const emitted = storage.eventSink.emit(event, [{ key, jpeg: Buffer.from(key) }]);
    while (storage.spool.count < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    storage.spool.flush();
    await emitted;
    await storage.writer.drain();
  }
  const key = 'evidence/clip.mp4';
  await storage.blobs.put(key, Buffer.from(key), 'video/mp4');
  const clip = { key, shownFromMs: timeMs - 10_000, shownToMs: timeMs + 10_000, isBlurred: true };
  expect(await storage.violationClips.finish(violationId, clip)).toBe(true);
  const keys = ['evidence/opened.jpg', 'evidence/closed.jpg', key];
  await storage.retention.run();
  for (const kept of keys) expect((await storage.blobs.get(kept)).body.toString()).toBe(kept);

  clock.advance(3 * DAY_MS);
  await storage.retention.run();
  for (const gone of keys) await expect(storage.blobs.get(gone)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  // Who made it all the while is told that nobody wants it any more.
  expect(await storage.violationClips.finish(violationId, clip)).toBe(false);
});

test('there is room for the days that come', async () => {
  const { storage } = fixture;
  await storage.retention.run();
  clock.advance(2 * DAY_MS);
  const emitted = storage.eventSink.emit(sampleSighting({ timeMs: clock.nowMs() }), []);
  await Promise.resolve();
  storage.spool.flush();
  await emitted;
  await storage.writer.drain();
  expect(await storage.events.list({ limit: 10 })).toHaveLength(1);
});
