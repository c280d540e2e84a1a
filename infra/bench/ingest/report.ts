import type { BenchReport } from '../bench-report.ts';
import { fitLine, median } from './line-fit.ts';
import type { Measurement, MemoryReading } from './measure.ts';

export interface IngestRuns {
  /** In the order in which they ran; several of one size are repetitions. */
  readonly ours: readonly Measurement[];
  readonly peer: readonly Measurement[];
  /** One size, several bit rates; empty when no cost model was asked for. */
  readonly model: readonly Measurement[];
}

type Result = BenchReport['results'][number];

/** Beyond this the load is no longer that of real cameras. */
const MAX_LATE_P99_MS = 40;
const MIN_SENT_RATIO = 0.99;
const MIN_GROWTH_MS = 25_000;

export function cpuMsPerSecondPerCamera({ cpuMs, windowMs, cameras }: Measurement): number {
  return cpuMs / (windowMs / 1000) / cameras;
}

/** Whether the cameras sent what they should, when they should. Where not, the figures say nothing about ingest. */
export function keptPace(run: Measurement, framesPerSecond: number): boolean {
  const wanted = (run.cameras * framesPerSecond * run.sourceWindowMs) / 1000;
  return (
    run.framesLeftOut === 0 && run.lateP99Ms <= MAX_LATE_P99_MS && run.framesSentInWindow >= wanted * MIN_SENT_RATIO
  );
}

/** All runs of one size as one line. Middle values of the repetitions; counts are their sums. */
export function summariseRuns(runs: readonly Measurement[], framesPerSecond: number): Result {
  const cpu = runs.map(cpuMsPerSecondPerCamera);
  const sum = (pick: (run: Measurement) => number): number => runs.reduce((total, run) => total + pick(run), 0);
  const highest = (pick: (run: Measurement) => number): number => Math.max(...runs.map(pick));
  return {
    cameras: runs[0]?.cameras ?? 0,
    cpuMsPerSecondPerCamera: rounded(median(cpu), 3),
    cpuMsPerSecondPerCameraMin: rounded(Math.min(...cpu), 3),
    memoryMbPerCamera: rounded(
      highest((run) => run.proportionalMb / run.cameras),
      2,
    ),
    ...memoryGrowth(runs),
    framesSent: sum((run) => run.framesSent),
    framesRecorded: sum((run) => run.framesRecorded),
    gaps: sum((run) => run.gaps.length),
    gapCauses: [...new Set(runs.flatMap((run) => run.gaps))].sort().join(' '),
    probedCameras: sum((run) => run.probedCameras),
    probeMismatches: sum((run) => run.probeMismatches),
    runs: runs.length,
    sourceKeptPace: runs.every((run) => keptPace(run, framesPerSecond)),
    sourceCpuMsPerSecondPerCamera: rounded(
      median(runs.map((run) => run.loadCpuMs / (run.windowMs / 1000) / run.cameras)),
      3,
    ),
    sourceLateP99Ms: rounded(
      highest((run) => run.lateP99Ms),
      1,
    ),
    sourceLateMaxMs: rounded(
      highest((run) => run.lateMaxMs),
      1,
    ),
    sourceFramesLeftOut: sum((run) => run.framesLeftOut),
  };
}

/**
 * How memory moved through the window: the line through its readings, and that of its second half alone, when caches and
 * compiled code have settled. Of the run in which it grew most.
 */
function memoryGrowth(runs: readonly Measurement[]): Result {
  const slopes = runs.map(({ memory }) => [
    slopeMbPerMinute(memory),
    slopeMbPerMinute(memory.slice(memory.length >> 1)),
  ]);
  const [whole, late] = slopes.toSorted(([a = 0], [b = 0]) => b - a)[0] ?? [];
  return {
    ...(whole !== undefined && { memoryGrowthMbPerMinute: rounded(whole, 2) }),
    ...(late !== undefined && { memoryGrowthMbPerMinuteSecondHalf: rounded(late, 2) }),
  };
}

/** @returns undefined for less than half a minute, which says nothing about growth */
function slopeMbPerMinute(memory: readonly MemoryReading[]): number | undefined {
  const [first, last] = [memory[0], memory.at(-1)];
  if (!first || !last || last.atMs - first.atMs < MIN_GROWTH_MS) return undefined;
  return fitLine(memory.map(({ atMs, proportionalMb }) => ({ x: atMs / 60_000, y: proportionalMb })))?.slope;
}

/** The parts of the report that are computed: everything but machine and conditions. */
export function summarise({ ours, peer, model }: IngestRuns, framesPerSecond: number) {
  const results = bySize(ours).map((runs) => summariseRuns(runs, framesPerSecond));
  const peerLine = peer.length > 0 ? summariseRuns(peer, framesPerSecond) : undefined;
  const largest = results.at(-1)?.['cpuMsPerSecondPerCamera'];
  const peerCpu = peerLine?.['cpuMsPerSecondPerCamera'];
  // Pictures that are missing cost nothing: where some are, the figure is no price.
  const isWhole = results.at(-1)?.['framesRecorded'] === results.at(-1)?.['framesSent'];
  const ratio =
    isWhole && typeof largest === 'number' && typeof peerCpu === 'number' ? rounded(largest / peerCpu, 3) : undefined;
  return { results, peer: peerLine, ratio, linearity: linearity(ours), model: costModel(model) };
}

/** CPU of the whole against the number of cameras. */
function linearity(ours: readonly Measurement[]) {
  const fit = fitLine(ours.map((run) => ({ x: run.cameras, y: run.cpuMs / (run.windowMs / 1000) })));
  return (
    fit && {
      fixedMsPerSecond: rounded(fit.intercept, 1),
      msPerSecondPerCamera: rounded(fit.slope, 3),
      r2: rounded(fit.r2, 4),
    }
  );
}

/** cpu(camera) = a + b · Mbit/s */
function costModel(runs: readonly Measurement[]) {
  const points = runs.map((run) => ({ x: run.mbitPerSecond, y: cpuMsPerSecondPerCamera(run) }));
  const fit = fitLine(points);
  return (
    fit && {
      cameras: runs[0]?.cameras ?? 0,
      aMsPerSecond: rounded(fit.intercept, 3),
      bMsPerSecondPerMbit: rounded(fit.slope, 3),
      r2: rounded(fit.r2, 4),
      points: points.map(({ x, y }) => ({ mbitPerSecond: rounded(x, 2), cpuMsPerSecondPerCamera: rounded(y, 3) })),
    }
  );
}

function bySize(runs: readonly Measurement[]): readonly (readonly Measurement[])[] {
  const sizes = new Map<number, Measurement[]>();
  for (const run of runs) sizes.set(run.cameras, [...(sizes.get(run.cameras) ?? []), run]);
  return [...sizes].toSorted(([a], [b]) => a - b).map(([, list]) => list);
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
