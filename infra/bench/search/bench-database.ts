import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '#infra/runtime/clock.ts';
import { createLogger } from '#infra/runtime/logger.ts';
import { EmbeddedPostgres } from '#storage/embedded-postgres.ts';
import { type Database, openDatabase } from '#storage/database.ts';
import { type Storage, openStorage } from '#storage/storage.ts';
import { readSettings } from '../../processes/settings.ts';

const PATIENCE_MS = 300_000;
/** The kernel forgets what it read from disk. */
const DROP_CACHES = '/proc/sys/vm/drop_caches';

export interface Connected {
  readonly storage: Storage;
  /** For the plain table; statements may take as long as they like. */
  readonly db: Database;
  readonly url: string;
}

/** The database under test: an embedded one that can be restarted, or the one of `DATABASE_URL`, which cannot. */
export class BenchDatabase {
  readonly #settings: ReturnType<typeof readSettings>;
  readonly #log = createLogger({ level: 'error', pretty: false });
  #server: EmbeddedPostgres | undefined;
  #connected: Connected | undefined;

  constructor(dataFolder: string | undefined) {
    this.#settings = readSettings(process.env, {
      dataFolder,
      defaultDataFolder: 'data/city',
      // What takes too long shall be seen, not broken off.
      overrides: { storage: { statementTimeoutMs: PATIENCE_MS } },
    });
  }

  get isEmbedded(): boolean {
    return this.#settings.databaseUrl === undefined;
  }

  async open(): Promise<Connected> {
    const { databaseUrl, dataFolder, storage: config } = this.#settings;
    const log = this.#log;
    let url = databaseUrl;
    if (url === undefined) {
      this.#server = new EmbeddedPostgres({ folder: path.join(dataFolder, 'postgres'), log, clock: systemClock });
      ({ url } = await this.#server.start());
    }
    const storage = await openStorage({ databaseUrl: url, dataFolder, config, log, clock: systemClock });
    const db = openDatabase({ url, connections: 2, statementTimeoutMs: 0, log });
    this.#connected = { storage, db, url };
    return this.#connected;
  }

  async close(): Promise<void> {
    const connected = this.#connected;
    this.#connected = undefined;
    await connected?.db.destroy();
    await connected?.storage.close();
    await this.#server?.close();
    this.#server = undefined;
  }

  /**
   * Closes, forgets, opens again.
   * @returns what was forgotten: the database's own memory, and the kernel's where that is allowed
   */
  async restart(): Promise<Connected & { readonly forgot: string }> {
    await this.close();
    const forgot = await writeFile(DROP_CACHES, '3').then(
      () => 'database restarted, page cache of the kernel dropped',
      () => 'database restarted; the page cache of the kernel could not be dropped',
    );
    return { ...(await this.open()), forgot };
  }
}
