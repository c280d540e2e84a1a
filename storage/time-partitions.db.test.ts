import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openTestDatabase } from './testing/test-database.ts';
import { openTimePartitions } from './time-partitions.ts';

const DAY_MS = 86_400_000;
const noonMs = Date.UTC(2026, 2, 10, 12);
let database: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  database = await openTestDatabase(inject('databaseUrl'));
});
afterAll(() => database.close());

async function insertEvent(timeMs: number): Promise<void> {
  await sql`INSERT INTO events (event_id, time, camera_id, kind, data)
    VALUES (gen_random_uuid(), ${new Date(timeMs)}, 'c', 'zone.dwell', '{}')`.execute(database.db);
}

test('makes room for the days asked for, also when two ask at once, and drops those that are over', async () => {
  const [one, other] = await Promise.all([openTimePartitions(database.db), openTimePartitions(database.db)]);
  const timesMs = [noonMs - DAY_MS, noonMs];
  await Promise.all([one.ensureFor(timesMs), other.ensureFor(timesMs)]);
  for (const timeMs of timesMs) await insertEvent(timeMs);

  expect(await one.dropBefore(noonMs)).toBeGreaterThan(0);
  const { rows } = await sql<{ time: Date }>`SELECT time FROM events`.execute(database.db);
  expect(rows.map(({ time }) => time.getTime())).toEqual([noonMs]);
  await one.ensureFor([noonMs - DAY_MS]);
  await insertEvent(noonMs - DAY_MS);
});
