import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Log } from '#infra/runtime/logger.ts';
import { type Database, openDatabase } from './database.ts';
import { storageErrors } from './errors.ts';

/** One number for all of Vantage: two processes that start together migrate one after the other. */
const MIGRATION_LOCK = 8_273_461;
const MIGRATIONS = new URL('./migrations/', import.meta.url);

export interface Migration {
  /** File name, `0001-cameras.sql`: its order. */
  readonly name: string;
  readonly sql: string;
}

export async function readMigrations(folder: URL = MIGRATIONS): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).toSorted();
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(new URL(name, folder), 'utf8') })));
}

/** As {@link migrate}, over a connection of its own that may take all the time it needs. */
export async function migrateDatabase(url: string, deps: { readonly log: Log }): Promise<readonly string[]> {
  const db = openDatabase({ url, connections: 1, statementTimeoutMs: 0, log: deps.log });
  try {
    return await migrate(db, deps);
  } finally {
    await db.destroy();
  }
}

/**
 * Runs what this database has not run yet, each in a transaction of its own.
 * @returns names of those that ran now
 * @throws {AppError} `MIGRATION_CHANGED`, `MIGRATION_UNKNOWN`
 */
export async function migrate(
  db: Database,
  { log, migrations }: { readonly log: Log; readonly migrations?: readonly Migration[] },
): Promise<readonly string[]> {
  const known = migrations ?? (await readMigrations());
  return db.connection().execute(async (connection) => {
    await sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`.execute(connection);
    try {
      await sql`SET statement_timeout = 0`.execute(connection);
      await sql`CREATE TABLE IF NOT EXISTS applied_migrations (
        name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
      )`.execute(connection);
      const applied = await sql<{
        name: string;
        hash: string;
      }>`SELECT name, hash FROM applied_migrations ORDER BY name`.execute(connection);
      const pending = comparePending(known, applied.rows);
      for (const migration of pending) {
        await connection.transaction().execute(async (transaction) => {
          await sql.raw(migration.sql).execute(transaction);
          await sql`INSERT INTO applied_migrations (name, hash) VALUES (${migration.name}, ${hashOf(migration)})`.execute(
            transaction,
          );
        });
        log.info({ migration: migration.name }, 'migrated the database');
      }
      return pending.map(({ name }) => name);
    } finally {
      await sql`RESET statement_timeout`.execute(connection);
      await sql`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`.execute(connection);
    }
  });
}

function comparePending(
  known: readonly Migration[],
  applied: readonly { readonly name: string; readonly hash: string }[],
): readonly Migration[] {
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  for (const { name, hash } of applied) {
    const migration = byName.get(name);
    if (!migration) throw storageErrors.MIGRATION_UNKNOWN({ migration: name });
    if (hashOf(migration) !== hash) throw storageErrors.MIGRATION_CHANGED({ migration: name });
  }
  const done = new Set(applied.map(({ name }) => name));
  return known.filter(({ name }) => !done.has(name));
}

function hashOf({ sql: text }: Migration): string {
  return createHash('sha256').update(text).digest('hex');
}
