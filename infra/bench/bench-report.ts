import { cpus } from 'node:os';

/** What every `bench` prints with `--json`; each figure carries its unit in its name. */
export interface BenchReport {
  readonly bench: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  readonly conditions: Readonly<Record<string, string | number>>;
  readonly results: readonly Readonly<Record<string, string | number>>[];
  readonly ratio?: number;
}

export function describeMachine(): BenchReport['machine'] {
  const all = cpus();
  return { cpu: all[0]?.model ?? 'unknown', cores: all.length, node: process.versions.node };
}

/** CPU milliseconds of this process so far, all threads. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
