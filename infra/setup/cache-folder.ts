import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, without a slash at its end. */
export const REPOSITORY_ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/**
 * Where slow results live (Node, the media worker): outside the clone, so that the next clone finds them. The order is the
 * launcher's: `VANTAGE_CACHE_DIR`, then `~/.cache/vantage`, then `.cache` in the clone when the home folder is read-only.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['VANTAGE_CACHE_DIR'];
  if (named) return named;
  const usual = join(env['HOME'] ?? homedir(), '.cache', 'vantage');
  return isWritable(usual) ? usual : join(REPOSITORY_ROOT, '.cache');
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
