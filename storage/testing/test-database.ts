import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type Clock, systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { storageConfigSchema } from '../config.ts';
import { type Database, openDatabase } from '../database.ts';
import { migrate } from '../migrate.ts';
import { type Storage, openStorage } from '../storage.ts';

/** An empty database on the tests' server. */
export async function createTestDatabase(
  serverUrl: string,
): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const name = `vantage_test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** A fresh database with every migration run. */
export async function openTestDatabase(
  serverUrl: string,
): Promise<{ readonly db: Database; readonly url: string; readonly close: () => Promise<void> }> {
  const { url, drop } = await createTestDatabase(serverUrl);
  const db = openDatabase({ url, connections: 5, statementTimeoutMs: 10_000, log: silentLog });
  await migrate(db, { log: silentLog });
  return {
    db,
    url,
    async close() {
      await db.destroy();
      await drop();
    },
  };
}

/** The whole of storage on a fresh database and a fresh data folder; nothing is started. */
export async function openTestStorage(
  serverUrl: string,
  options: { readonly clock?: Clock; readonly settings?: Readonly<Record<string, unknown>> } = {},
): Promise<{
  readonly storage: Storage;
  readonly url: string;
  readonly dataFolder: string;
  readonly close: () => Promise<void>;
}> {
  const { url, drop } = await createTestDatabase(serverUrl);
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'vantage-data-'));
  const storage = await openStorage({
    databaseUrl: url,
    dataFolder,
    config: readConfig('storage', storageConfigSchema, {}, { connections: 5, ...options.settings }),
    log: silentLog,
    clock: options.clock ?? systemClock,
  });
  return {
    storage,
    url,
    dataFolder,
    async close() {
      await storage.close();
      await drop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
