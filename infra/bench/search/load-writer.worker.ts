import { parentPort, workerData } from 'node:worker_threads';
import { sql } from 'kysely';
import { silentLog } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { systemClock } from '#infra/runtime/clock.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import { openDatabase } from '#storage/database.ts';
import { storeBatch } from '#storage/events/store-batch.ts';
import { openTimePartitions } from '#storage/time-partitions.ts';
import { City, type CitySpec } from '../../simulation/city.ts';
import { Random } from '../../simulation/random.ts';
import { PLAIN } from './plain-table.ts';

/** A thread that stores sightings of now at a steady rate, as the event writer does, or in the plain table. Started by the bench. */
export interface WriterOrder {
  readonly databaseUrl: string;
  readonly spec: CitySpec;
  readonly perSecond: number;
  readonly into: 'vantage' | 'plain';
}

const BATCH = 500;

const order = workerData as WriterOrder;
const city = new City(order.spec);
const random = new Random(order.spec.seed, 77);
const db = openDatabase({ url: order.databaseUrl, connections: 2, statementTimeoutMs: 0, log: silentLog });
const partitions = await openTimePartitions(db);
let isStopped = false;
parentPort?.on('message', () => {
  isStopped = true;
});

const startedMs = performance.now();
let written = 0;
while (!isStopped) {
  const dueMs = (written / order.perSecond) * 1000 - (performance.now() - startedMs);
  if (dueMs > 0) await sleep(dueMs, systemClock);
  const batch = Array.from({ length: BATCH }, sightingOfNow);
  await partitions.ensureFor(batch.map(({ timeMs }) => timeMs));
  if (order.into === 'vantage') await store(batch);
  else await storePlain(batch);
  if (written === 0) parentPort?.postMessage('begun');
  written += BATCH;
}
await db.destroy();
parentPort?.postMessage({ written, seconds: (performance.now() - startedMs) / 1000 });
// Who listens keeps a thread, and with it the command, alive.
parentPort?.close();

function sightingOfNow(): VehicleSighting {
  const vehicle = city.vehicle(random.below(order.spec.vehicles));
  const camera = random.pick(city.cameras);
  const timeMs = Date.now();
  const eventId = uuidv7(timeMs);
  return {
    eventId,
    schemaVersion: 1,
    kind: 'vehicle.sighting',
    timeMs,
    cameraId: camera.id,
    trackId: eventId,
    firstSeenMs: timeMs - 1000,
    lastSeenMs: timeMs,
    vehicleType: vehicle.type,
    vehicleColour: { name: vehicle.colour, confidence: 0.8 },
    score: 0.8,
    box: { x: 0.4, y: 0.4, width: 0.2, height: 0.2 },
    plate: {
      text: vehicle.plate,
      confidence: 0.95,
      colour: vehicle.plateColour,
      alternatives: [],
      characterConfidences: Array.from(vehicle.plate, () => 0.97),
      framesRead: 3,
      framesAgreeing: 3,
    },
    pictureKey: `evidence/bench/${eventId}.jpg`,
  };
}

async function store(events: readonly VehicleSighting[]): Promise<void> {
  const nothing = { segments: [], openedGaps: [], closedGaps: [], stateChanges: [], alarms: [], looks: [] };
  await db.transaction().execute((transaction) => storeBatch(transaction, { ...nothing, events }));
}

async function storePlain(sightings: readonly VehicleSighting[]): Promise<void> {
  const iso = sightings.map(({ timeMs }) => new Date(timeMs).toISOString());
  await sql`
    INSERT INTO ${PLAIN} (sighting_id, time, camera_id, track_id, first_seen, last_seen, vehicle_type, score, box, plate,
      plate_confidence, plate_colour, plate_evidence, picture_key)
    SELECT id, t, c, id::text, t, t, v, 0.8, '{}', p, 0.95, 'blue', '{"alternatives":[]}', 'evidence/bench.jpg'
    FROM unnest(${sightings.map(({ eventId }) => eventId)}::uuid[], ${iso}::timestamptz[],
      ${sightings.map(({ cameraId }) => cameraId)}::text[], ${sightings.map(({ vehicleType }) => vehicleType)}::text[],
      ${sightings.map(({ plate }) => plate?.text ?? null)}::text[]) AS n (id, t, c, v, p)`.execute(db);
}
