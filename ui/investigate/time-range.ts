import { startOfDay } from '../shared/format.ts';

export const quickRanges = ['1h', '24h', 'today', 'yesterday', '7d'] as const;
export type QuickRange = (typeof quickRanges)[number];

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

const hourMs = 3_600_000;

export function isQuickRange(value: string | null): value is QuickRange {
  return (quickRanges as readonly (string | null)[]).includes(value);
}

/** The part of the range in which something happened, with a little air; the range itself when that is most of it. */
export function busyRange(range: TimeRange, timesMs: readonly number[]): TimeRange {
  if (timesMs.length === 0) return range;
  const firstMs = Math.min(...timesMs);
  const lastMs = Math.max(...timesMs);
  const airMs = Math.max(60_000, (lastMs - firstMs) * 0.05);
  const busy = { fromMs: Math.max(range.fromMs, firstMs - airMs), toMs: Math.min(range.toMs, lastMs + airMs) };
  return busy.toMs - busy.fromMs > (range.toMs - range.fromMs) / 2 || busy.toMs <= busy.fromMs ? range : busy;
}

/** What a quick choice means now; days are those of the person's clock. */
export function quickRange(name: QuickRange, nowMs: number): TimeRange {
  const today = startOfDay(nowMs);
  switch (name) {
    case '1h':
      return { fromMs: nowMs - hourMs, toMs: nowMs };
    case '24h':
      return { fromMs: nowMs - 24 * hourMs, toMs: nowMs };
    case 'today':
      return { fromMs: today, toMs: nowMs };
    case 'yesterday':
      return { fromMs: startOfDay(today - 12 * hourMs), toMs: today - 1 };
    case '7d':
      return { fromMs: nowMs - 7 * 24 * hourMs, toMs: nowMs };
  }
}
