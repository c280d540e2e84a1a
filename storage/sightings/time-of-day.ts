import { storageErrors } from '../errors.ts';

/** Hours of each day on the wall clock of a time zone: from `from` (included) to `to` (not). */
export interface TimeOfDay {
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM` or `24:00`; at or before `from`: over midnight, so the same twice is the whole day. */
  readonly to: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** UTC milliseconds, from included, to not. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * The parts of a range that lie in these hours, newest first, none touching the next. Exact also where clocks are put forward or back: an hour
 * that the wall clock shows twice counts twice.
 *
 * @throws {AppError} `TIME_ZONE_UNKNOWN`
 */
export function intervalsOf(range: Interval, { from, to, timeZone }: TimeOfDay): readonly Interval[] {
  const offsetAt = offsetsOf(timeZone);
  const beginMs = minutesOf(from) * MINUTE_MS;
  const endMs = minutesOf(to) * MINUTE_MS;
  const lengthMs = endMs > beginMs ? endMs - beginMs : endMs + DAY_MS - beginMs;
  const found: Interval[] = [];
  for (const piece of piecesOf(range, offsetAt)) {
    const offsetMs = offsetAt(piece.fromMs);
    // The day before, for hours over midnight.
    const firstDay = Math.floor((piece.fromMs + offsetMs) / DAY_MS) - 1;
    for (let day = firstDay; day * DAY_MS - offsetMs < piece.toMs; day++) {
      const startMs = day * DAY_MS + beginMs - offsetMs;
      const cut = { fromMs: Math.max(startMs, piece.fromMs), toMs: Math.min(startMs + lengthMs, piece.toMs) };
      if (cut.fromMs >= cut.toMs) continue;
      const before = found.at(-1);
      if (before && before.toMs >= cut.fromMs) found[found.length - 1] = { ...before, toMs: cut.toMs };
      else found.push(cut);
    }
  }
  return found.toReversed();
}

/** Stretches in which the time zone keeps its distance from UTC. */
function piecesOf(range: Interval, offsetAt: (timeMs: number) => number): readonly Interval[] {
  const pieces: Interval[] = [];
  let fromMs = range.fromMs;
  for (let timeMs = range.fromMs; timeMs < range.toMs; timeMs += DAY_MS) {
    const nextMs = Math.min(timeMs + DAY_MS, range.toMs);
    if (offsetAt(timeMs) === offsetAt(nextMs)) continue;
    let [low, high] = [timeMs, nextMs];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === offsetAt(timeMs)) low = middle;
      else high = middle;
    }
    pieces.push({ fromMs, toMs: high });
    fromMs = high;
  }
  if (fromMs < range.toMs) pieces.push({ fromMs, toMs: range.toMs });
  return pieces;
}

/** How far the wall clock is ahead of UTC, in milliseconds. */
function offsetsOf(timeZone: string): (timeMs: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw storageErrors.TIME_ZONE_UNKNOWN({ field: 'timeOfDay' }, error);
  }
  return (timeMs) => {
    const part = new Map(format.formatToParts(timeMs).map(({ type, value }) => [type, Number(value)]));
    const [year, month, day] = [part.get('year') ?? 0, part.get('month') ?? 1, part.get('day') ?? 1];
    const [hour, minute, second] = [part.get('hour') ?? 0, part.get('minute') ?? 0, part.get('second') ?? 0];
    const wholeSecondMs = Math.floor(timeMs / 1000) * 1000;
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecondMs;
  };
}

function minutesOf(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}
