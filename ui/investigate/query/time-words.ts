import { type HoursMatch, readHours, readMoment } from './clock-words.ts';
import { type DaysMatch, readDays, readSameMonth } from './day-words.ts';
import { isBoundary, matchAt } from './scan.ts';
import { type DayHours, type MovingRange, type TimeRange, wholeDays } from './time-range.ts';

export interface TimeMatch {
  readonly end: number;
  readonly range?: MovingRange | TimeRange;
  readonly hours?: DayHours;
  /** Two bare numbers were taken for hours. */
  readonly isGuess?: boolean;
}

const until = /\s*(?:到|至|-|~|–|—|to|until|till)\s*/y;
const gap = /(?:\s|的|t(?=\d))*/y;

function rangeOf(days: DaysMatch): MovingRange | TimeRange {
  return days.moving ?? { fromMs: days.fromMs, toMs: days.untilMs - 1 };
}

/** A day with a clock time behind it, for a stretch between two moments. */
function readInstant(text: string, index: number, nowMs: number): { end: number; timeMs: number } | undefined {
  const days = readDays(text, index, nowMs);
  if (!days) return undefined;
  const clock = readMoment(text, days.end + (matchAt(gap, text, days.end)?.[0].length ?? 0));
  if (!clock) return undefined;
  const day = new Date(days.fromMs);
  const seconds = /:\d\d:(\d\d)$/.exec(text.slice(days.end, clock.end));
  return {
    end: clock.end,
    timeMs: new Date(
      day.getFullYear(),
      day.getMonth(),
      day.getDate(),
      0,
      clock.minutes,
      Number(seconds?.[1] ?? 0),
    ).getTime(),
  };
}

/** `2026-11-20 18:00 到 2026-11-21 06:00` */
function readInstants(text: string, index: number, nowMs: number): TimeMatch | undefined {
  const first = readInstant(text, index, nowMs);
  const link = first && matchAt(until, text, first.end);
  const second = link && readInstant(text, first.end + link[0].length, nowMs);
  if (!first || !second || second.timeMs <= first.timeMs) return undefined;
  return { end: second.end, range: { fromMs: first.timeMs, toMs: second.timeMs } };
}

/** `11月20日到22日`, `2026-11-20 到 2026-11-22`, `昨天到今天` */
function readDaySpan(text: string, index: number, first: DaysMatch, nowMs: number): DaysMatch | undefined {
  const link = matchAt(until, text, first.end);
  if (!link) return undefined;
  const start = first.end + link[0].length;
  const second = readDays(text, start, nowMs) ?? (first.isDate ? readSameMonth(text, start, first.fromMs) : undefined);
  if (!second || second.hours || second.untilMs <= first.untilMs) return undefined;
  if (!isBoundary(text, second.end)) return undefined;
  return { end: second.end, fromMs: first.fromMs, untilMs: second.untilMs };
}

/** A time at this place of the text: days, hours of the day, or both when the day's word says both. */
export function readTime(text: string, index: number, nowMs: number): TimeMatch | undefined {
  const instants = readInstants(text, index, nowMs);
  if (instants) return instants;
  const days = readDays(text, index, nowMs);
  if (days) {
    if (!isBoundary(text, days.end)) return undefined;
    const span = days.hours ? undefined : readDaySpan(text, index, days, nowMs);
    if (span) return { end: span.end, range: { fromMs: span.fromMs, toMs: span.untilMs - 1 } };
    const hours = days.hours && readNightHours(text, days.end);
    return {
      end: hours?.end ?? days.end,
      range: rangeOf(days),
      ...(days.hours ? { hours: hours?.hours ?? days.hours } : {}),
    };
  }
  const hours = readHours(text, index);
  return hours ? { end: hours.end, hours: hours.hours, ...(hours.isGuess ? { isGuess: true } : {}) } : undefined;
}

/** `昨晚8点到10点`, `last night 6-8`: hours of a night are those of the evening. */
function readNightHours(text: string, index: number): HoursMatch | undefined {
  const start = index + (matchAt(gap, text, index)?.[0].length ?? 0);
  const given = readHours(text, start);
  if (!given) return undefined;
  const isSaid = /[ap]\.?m/.test(text.slice(start, given.end));
  const later = (clock: string): string => {
    const hours = Number(clock.slice(0, 2));
    return !isSaid && hours >= 5 && hours < 12 ? `${hours + 12}${clock.slice(2)}` : clock;
  };
  const to = later(given.hours.to);
  return { ...given, hours: { from: later(given.hours.from), to: to === '00:00' ? '24:00' : to }, isGuess: false };
}

/** How a range is written so that it is read back as the same; for editing a chip. */
export function rangeWords(
  range: MovingRange | TimeRange,
  isEnglish: boolean,
  formatTime: (ms: number) => string,
): string {
  if (typeof range === 'string') {
    if (range === 'today') return isEnglish ? 'today' : '今天';
    if (range === 'yesterday') return isEnglish ? 'yesterday' : '昨天';
    const count = range.slice(0, -1);
    const unit = range.slice(-1);
    if (isEnglish) return `last ${count} ${unit === 'm' ? 'minutes' : unit === 'h' ? 'hours' : 'days'}`;
    return `近${count}${unit === 'm' ? '分钟' : unit === 'h' ? '小时' : '天'}`;
  }
  const link = isEnglish ? ' to ' : ' 到 ';
  const days = wholeDays(range);
  if (!days) return `${formatTime(range.fromMs)}${link}${formatTime(range.toMs)}`;
  const first = formatTime(range.fromMs).slice(0, 10);
  return days.days === 1 ? first : `${first}${link}${formatTime(range.toMs).slice(0, 10)}`;
}
