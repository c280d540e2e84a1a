import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { setupErrors } from '../errors.ts';
import { applyPatch, WORKER_PATCHES } from './patches.ts';
import { isRunnableWorker } from './worker-binary.ts';

const SHIMS = fileURLToPath(new URL('./shims', import.meta.url));
const PROGRESS_EVERY_MS = 5_000;
/** The compiler's measured peak for one of the worker's files, with room to spare. */
const COMPILER_BYTES = 700e6;

/** Debian packages that a build needs; the launcher installs the missing ones. */
export const BUILD_PACKAGES: readonly string[] = [
  'g++',
  'ninja-build',
  'meson',
  'pkg-config',
  'libsrtp2-dev',
  'libuv1-dev',
  'libssl-dev',
  'libabsl-dev',
  'flatbuffers-compiler',
  'libflatbuffers-dev',
  'python3',
];

export interface WorkerBuild {
  /** `node_modules/mediasoup`; it is copied, never changed. */
  readonly packageFolder: string;
  /** Where the binary goes, in one step, once it has passed its self check. */
  readonly targetPath: string;
  readonly logPath: string;
  readonly onProgress: (line: string) => void;
}

/**
 * Builds mediasoup's worker from its npm package against the system's libraries. About 8 minutes of one core.
 * One at a time per target: the caller holds the lock.
 *
 * @throws {AppError} `MEDIA_WORKER_TOOLS_MISSING`, `MEDIA_WORKER_BUILD_FAILED`
 */
export async function buildWorker(build: WorkerBuild): Promise<void> {
  const missing = missingTools();
  if (missing.length > 0) {
    throw setupErrors.MEDIA_WORKER_TOOLS_MISSING({
      missing: missing.join(' '),
      run: `apt-get install -y --no-install-recommends ${BUILD_PACKAGES.join(' ')}`,
    });
  }
  await mkdir(dirname(build.logPath), { recursive: true });
  const log = createWriteStream(build.logPath);
  // Always the same place, so that what a killed build left is cleared away by the next one.
  const folder = join(dirname(build.targetPath), 'build');
  try {
    await rm(folder, { recursive: true, force: true });
    await copyAndPatch(join(build.packageFolder, 'worker'), folder);
    build.onProgress(`compiling it against this system's libraries, log in ${build.logPath}`);
    await compile(folder, log, build.onProgress);
    await install(join(folder, 'out', 'mediasoup-worker'), build.targetPath);
  } catch (error) {
    throw setupErrors.MEDIA_WORKER_BUILD_FAILED(
      { log: build.logPath, reason: error instanceof Error ? error.message : String(error) },
      error,
    );
  } finally {
    log.end();
    await finished(log).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

function missingTools(): string[] {
  const runs = (command: string, ...args: string[]): boolean =>
    spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  const missing = ['g++', 'ninja', 'meson', 'flatc', 'pkg-config'].filter((tool) => !runs(tool, '--version'));
  const libraries = ['libsrtp2', 'libuv', 'openssl', 'absl_flat_hash_map'];
  return missing.length > 0 ? missing : libraries.filter((library) => !runs('pkg-config', '--exists', library));
}

async function copyAndPatch(workerFolder: string, folder: string): Promise<void> {
  await cp(workerFolder, folder, { recursive: true });
  // The wraps would download each library; the stand-ins of the same names point at the system's.
  const subprojects = join(folder, 'subprojects');
  await Promise.all((await readdir(subprojects)).map((name) => rm(join(subprojects, name), { recursive: true })));
  await cp(SHIMS, subprojects, { recursive: true });
  for (const patch of WORKER_PATCHES) {
    const path = join(folder, patch.file);
    await writeFile(path, applyPatch(await readFile(path, 'utf8'), patch));
  }
}

async function compile(folder: string, log: WriteStream, onProgress: (line: string) => void): Promise<void> {
  const setup = ['setup', '--buildtype', 'release', '-Db_ndebug=true', '-Db_pie=true', 'out'];
  await run('meson', setup, folder, log);
  // libwebrtc's sources include generated headers without saying so to ninja. One header stands for all: one step makes them.
  await run('ninja', ['-C', 'out', 'fbs/FBS/message.h'], folder, log);
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / COMPILER_BYTES)));
  const started = performance.now();
  let shownAt = started;
  await run('ninja', ['-C', 'out', '-j', String(jobs), 'mediasoup-worker'], folder, log, (line) => {
    const [, done, total] = /^\[(\d+)\/(\d+)\]/.exec(line) ?? [];
    const now = performance.now();
    if (!done || !total || now - shownAt < PROGRESS_EVERY_MS) return;
    shownAt = now;
    const percent = Math.floor((100 * Number(done)) / Number(total));
    onProgress(`${percent} % (file ${done} of ${total}, ${Math.round((now - started) / 1000)} s)`);
  });
}

/** @throws {Error} naming the command and the first line that looks like the cause */
async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  log: WriteStream,
  onLine: (line: string) => void = () => undefined,
): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let cause = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      if (!cause && /\berror\b/i.test(line)) cause = line.trim().slice(0, 300);
      onLine(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ended with code ${String(code)}${cause ? `: ${cause}` : ''}`);
}

/** Copies beside the target first: a rename within one folder is atomic, so no reader ever sees half a binary. */
export async function install(binary: string, targetPath: string): Promise<void> {
  if (!isRunnableWorker(binary)) throw new Error('the built worker does not start on this machine');
  await mkdir(dirname(targetPath), { recursive: true });
  const beside = `${targetPath}.new-${process.pid}`;
  await cp(binary, beside);
  await rename(beside, targetPath);
}
