import { cpus } from 'node:os';

/** Each with its unit in its name. */
export type Figures = Readonly<Record<string, string | number | boolean>>;

/** What every `bench` prints with `--json`; each figure carries its unit in its name. */
export interface BenchReport {
  readonly bench: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  readonly conditions: Readonly<Record<string, string | number>>;
  readonly results: readonly Figures[];
  /** Another program at the same work. */
  readonly peer?: Figures & { readonly name: string; readonly version: string };
  /** Ours to the peer's, or to the ceiling. */
  readonly ratio?: number;
  /** How the figure grows with the size. */
  readonly linearity?: Figures;
  /** A fitted cost, with the points that it was fitted to. */
  readonly model?: Readonly<Record<string, number | readonly Figures[]>>;
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
