import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = new URL('../../cli/main.ts', import.meta.url).pathname;
const ADDRESS_LINE = /^Vantage: (http\S+)$/;
const ADMINISTRATOR_LINE = /: (\S+) \/ (\S+)$/;

/** `./vantage serve` as a process of its own. */
export interface ServedWall {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly dataFolder: string;
  readonly child: ChildProcess;
  /** Ctrl-C, and waits for the end. */
  stop(): Promise<void>;
  removeData(): Promise<void>;
}

/** Starts it and waits for its address. A data folder that was used before keeps cameras and users: give its password then. */
export async function startServedWall(options: {
  readonly env?: Readonly<Record<string, string>>;
  readonly dataFolder?: string;
  readonly password?: string;
  readonly port?: number;
}): Promise<ServedWall> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'vantage-wall-')));
  // As root the database runs as another user.
  await chmod(dataFolder, 0o755);
  const words = ['serve', '--port', `${options.port ?? 0}`, '--data', dataFolder];
  const child = spawn(process.execPath, [MAIN, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: '', VANTAGE_LOG_LEVEL: 'warn', ...options.env },
  });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    if (log.length > 200) log.shift();
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let username = 'admin';
  let password = options.password ?? '';
  let url: string | undefined;
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = ADDRESS_LINE.exec(line)?.[1];
      const administrator = ADMINISTRATOR_LINE.exec(line);
      if (administrator) [, username = '', password = ''] = administrator;
      url ??= address;
      // The first start says the password after the address.
      if (url !== undefined && (password !== '' || administrator)) resolve(url);
    });
  });
  const outcome = await Promise.race([ready, exited.then((code) => ({ code }))]);
  if (typeof outcome !== 'string') throw new Error(`serve ended with code ${outcome.code}:\n${log.join('\n')}`);
  return {
    url: outcome,
    username,
    password,
    dataFolder,
    child,
    async stop() {
      child.kill('SIGINT');
      await exited;
    },
    async removeData() {
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
