import type { KitchenTrial } from '#api/contract/kitchen-setup.ts';

type Gap = KitchenTrial['notLookedAt'][number];

/** Places are shares of the tried time, 0..1. */
export interface TrialRows {
  readonly gaps: readonly (Gap & { readonly left: number; readonly width: number })[];
  /** One for each item that was found, in the order in which they were. */
  readonly rows: readonly {
    readonly item: string;
    readonly spans: readonly {
      readonly violationId: string;
      readonly since: string;
      readonly left: number;
      readonly width: number;
    }[];
  }[];
  /** Up to where it was looked at. */
  readonly doneTo: number;
}

const tickSteps = [5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].map((seconds) => seconds * 1000);
const mostTicks = 7;

export function trialRows(trial: KitchenTrial): TrialRows {
  const { share, wholeMs } = scaleOf(trial);
  const stretch = (from: string, to: string): { left: number; width: number } => {
    const left = share(ms(from));
    return { left, width: Math.max(0, share(ms(to)) - left) };
  };
  const gaps = trial.notLookedAt.map((gap) => ({ ...gap, ...stretch(gap.from, gap.to) }));
  const items = [...new Set(trial.violations.map(({ item }) => item))];
  const rows = items.map((item) => ({
    item,
    spans: trial.violations
      .filter((violation) => violation.item === item)
      .map(({ violationId, since, closed }) => ({ violationId, since, ...stretch(since, closed ?? trial.to) })),
  }));
  return { gaps, rows, doneTo: wholeMs === 0 ? 0 : passed(trial, wholeMs) };
}

/** Round times, as many as stand side by side. @returns with whether their seconds count */
export function tickTimes(trial: KitchenTrial): {
  readonly hasSeconds: boolean;
  readonly ticks: readonly { readonly timeMs: number; readonly left: number }[];
} {
  const { share, fromMs, wholeMs } = scaleOf(trial);
  const stepMs = tickSteps.find((step) => wholeMs / step <= mostTicks) ?? tickSteps.at(-1) ?? wholeMs;
  const ticks: { timeMs: number; left: number }[] = [];
  for (let timeMs = Math.ceil(fromMs / stepMs) * stepMs; timeMs <= fromMs + wholeMs; timeMs += stepMs)
    ticks.push({ timeMs, left: share(timeMs) });
  return { hasSeconds: stepMs < 60_000, ticks };
}

function scaleOf({ from, to }: KitchenTrial) {
  const fromMs = ms(from);
  const wholeMs = Math.max(0, ms(to) - fromMs);
  const share = (timeMs: number): number => (wholeMs === 0 ? 0 : Math.min(1, Math.max(0, (timeMs - fromMs) / wholeMs)));
  return { share, fromMs, wholeMs };
}

/** Progress counts recorded time alone; on the line the holes passed take their room too. */
function passed({ progress, notLookedAt, from }: KitchenTrial, wholeMs: number): number {
  const fromMs = ms(from);
  const gaps = notLookedAt.map((gap) => ({ startMs: ms(gap.from) - fromMs, lengthMs: ms(gap.to) - ms(gap.from) }));
  const recordedMs = wholeMs - gaps.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  let atMs = progress * recordedMs;
  for (const { startMs, lengthMs } of gaps) if (startMs <= atMs) atMs += lengthMs;
  return Math.min(1, Math.max(0, atMs / wholeMs));
}

function ms(time: string): number {
  return new Date(time).getTime();
}
