import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { EmbeddedPostgres } from '../embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which tests may create databases. */
    databaseUrl: string;
  }
}

/** One server for all database tests: the one of `DATABASE_URL`, else an embedded one in a folder that is thrown away. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL'];
  if (given) {
    project.provide('databaseUrl', given);
    return () => Promise.resolve();
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-db-'));
  // mkdtemp closes it to all others; the server runs as another user when we are root.
  await chmod(folder, 0o755);
  const server = new EmbeddedPostgres({
    folder: path.join(folder, 'postgres'),
    log: silentLog,
    clock: systemClock,
    isThrowaway: true,
  });
  const { url } = await server.start();
  project.provide('databaseUrl', url);
  return async () => {
    await server.close();
    for (const used of [server.folder, folder]) await rm(used, { recursive: true, force: true });
  };
}
