import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { type Database, openDatabase } from './database.ts';
import { prepared } from './prepared-statements.ts';
import { openTestDatabase } from './testing/test-database.ts';

let fixture: Awaited<ReturnType<typeof openTestDatabase>>;
let db: Database;

beforeAll(async () => {
  fixture = await openTestDatabase(inject('databaseUrl'));
  // One connection: what it has prepared can be looked at.
  db = openDatabase({ url: fixture.url, connections: 1, statementTimeoutMs: 10_000, log: silentLog });
});

afterAll(async () => {
  await db.destroy();
  await fixture.close();
});

async function preparedTexts(): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`SELECT statement FROM pg_prepared_statements`.execute(db);
  return rows.map(({ statement }) => statement);
}

test('a marked statement is prepared once and answers with each parameter; others are not', async () => {
  for (const value of [1, 2, 3])
    expect((await prepared(sql<{ twice: number }>`SELECT 2 * ${value}::int AS twice`).execute(db)).rows).toEqual([
      { twice: 2 * value },
    ]);
  expect((await sql<{ once: number }>`SELECT ${7}::int AS once`.execute(db)).rows).toEqual([{ once: 7 }]);
  expect(await preparedTexts()).toEqual([expect.stringContaining('SELECT 2 * $1::int AS twice')]);
});

test('a table that gets another column meanwhile is read as it is now', async () => {
  await sql`CREATE TABLE things (name text)`.execute(db);
  await sql`INSERT INTO things VALUES ('a')`.execute(db);
  const all = () => prepared(sql<Record<string, unknown>>`SELECT * FROM things`).execute(db);
  expect((await all()).rows).toEqual([{ name: 'a' }]);
  await sql`ALTER TABLE things ADD COLUMN size int DEFAULT 3`.execute(db);
  for (let time = 0; time < 3; time++) expect((await all()).rows).toEqual([{ name: 'a', size: 3 }]);
  // Once as it was, once as it is: not tried in vain for ever.
  expect((await preparedTexts()).filter((text) => text.includes('things'))).toHaveLength(2);
});

test('an error of a marked statement is told as any other', async () => {
  await expect(prepared(sql`SELECT 1 / ${0}::int`).execute(db)).rejects.toMatchObject({ code: '22012' });
});
