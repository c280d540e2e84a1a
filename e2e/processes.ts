import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** A process by number and start time, so that a number used again is not taken for it. */
export interface SeenProcess {
  readonly pid: number;
  readonly startTicks: string;
  readonly program: string;
}

interface Stat extends SeenProcess {
  readonly parentPid: number;
}

async function stat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not looked yet.
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const program = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
  return { pid, program, parentPid: Number(fields[1]), startTicks: fields[19] ?? '' };
}

/** All that a process started, and what those started. */
export async function descendants(pid: number): Promise<SeenProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = (await Promise.all(pids.map(stat))).filter((found) => found !== undefined);
  const found: Stat[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = all.filter(({ parentPid }) => parents.has(parentPid));
    found.push(...children);
    parents = new Set(children.map((child) => child.pid));
  }
  return found;
}

/** Those of them that still run, as `program pid`. */
export async function stillAlive(seen: readonly SeenProcess[]): Promise<string[]> {
  const now = await Promise.all(seen.map(({ pid }) => stat(pid)));
  return seen
    .filter(({ startTicks }, index) => now[index]?.startTicks === startTicks)
    .map(({ program, pid }) => `${program} ${pid}`);
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = new URL('../infra/cli/main.ts', import.meta.url).pathname;

/** Runs `./vantage …` to its end, at most `timeoutMs`. */
export function runCli(
  args: readonly string[],
  env: Record<string, string> = {},
  timeoutMs = 60_000,
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, ...args],
      { env: { ...process.env, ...env }, timeout: timeoutMs, killSignal: 'SIGKILL' },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}
