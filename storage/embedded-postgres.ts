import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Clock } from '#infra/runtime/clock.ts';
import { isThere } from '#infra/runtime/is-there.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { Supervisor, sleep } from '#infra/runtime/supervisor.ts';
import { type PostgresHome, preparePostgresHome } from './embedded/postgres-home.ts';
import { isPostmasterOf, processStamp, readPostmasterFile } from './embedded/postmaster-file.ts';
import { DATABASE_NAME, DATABASE_USER } from './embedded/running-database.ts';
import { storageErrors } from './errors.ts';

const run = promisify(execFile);
const SETPRIV = '/usr/bin/setpriv';
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;

export interface EmbeddedPostgresDeps {
  /** For `cluster`, the password and the owner file; made when missing. */
  readonly folder: string;
  readonly log: Log;
  readonly clock: Clock;
  /** For tests: no fsync, so that only a power cut could lose something. */
  readonly isThrowaway?: boolean;
}

/**
 * A PostgreSQL of our own in a folder: listens on a free loopback port, asks for a random password, ends with us (also
 * when we are killed), comes back when it crashes, and survives `kill -9` of either.
 */
export class EmbeddedPostgres {
  readonly #deps: EmbeddedPostgresDeps;
  #supervisor: Supervisor | undefined;
  #child: ChildProcess | undefined;
  #ownerFile: string | undefined;
  #folder: string;

  constructor(deps: EmbeddedPostgresDeps) {
    this.#deps = deps;
    this.#folder = deps.folder;
  }

  /** Where it lives once started: elsewhere than asked for when the server's user cannot enter that folder. */
  get folder(): string {
    return this.#folder;
  }

  /** Process id of the server while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * @returns address with the password in it: never log it
   * @throws {AppError} `DATABASE_BINARIES_MISSING`, `DATABASE_START_FAILED`, `DATA_FOLDER_IN_USE`
   */
  async start(): Promise<{ readonly url: string }> {
    const home = await preparePostgresHome(this.#deps.folder, this.#deps.log);
    this.#folder = home.folder;
    await this.#takeOwnership(home.folder);
    try {
      return await this.#startIn(home);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Stops the server (fast shutdown) and waits until its process is gone. Safe to call twice. */
  async close(): Promise<void> {
    await this.#supervisor?.close();
    if (this.#ownerFile) await rm(this.#ownerFile, { force: true });
    this.#ownerFile = undefined;
  }

  async #startIn(home: PostgresHome): Promise<{ readonly url: string }> {
    const { clock, log } = this.#deps;
    const cluster = path.join(home.folder, 'cluster');
    await stopOrphan(cluster, clock, log);
    if (!(await isThere(path.join(cluster, 'PG_VERSION')))) await this.#initialise(home, cluster);
    const password = (await readFile(path.join(home.folder, 'password'), 'utf8')).trim();
    const port = await freeLoopbackPort();
    const firstReady = Promise.withResolvers<void>();
    this.#supervisor = new Supervisor((signal) => this.#runServer({ home, cluster, port, signal, firstReady }), {
      clock,
      options: { initialMs: 200, maxMs: 5000, jitter: 0.2, healthyAfterMs: 30_000 },
      hooks: {
        onRetry: (error, attempt, delayMs) => {
          log.error({ attempt, delayMs, code: error?.code }, 'embedded database ended; starting it again');
        },
      },
    });
    await firstReady.promise;
    const url = `postgresql://${DATABASE_USER}:${password}@127.0.0.1:${port}`;
    // Also after a first start that was killed before it came to this.
    await createDatabase(`${url}/postgres`);
    return { url: `${url}/${DATABASE_NAME}` };
  }

  async #takeOwnership(folder: string): Promise<void> {
    const file = path.join(folder, 'owner');
    const owner = (await readFile(file, 'utf8').catch(() => '')).trim();
    const ownerPid = Number(owner.split(' ')[0]);
    if (owner !== '' && (await processStamp(ownerPid)) === owner)
      throw storageErrors.DATA_FOLDER_IN_USE({ folder, pid: ownerPid });
    await writeFile(file, (await processStamp(process.pid)) ?? String(process.pid), { mode: 0o600 });
    this.#ownerFile = file;
  }

