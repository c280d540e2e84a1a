import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, REPOSITORY_ROOT } from './cache-folder.ts';
import { setupErrors } from './errors.ts';
import { withFolderLock } from './folder-lock.ts';

const SOURCES = ['ui/**/*', 'api/contract/**/*.ts', 'package-lock.json'];
const STAMP = '.built-from';

export interface EnsureUiOptions {
  /** One plain line for the person who waits; by default to stderr. */
  readonly report?: (line: string) => void;
}

/**
 * Makes sure that the pages are built from the sources as they are now.
 *
 * @returns the folder with index.html
 * @throws {AppError} `UI_BUILD_FAILED`
 */
export async function ensureUi(options: EnsureUiOptions = {}): Promise<string> {
  const report = options.report ?? ((line) => void process.stderr.write(`vantage: ${line}\n`));
  const dist = join(REPOSITORY_ROOT, 'ui', 'dist');
  const wanted = hashSources(REPOSITORY_ROOT);
  if (isBuiltFrom(dist, wanted)) return dist;
  // A production installation brings the pages ready-made, without Vite and perhaps without the sources' lock file.
  if (!existsSync(viteScript()) && existsSync(join(dist, 'index.html'))) return dist;

  await withFolderLock(
    join(cacheFolder(), 'locks', `ui-${createHash('sha256').update(REPOSITORY_ROOT).digest('hex').slice(0, 12)}`),
    async () => {
      if (isBuiltFrom(dist, wanted)) return;
      const started = performance.now();
      report('building the pages, because their sources have changed (about 20 seconds)');
      await buildInto(dist, wanted);
      report(`the pages are built, ${((performance.now() - started) / 1000).toFixed(0)} s`);
    },
    { onWait: () => report('another process is building the pages; waiting for it'), timeoutMs: 10 * 60_000 },
  );
  return dist;
}

/** SHA-256 over names and contents of everything that goes into the pages. */
export function hashSources(root: string): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => !/^ui\/(dist|node_modules)|\.test\.tsx?$/.test(file));
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function isBuiltFrom(dist: string, hash: string): boolean {
  try {
    return existsSync(join(dist, 'index.html')) && readFileSync(join(dist, STAMP), 'utf8') === hash;
  } catch {
    return false;
  }
}

/** Builds beside the old pages and swaps at the end: a failed build leaves the old ones, a running server never sees half. */
async function buildInto(dist: string, hash: string): Promise<void> {
  // Under the lock, whatever else was being built beside was left by a process that died.
  for (const left of globSync(`${dist}.new-*`)) rmSync(left, { recursive: true, force: true });
  const beside = `${dist}.new-${process.pid}`;
  try {
    await runVite(beside);
    writeFileSync(join(beside, STAMP), hash);
    rmSync(dist, { recursive: true, force: true });
    renameSync(beside, dist);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

async function runVite(outFolder: string): Promise<void> {
  const args = [viteScript(), 'build', '--outDir', outFolder, '--emptyOutDir', '--logLevel', 'warn'];
  const child = spawn(process.execPath, args, {
    cwd: join(REPOSITORY_ROOT, 'ui'),
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code === 0) return;
  process.stderr.write(`${output.trimEnd()}\n`);
  throw setupErrors.UI_BUILD_FAILED({ exitCode: code ?? -1 });
}

function viteScript(): string {
  return join(REPOSITORY_ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
}
