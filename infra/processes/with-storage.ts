import path from 'node:path';
import { systemClock } from '#infra/runtime/clock.ts';
import { createLogger } from '#infra/runtime/logger.ts';
import { EmbeddedPostgres } from '#storage/embedded-postgres.ts';
import { runningDatabaseUrl } from '#storage/embedded/running-database.ts';
import { openStorage, type Storage } from '#storage/storage.ts';
import { readSettings } from './settings.ts';

/**
 * The storage for one task of the command line: in the database of `DATABASE_URL`, in the embedded one that a server runs on this data
 * folder now, or in one that is started for the moment.
 * @throws {AppError} what the start of the database throws
 */
export async function withStorage<T>(
  options: { readonly dataFolder: string | undefined; readonly defaultDataFolder?: string },
  work: (storage: Storage, databaseUrl: string) => Promise<T>,
): Promise<T> {
  const { env } = process;
  const settings = readSettings(env, {
    dataFolder: options.dataFolder,
    defaultDataFolder: options.defaultDataFolder ?? 'data',
    overrides: {},
  });
  const log = createLogger({ level: env['VANTAGE_LOG_LEVEL'] ?? 'error', pretty: process.stderr.isTTY });
  const folder = path.join(settings.dataFolder, 'postgres');
  let url = settings.databaseUrl ?? (await runningDatabaseUrl(folder));
  let server: EmbeddedPostgres | undefined;
  if (url === undefined) {
    server = new EmbeddedPostgres({ folder, log, clock: systemClock });
    ({ url } = await server.start());
  }
  try {
    const storage = await openStorage({
      databaseUrl: url,
      dataFolder: settings.dataFolder,
      config: settings.storage,
      log,
      clock: systemClock,
    });
    try {
      return await work(storage, url);
    } finally {
      await storage.close();
    }
  } finally {
    await server?.close();
  }
}
