import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'vantage-embedded-'));
  // mkdtemp closes it to all others; the server runs as another user when we are root.
  await chmod(parent, 0o755);
  folder = path.join(parent, 'postgres');
});
afterEach(() => rm(parent, { recursive: true }));

function create(): EmbeddedPostgres {
  return new EmbeddedPostgres({ folder, log: silentLog, clock: systemClock, isThrowaway: true });
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('keeps its data from one start to the next, asks for its password, and is gone after close', async () => {
  const server = create();
  const { url } = await server.start();
  const pid = server.pid!;
  await query(url, 'CREATE TABLE kept (x int); INSERT INTO kept VALUES (7)');
  expect(new URL(url).hostname).toBe('127.0.0.1');
  const stranger = new URL(url);
  stranger.password = 'guess';
  await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  expect((await stat(path.join(folder, 'password'))).mode & 0o777).toBe(0o600);
  await expect(create().start()).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
  await server.close();
  await server.close();
  expect(isAlive(pid)).toBe(false);

  const again = create();
  const startedMs = performance.now();
  const { url: secondUrl } = await again.start();
  expect(performance.now() - startedMs).toBeLessThan(3000);
  expect(await query(secondUrl, 'SELECT x FROM kept')).toEqual([{ x: 7 }]);
  await again.close();
});

test('starts after a kill that left the number of another program in postmaster.pid', async () => {
  const server = create();
  await server.start();
  const pidFile = path.join(folder, 'cluster', 'postmaster.pid');
  const left = await readFile(pidFile, 'utf8');
  await server.close();
  // Alive, and not a database server: the test's own process.
  await writeFile(pidFile, left.replace(/^\d+/, String(process.pid)));
  const again = create();
  const { url } = await again.start();
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await again.close();
});

test('the server ends when its owner is killed, or at the latest at the next start', async () => {
  const script = path.join(parent, 'owner.ts');
  const modules = new URL('../', import.meta.url).href;
  await writeFile(
    script,
    `import { EmbeddedPostgres } from '${modules}storage/embedded-postgres.ts';
     import { systemClock } from '${modules}infra/runtime/clock.ts';
     import { silentLog } from '${modules}infra/runtime/logger.ts';
     const server = new EmbeddedPostgres({ folder: ${JSON.stringify(folder)}, log: silentLog, clock: systemClock });
     await server.start();
     console.log(server.pid);
     setInterval(() => {}, 1000);`,
  );
  const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(isAlive(pid)).toBe(true);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const next = create();
  const { url } = await next.start();
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 });
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.close();
});

test('in a folder that the server may not enter it lives elsewhere', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'only root runs the server as another user');
  await chmod(parent, 0o700);
  const server = create();
  const { url } = await server.start();
  try {
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(server.folder).toMatch(/^\/var\/lib\/vantage\/[0-9a-f]{12}$/);
  } finally {
    await server.close();
    await rm(server.folder, { recursive: true });
  }
});
