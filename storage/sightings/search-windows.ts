import type { Interval } from './time-of-day.ts';

/** Enough for a page in a busy area; each step is so many times as long as the one before. */
const FIRST_MS = 10 * 60_000;
const GROWTH = 6;
/** Bounds what one statement looks through. */
const LONGEST_MS = 2 * 86_400_000;

/**
 * Cuts a time to look through into steps, newest first and each longer than the one before: who wants the newest hundred rows of a month
 * mostly finds them in the first hour, and an index of the last day is in memory.
 *
 * @param intervals newest first, none overlapping
 * @returns per step the intervals to look through together, newest first
 */
export function* searchWindows(intervals: readonly Interval[]): Generator<readonly Interval[]> {
  let budgetMs = FIRST_MS;
  let leftMs = budgetMs;
  let step: Interval[] = [];
  for (const { fromMs, toMs } of intervals) {
    let endMs = toMs;
    while (endMs > fromMs) {
      const startMs = Math.max(fromMs, endMs - leftMs);
      step.push({ fromMs: startMs, toMs: endMs });
      leftMs -= endMs - startMs;
      endMs = startMs;
      if (leftMs > 0) continue;
      yield step;
      step = [];
      budgetMs = Math.min(budgetMs * GROWTH, LONGEST_MS);
      leftMs = budgetMs;
    }
  }
  if (step.length > 0) yield step;
}
