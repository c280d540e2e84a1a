import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { VehicleCrossing } from '#analyzers/analysis-event.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleSighting } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
beforeEach(async () => {
  fixture = await openTestStorage(inject('databaseUrl'));
});
afterEach(() => fixture.close());

const HOUR_MS = 3_600_000;

test('counts crossings per hour, line, direction and type, and stays in the range and with the camera', async () => {
  const { storage } = fixture;
  // Half an hour past: an hour begins where the range does, whatever the time zone.
  const fromMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS + HOUR_MS / 2;
  const crossing = (timeMs: number, changes: Partial<VehicleCrossing> = {}): VehicleCrossing => ({
    eventId: uuidv7(timeMs),
    schemaVersion: 1,
    timeMs,
    cameraId: 'cam-1',
    kind: 'vehicle.crossing',
    trackId: 'track',
    ruleId: 'north',
    vehicleType: 'car',
    direction: 'forward',
    ...changes,
  });
  const events = [
    crossing(fromMs),
    crossing(fromMs + HOUR_MS - 1),
    crossing(fromMs + 1000, { direction: 'backward' }),
    crossing(fromMs + 1000, { vehicleType: 'bus' }),
    crossing(fromMs + HOUR_MS),
    crossing(fromMs - 1),
    crossing(fromMs + 3 * HOUR_MS),
    crossing(fromMs + 1000, { cameraId: 'cam-2' }),
  ];
  for (const event of events) await storage.eventSink.emit(event, []);
  await storage.eventSink.emit(sampleSighting({ timeMs: fromMs + 5000 }), []);
  const { direction: _none, ...stay } = crossing(fromMs + 2 * HOUR_MS);
  await storage.eventSink.emit(
    {
      ...stay,
      kind: 'zone.dwell',
      ruleId: 'bay',
      vehicleType: 'truck',
      enteredMs: fromMs,
      pictureKey: 'evidence/x.jpg',
    },
    [],
  );
  await storage.writer.drain();

  expect(await storage.counts.perHour(cameraId('cam-1'), fromMs, fromMs + 3 * HOUR_MS)).toEqual([
    { hourMs: fromMs, kind: 'line', ruleId: 'north', direction: 'backward', vehicleType: 'car', count: 1 },
    { hourMs: fromMs, kind: 'line', ruleId: 'north', direction: 'forward', vehicleType: 'bus', count: 1 },
    { hourMs: fromMs, kind: 'line', ruleId: 'north', direction: 'forward', vehicleType: 'car', count: 2 },
    { hourMs: fromMs + HOUR_MS, kind: 'line', ruleId: 'north', direction: 'forward', vehicleType: 'car', count: 1 },
    {
      hourMs: fromMs + 2 * HOUR_MS,
      kind: 'dwell',
      ruleId: 'bay',
      direction: undefined,
      vehicleType: 'truck',
      count: 1,
    },
  ]);
});
