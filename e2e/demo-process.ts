import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = new URL('../infra/cli/main.ts', import.meta.url).pathname;

export interface DemoProcess {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly dataFolder: string;
  readonly child: ChildProcess;
  /** Ctrl-C, and waits for the end. @returns the exit code */
  stop(): Promise<number | null>;
  removeData(): Promise<void>;
}

/** Starts `./vantage demo` as its own process with a data folder of its own, and waits for its address. */
export async function startDemo(options: {
  cameras: number;
  dataFolder?: string;
  env?: Record<string, string>;
  password?: string;
  args?: string[];
}): Promise<DemoProcess> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'vantage-e2e-')));
  // As root the database runs as another user; in a folder that is closed to it it would live elsewhere, and stay behind.
  await chmod(dataFolder, 0o755);
  const child = spawn(
    process.execPath,
    [
      MAIN,
      'demo',
      '--cameras',
      `${options.cameras}`,
      '--port',
      '0',
      '--json',
      '--data',
      dataFolder,
      ...(options.args ?? []),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    },
  );
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(line);
    if (log.length > 400) log.shift();
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const ready = new Promise<{ url: string; username: string; password?: string }>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const parsed: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
      if (parsed && typeof parsed === 'object' && 'url' in parsed)
        resolve(parsed as { url: string; username: string; password?: string });
    });
  });
  const outcome = await Promise.race([ready, exited.then((code) => ({ failed: code }))]);
  if ('failed' in outcome) throw new Error(`demo ended with code ${outcome.failed}:\n${log.slice(-40).join('\n')}`);
  return {
    url: outcome.url,
    username: outcome.username,
    password: outcome.password ?? options.password ?? '',
    dataFolder,
    child,
    async stop() {
      child.kill('SIGINT');
      return await exited;
    },
    async removeData() {
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
