import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setupErrors } from './errors.ts';

const HEARTBEAT_MS = 5_000;
const DEAD_AFTER_MS = 60_000;
const RETRY_MS = 500;

export interface FolderLockOptions {
  /** Called once, when another process holds the lock. */
  readonly onWait?: () => void;
  readonly timeoutMs?: number;
}

/**
 * Runs `action` while no other process runs one under the same lock folder. A lock whose owner died is taken over: at once
 * when the owner ran on this host, after a minute without a heartbeat when it ran elsewhere (a shared cache folder).
 *
 * @throws {AppError} `SETUP_LOCKED` after `timeoutMs`
 */
export async function withFolderLock<T>(
  lockFolder: string,
  action: () => Promise<T>,
  options: FolderLockOptions = {},
): Promise<T> {
  const giveUpAtMs = Date.now() + (options.timeoutMs ?? 40 * 60_000);
  mkdirSync(dirname(lockFolder), { recursive: true });
  for (let attempt = 0; !tryTake(lockFolder); attempt += 1) {
    if (attempt === 0) options.onWait?.();
    if (isAbandoned(lockFolder)) {
      putAside(lockFolder);
      continue;
    }
    if (Date.now() > giveUpAtMs) throw setupErrors.SETUP_LOCKED({ lock: lockFolder });
    await sleep(RETRY_MS);
  }
  const heartbeat = setInterval(() => touch(lockFolder), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    rmSync(lockFolder, { recursive: true, force: true });
  }
}

function tryTake(lockFolder: string): boolean {
  try {
    mkdirSync(lockFolder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(lockFolder, 'owner'), `${process.pid} ${hostname()}\n`);
  return true;
}

function isAbandoned(lockFolder: string): boolean {
  let ageMs: number;
  try {
    ageMs = Date.now() - statSync(lockFolder).mtimeMs;
  } catch {
    return false;
  }
  if (ageMs > DEAD_AFTER_MS) return true;
  try {
    const [pid, host] = readFileSync(join(lockFolder, 'owner'), 'utf8').trim().split(' ');
    return host === hostname() && !isAlive(Number(pid));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Moves a dead owner's lock away. Between looking and moving, a quicker process may have taken the lock anew: then what was
 * moved is alive, and goes back.
 */
function putAside(lockFolder: string): void {
  const aside = `${lockFolder}.dead-${process.pid}`;
  try {
    renameSync(lockFolder, aside);
  } catch {
    return;
  }
  if (isAbandoned(aside)) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, lockFolder);
}

function touch(lockFolder: string): void {
  const now = new Date();
  try {
    utimesSync(lockFolder, now, now);
  } catch {
    // The folder was removed by hand: the action goes on, only the lock is gone.
  }
}
