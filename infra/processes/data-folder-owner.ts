import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { processStamp } from '#storage/embedded/postmaster-file.ts';
import { storageErrors } from '#storage/errors.ts';

/**
 * One process a data folder: two would cut each other's open recordings and drain each other's spool. An owner that died is no owner.
 * @returns a function that gives the folder free
 * @throws {AppError} `DATA_FOLDER_IN_USE`
 */
export async function ownDataFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'process');
  await mkdir(folder, { recursive: true });
  const stamp = (await processStamp(process.pid)) ?? `${process.pid}`;
  for (;;) {
    try {
      await writeFile(file, `${stamp}\n`, { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = (await readFile(file, 'utf8').catch(() => '')).trim();
    const pid = Number(owner.split(' ')[0]);
    if (owner !== '' && (await processStamp(pid)) === owner) throw storageErrors.DATA_FOLDER_IN_USE({ folder, pid });
    await rm(file, { force: true });
  }
}
