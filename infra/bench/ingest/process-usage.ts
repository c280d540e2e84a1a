import { readdirSync, readFileSync } from 'node:fs';

/** @param text a `schedstat` of the kernel: nanoseconds on a CPU, nanoseconds waiting, turns */
export function parseSchedstat(text: string): number {
  return Number(text.split(' ', 1)[0]) / 1e6;
}

/** @param text a `smaps_rollup` of the kernel @returns megabytes; 0 for a process without memory, e.g. a dead one */
export function parseProportionalMb(text: string): number {
  return (Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024) / 1e6;
}

/**
 * CPU time of the processes and all their threads. What ended between two readings is missing from the second: read it
 * while the processes live.
 */
export function cpuMsOf(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    for (const thread of list(`/proc/${pid}/task`))
      sum += parseSchedstat(read(`/proc/${pid}/task/${thread}/schedstat`));
  }
  return sum;
}

export function proportionalMbOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + parseProportionalMb(read(`/proc/${pid}/smaps_rollup`)), 0);
}

/** The processes and all that they started, directly or not. */
export function withDescendants(pids: readonly number[]): readonly number[] {
  const found = new Set<number>();
  const waiting = [...pids];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    for (const thread of list(`/proc/${pid}/task`)) {
      const children = read(`/proc/${pid}/task/${thread}/children`).split(' ');
      waiting.push(...children.filter((child) => child !== '').map(Number));
    }
  }
  return [...found];
}

/** A thread may end between two calls: then it has nothing to say. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
