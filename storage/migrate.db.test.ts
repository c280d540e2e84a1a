import { sql } from 'kysely';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate, readMigrations } from './migrate.ts';
import { describeSchema } from './testing/describe-schema.ts';
import { createTestDatabase } from './testing/test-database.ts';
import { openTimePartitions } from './time-partitions.ts';

let db: Database;
let drop: () => Promise<void>;

beforeEach(async () => {
  const created = await createTestDatabase(inject('databaseUrl'));
  drop = created.drop;
  db = openDatabase({ url: created.url, connections: 4, statementTimeoutMs: 10_000, log: silentLog });
});

afterEach(async () => {
  await db.destroy();
  await drop();
});

const first = { name: '0001-a.sql', sql: 'CREATE TABLE a (x int); INSERT INTO a VALUES (1);' };
const second = { name: '0002-b.sql', sql: 'ALTER TABLE a ADD y int;' };

test('runs each migration once, and later only the new ones', async () => {
  expect(await migrate(db, { log: silentLog, migrations: [first] })).toEqual(['0001-a.sql']);
  expect(await migrate(db, { log: silentLog, migrations: [first, second] })).toEqual(['0002-b.sql']);
  expect(await migrate(db, { log: silentLog, migrations: [first, second] })).toEqual([]);
  expect((await sql`SELECT x, y FROM a`.execute(db)).rows).toEqual([{ x: 1, y: null }]);
});

test('two processes that start together migrate once', async () => {
  const results = await Promise.all([1, 2].map(() => migrate(db, { log: silentLog, migrations: [first, second] })));
  expect(results.flat()).toEqual(['0001-a.sql', '0002-b.sql']);
});

test('refuses when a migration that ran was changed since', async () => {
  await migrate(db, { log: silentLog, migrations: [first] });
  const changed = { ...first, sql: `${first.sql} -- later` };
  await expect(migrate(db, { log: silentLog, migrations: [changed, second] })).rejects.toMatchObject({
    code: 'MIGRATION_CHANGED',
    context: { migration: '0001-a.sql' },
  });
});

test('refuses a database that a newer Vantage made', async () => {
  await migrate(db, { log: silentLog, migrations: [first, second] });
  await expect(migrate(db, { log: silentLog, migrations: [first] })).rejects.toMatchObject({
    code: 'MIGRATION_UNKNOWN',
  });
});

test('leaves nothing behind of a migration that fails', async () => {
  const broken = { name: '0002-b.sql', sql: 'CREATE TABLE b (x int); SELECT 1 / 0;' };
  await expect(migrate(db, { log: silentLog, migrations: [first, broken] })).rejects.toThrow('division by zero');
  expect((await sql`SELECT to_regclass('b') AS b`.execute(db)).rows).toEqual([{ b: null }]);
  expect(await migrate(db, { log: silentLog, migrations: [first, second] })).toEqual(['0002-b.sql']);
});

test('the migrations make the schema of schema.sql', async ({ skip }) => {
  await migrate(db, { log: silentLog });
  skip((await openTimePartitions(db)).kind === 'timescale', 'schema.sql shows native partitions');
  await expect(await describeSchema(db)).toMatchFileSnapshot('./schema.sql');
});

test('no table or column can hold an attribute of a person', async () => {
  const forbidden = /face|person|gender|ethnic|embedding|biometric|identity|national_id|id_card|^age$|_age$/;
  const text = (await readMigrations())
    .map((migration) => migration.sql.replaceAll(/--.*/g, '').replaceAll('AS IDENTITY', ''))
    .join('\n');
  const words = text.toLowerCase().match(/[a-z_]+/g) ?? [];
  expect(words.length).toBeGreaterThan(300);
  expect(words.filter((word) => forbidden.test(word))).toEqual([]);
});

test('cameras that were or were not recorded still are or are not when policies come', async () => {
  const migrations = await readMigrations();
  const before = migrations.filter(({ name }) => name < '0009');
  await migrate(db, { log: silentLog, migrations: before });
  for (const isRecorded of [true, false])
    await sql`INSERT INTO cameras (camera_id, name, number, area, scene, streams, is_recording, analysis, rules)
      VALUES (${String(isRecorded)}, '', '', '', 'road', '[]', ${isRecorded}, '{"mode":"off"}', '[]')`.execute(db);
  await sql`INSERT INTO segments VALUES ('a', 'true', 'main', 'p', now(), now(), 1, 41, 'avc1', 1, 1),
    ('b', 'true', 'main', 'q', now(), now(), 1, 1, 'avc1', 1, 1)`.execute(db);
  await migrate(db, { log: silentLog });
  const cameras = await sql`SELECT camera_id, recording FROM cameras ORDER BY camera_id`.execute(db);
  expect(cameras.rows).toEqual([
    { camera_id: 'false', recording: { mode: 'off' } },
    { camera_id: 'true', recording: { mode: 'continuous' } },
  ]);
  expect((await db.selectFrom('recording_totals').select('size_bytes').execute())[0]?.size_bytes).toBe(42);
});