  /** Into a folder beside, renamed when complete: a start that was killed halfway leaves nothing that looks whole. */
  async #initialise(home: PostgresHome, cluster: string): Promise<void> {
    const { folder, user } = home;
    const partial = `${cluster}.partial`;
    const passwordFile = path.join(folder, 'password');
    await rm(partial, { recursive: true, force: true });
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    await chmod(passwordFile, 0o600);
    if (user) await chown(passwordFile, user.uid, user.gid);
    const options = ['-D', partial, '-U', DATABASE_USER, '-E', 'UTF8', '--locale=C', '--locale-provider=builtin'];
    options.push('--builtin-locale=C.UTF-8', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-instructions');
    if (this.#deps.isThrowaway) options.push('--no-sync');
    try {
      await run(home.initdb, options, { ...user, cwd: folder, env: serverEnvironment() });
    } catch (error) {
      throw storageErrors.DATABASE_START_FAILED({ step: 'initdb', reason: lastLines(error) }, error);
    }
    await rename(partial, cluster);
  }

  /** One life of the server: resolves when it ended because it was asked to, else throws. */
  async #runServer(life: {
    home: PostgresHome;
    cluster: string;
    port: number;
    signal: AbortSignal;
    firstReady: PromiseWithResolvers<void>;
  }): Promise<void> {
    const { home, cluster, port, signal, firstReady } = life;
    const { clock, log, isThrowaway } = this.#deps;
    const [command, args] = await withParentDeathSignal(home, serverArguments(cluster, port, isThrowaway ?? false));
    // A session of its own, so that Ctrl-C in the terminal does not take the database away while we still write.
    const child = spawn(command, args, {
      ...(command === SETPRIV ? {} : home.user),
      cwd: home.folder,
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 8) lines.shift();
      log.debug({ line }, 'database');
    });
    const stop = (): void => void stopProcess(child, exited, clock);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const readiness = await Promise.race([
      exited.then(() => 'ended' as const),
      waitUntilReady(cluster, child, clock).then((isReady) => (isReady ? ('ready' as const) : ('late' as const))),
    ]);
    if (readiness === 'ready') firstReady.resolve();
    else if (readiness === 'late') await stopProcess(child, exited, clock);
    await exited;
    signal.removeEventListener('abort', stop);
    this.#child = undefined;
    if (signal.aborted) return;
    const failure = storageErrors.DATABASE_START_FAILED({ step: 'run', reason: lines.slice(-3).join(' | ') });
    firstReady.reject(failure);
    throw failure;
  }
}

function serverArguments(cluster: string, port: number, isThrowaway: boolean): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '120',
    shared_buffers: isThrowaway ? '64MB' : '256MB',
    max_wal_size: '2GB',
    wal_compression: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // Partitions of 90 days are many relations for one search.
    max_locks_per_transaction: '512',
    ...(isThrowaway ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  return ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** Where the machine has setpriv, the kernel stops the server when we die without a word. @see prctl(2) PR_SET_PDEATHSIG */
async function withParentDeathSignal(home: PostgresHome, args: string[]): Promise<[string, string[]]> {
  if (!(await isThere(SETPRIV))) return [home.postgres, args];
  const { user } = home;
  const identity = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : [];
  return [SETPRIV, [...identity, '--pdeathsig=INT', home.postgres, ...args]];
}

async function waitUntilReady(cluster: string, child: ChildProcess, clock: Clock): Promise<boolean> {
  const untilMs = clock.monotonicMs() + READY_WITHIN_MS;
  while (clock.monotonicMs() < untilMs && child.exitCode === null && child.signalCode === null) {
    const file = await readPostmasterFile(cluster);
    if (file?.pid === child.pid && file?.isReady) return true;
    await sleep(20, clock);
  }
  return false;
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
async function stopProcess(child: ChildProcess, exited: Promise<void>, clock: Clock): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const patience = new AbortController();
    await Promise.race([exited, sleep(STOP_WITHIN_MS, clock, patience.signal)]);
    patience.abort();
  }
}

/** A server that outlived a killed Vantage still holds the cluster: end it before starting our own. */
async function stopOrphan(cluster: string, clock: Clock, log: Log): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (!file) return;
  if (await isPostmasterOf(file.pid, cluster)) {
    log.warn({ pid: file.pid }, 'ending the database server that an earlier run left behind');
    for (const [signal, withinMs] of [
      ['SIGINT', STOP_WITHIN_MS],
      ['SIGQUIT', STOP_WITHIN_MS],
    ] as const) {
      process.kill(file.pid, signal);
      const untilMs = clock.monotonicMs() + withinMs;
      while (clock.monotonicMs() < untilMs) {
        if (!(await isPostmasterOf(file.pid, cluster))) return;
        await sleep(20, clock);
      }
    }
    throw storageErrors.DATABASE_START_FAILED({ step: 'stop earlier server', pid: file.pid });
  }
  // The number may belong to another program by now, at which PostgreSQL would refuse to start.
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });
}

async function freeLoopbackPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw storageErrors.DATABASE_START_FAILED({ step: 'port' });
  return address.port;
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME}`);
  } finally {
    await client.end();
  }
}

function lastLines(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.trim().split('\n').slice(-3).join(' | ');
}
