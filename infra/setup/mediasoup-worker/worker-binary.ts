import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, REPOSITORY_ROOT } from '../cache-folder.ts';

export type MediasoupWorkerFinding = { readonly path: string } | { readonly missingReason: string };

/** mediasoup's worker exits with this code when it is not started by mediasoup; any other code means that it cannot run. */
const EXIT_WITHOUT_PARENT = 41;

/**
 * Looks for a worker binary without building or downloading one; takes about a millisecond.
 * Order: `MEDIASOUP_WORKER_BIN`, the cache, the place where mediasoup's own installation puts it.
 */
export function findMediasoupWorker(env: NodeJS.ProcessEnv = process.env): MediasoupWorkerFinding {
  const named = env['MEDIASOUP_WORKER_BIN'];
  if (named) {
    return existsSync(named)
      ? { path: named }
      : { missingReason: `MEDIASOUP_WORKER_BIN names ${named}, which is not there` };
  }
  const installed = join(mediasoupFolder(), 'worker', 'out', 'Release', 'mediasoup-worker');
  const found = [cachedWorkerPath(env), installed].find((path) => existsSync(path));
  if (found) return { path: found };
  return {
    missingReason: 'the WebRTC media worker is not built yet (node infra/setup/mediasoup-worker/ensure-worker.ts)',
  };
}

/** The place of this machine's worker; a new mediasoup, distribution or processor gets its own. */
export function cachedWorkerPath(env: NodeJS.ProcessEnv = process.env): string {
  const key = `${mediasoupVersion()}-${distribution()}-${process.arch}`;
  return join(cacheFolder(env), 'mediasoup-worker', key, 'mediasoup-worker');
}

export function mediasoupFolder(): string {
  return join(REPOSITORY_ROOT, 'node_modules', 'mediasoup');
}

export function mediasoupVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(mediasoupFolder(), 'package.json'), 'utf8'));
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  ) {
    return manifest.version;
  }
  throw new Error('node_modules/mediasoup/package.json names no version');
}

/** Starts the binary the way a stranger would: a worker that finds all its libraries refuses with its own exit code. */
export function isRunnableWorker(path: string): boolean {
  return spawnSync(path, [], { env: {}, stdio: 'ignore', timeout: 10_000 }).status === EXIT_WITHOUT_PARENT;
}

/** For example `debian12`; the built worker is linked to the libraries of exactly this distribution. */
function distribution(): string {
  let text = '';
  try {
    text = readFileSync('/etc/os-release', 'utf8');
  } catch {
    return process.platform;
  }
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return `${field('ID') || 'linux'}${field('VERSION_ID')}`;
}
