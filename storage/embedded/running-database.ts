import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isPostmasterOf, readPostmasterFile } from './postmaster-file.ts';

/** Where the server lives when its user cannot enter the folder that was asked for. */
export const SYSTEM_FOLDER = '/var/lib/vantage';
export const DATABASE_USER = 'vantage';
export const DATABASE_NAME = 'vantage';

export function systemHome(folder: string): string {
  return path.join(SYSTEM_FOLDER, createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 12));
}

/**
 * Address of the embedded server that runs on this folder now, started by another process.
 * @param folder as given to `EmbeddedPostgres`
 * @returns undefined when none runs; has the password in it: never log it
 */
export async function runningDatabaseUrl(folder: string): Promise<string | undefined> {
  for (const home of [folder, systemHome(folder)]) {
    const cluster = path.join(home, 'cluster');
    const server = await readPostmasterFile(cluster);
    if (!server?.isReady || !(await isPostmasterOf(server.pid, cluster))) continue;
    const password = (await readFile(path.join(home, 'password'), 'utf8')).trim();
    return `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${server.port}/${DATABASE_NAME}`;
  }
  return undefined;
}
