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
