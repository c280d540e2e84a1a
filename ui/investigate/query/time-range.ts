import { startOfDay } from '../../shared/format.ts';

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Hours of each day, `HH:MM`; `to` up to `24:00`, before `from`: over midnight. */
export interface DayHours {
  readonly from: string;
  readonly to: string;
}

/** What the buttons offer. */
export const quickRanges = ['1h', '24h', 'today', 'yesterday', '7d', '30d'] as const;
/** A range that moves with the clock: `90m`, `3h`, `7d` back from now, today, yesterday. */
export type MovingRange = `${number}${'m' | 'h' | 'd'}` | 'today' | 'yesterday';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const units = { m: minuteMs, h: hourMs, d: dayMs } as const;
/** What one search may span. */
const longestMs = 366 * dayMs;

export function isMovingRange(value: string | null): value is MovingRange {
  return value !== null && (value === 'today' || value === 'yesterday' || lengthOf(value) !== undefined);
}

/** Of `90m`, `3h`, `7d`; undefined for anything else, and for more than a year. */
export function lengthOf(value: string): number | undefined {
  const match = /^([1-9]\d{0,3})([mhd])$/.exec(value);
  const unit = match?.[2];
  if (unit !== 'm' && unit !== 'h' && unit !== 'd') return undefined;
  const lengthMs = Number(match?.[1]) * units[unit];
  return lengthMs <= longestMs ? lengthMs : undefined;
}

/** Midnight (local) so many days after that of `timeMs`; days of 23 or 25 hours count as one. */
export function dayStart(timeMs: number, daysLater: number): number {
  const date = new Date(timeMs);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater).getTime();
}

/** What a moving range means now; days are those of the person's clock. */
export function rangeNow(name: MovingRange, nowMs: number): TimeRange {
  if (name === 'today') return { fromMs: startOfDay(nowMs), toMs: nowMs };
  if (name === 'yesterday') return { fromMs: dayStart(nowMs, -1), toMs: startOfDay(nowMs) - 1 };
  return { fromMs: nowMs - (lengthOf(name) ?? dayMs), toMs: nowMs };
}

/** Whole days of the clock, from midnight to the last millisecond. */
export function wholeDays(range: TimeRange): { readonly firstMs: number; readonly days: number } | undefined {
  if (startOfDay(range.fromMs) !== range.fromMs || startOfDay(range.toMs + 1) !== range.toMs + 1) return undefined;
  return { firstMs: range.fromMs, days: Math.round((range.toMs + 1 - range.fromMs) / dayMs) };
}

/** Minutes since midnight of `HH:MM`. */
export function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

export function clockOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/**
 * Hours of a single day are simply a shorter range; of several days they are asked for with the range.
 * Over midnight the night begins on the day that was named.
 */
export function withHours(range: TimeRange, hours: DayHours | undefined): { range: TimeRange; hours?: DayHours } {
  if (!hours) return { range };
  const day = startOfDay(range.fromMs);
  if (startOfDay(range.toMs) !== day) return { range, hours };
  const from = new Date(day);
  const at = (minutes: number, daysLater: number): number =>
    new Date(from.getFullYear(), from.getMonth(), from.getDate() + daysLater, 0, minutes).getTime();
  const isOverMidnight = minutesOf(hours.to) <= minutesOf(hours.from);
  return {
    range: {
      fromMs: at(minutesOf(hours.from), 0),
      toMs: at(minutesOf(hours.to), isOverMidnight ? 1 : 0) - 1,
    },
  };
}

/** The part of the range in which something happened, with a little air; the range itself when that is most of it. */
export function busyRange(range: TimeRange, timesMs: readonly number[]): TimeRange {
  if (timesMs.length === 0) return range;
  const firstMs = timesMs.reduce((first, time) => Math.min(first, time), Infinity);
  const lastMs = timesMs.reduce((last, time) => Math.max(last, time), -Infinity);
  const airMs = Math.max(minuteMs, (lastMs - firstMs) * 0.05);
  const busy = { fromMs: Math.max(range.fromMs, firstMs - airMs), toMs: Math.min(range.toMs, lastMs + airMs) };
  return busy.toMs - busy.fromMs > (range.toMs - range.fromMs) / 2 || busy.toMs <= busy.fromMs ? range : busy;
}
