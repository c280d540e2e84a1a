import { sql } from 'kysely';
import { expect, inject, test } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { openDatabase } from './database.ts';
import { toStorageError } from './errors.ts';
import { openTestDatabase } from './testing/test-database.ts';

test('a connection that breaks in the middle of a transaction fails that one only', async () => {
  const { db, close } = await openTestDatabase(inject('databaseUrl'));
  try {
    const broken = db.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(transaction);
      await sql`SELECT pg_terminate_backend(${rows[0]!.pid})`.execute(db);
      // Idle while it breaks: nobody waits for an answer that could carry the error.
      await new Promise((resolve) => setTimeout(resolve, 200));
      await sql`SELECT 1`.execute(transaction);
    });
    const failure: unknown = await broken.catch((error: unknown) => error);
    expect(toStorageError(failure).code).toBe('DATABASE_UNAVAILABLE');
    expect((await sql`SELECT 1 AS one`.execute(db)).rows).toEqual([{ one: 1 }]);
  } finally {
    await close();
  }
});

test('whole numbers beyond 32 bits come as numbers', async () => {
  const { db, close } = await openTestDatabase(inject('databaseUrl'));
  try {
    expect((await sql`SELECT 5000000000::bigint AS n, count(*) AS c FROM cameras`.execute(db)).rows).toEqual([
      { n: 5_000_000_000, c: 0 },
    ]);
  } finally {
    await close();
  }
});

test('a connection on which the server is silent is ended, and the next question goes over another one', async () => {
  const { url, close } = await openTestDatabase(inject('databaseUrl'));
  const db = openDatabase({ url, connections: 1, statementTimeoutMs: 200, log: silentLog });
  try {
    const silent = db.connection().execute(async (connection) => {
      await sql`SET statement_timeout = 0`.execute(connection);
      await sql`SELECT pg_sleep(20)`.execute(connection);
    });
    const failure: unknown = await silent.catch((error: unknown) => error);
    expect(toStorageError(failure).code).toBe('DATABASE_UNAVAILABLE');
    expect((await sql`SELECT 1 AS one`.execute(db)).rows).toEqual([{ one: 1 }]);
  } finally {
    await db.destroy();
    await close();
  }
}, 15_000);
