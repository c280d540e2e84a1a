import type { RecordingPolicy } from '#api/contract/cameras.ts';

export type RecordingWindow = NonNullable<RecordingPolicy['schedule']>['windows'][number];
export type Day = RecordingWindow['days'][number];
export const weekDays: readonly Day[] = [1, 2, 3, 4, 5, 6, 7];

const dayWords: readonly (readonly string[])[] = [
  ['1', 'mo', 'mon', 'monday', '一', '周一', '星期一'],
  ['2', 'tu', 'tue', 'tuesday', '二', '周二', '星期二'],
  ['3', 'we', 'wed', 'wednesday', '三', '周三', '星期三'],
  ['4', 'th', 'thu', 'thursday', '四', '周四', '星期四'],
  ['5', 'fr', 'fri', 'friday', '五', '周五', '星期五'],
  ['6', 'sa', 'sat', 'saturday', '六', '周六', '星期六'],
  ['7', 'su', 'sun', 'sunday', '日', '天', '周日', '周天', '星期日', '星期天'],
];
const groups: readonly (readonly [words: readonly string[], days: readonly Day[]])[] = [
  [['daily', 'everyday', 'every', '每天', '每日'], weekDays],
  [
    ['workdays', 'weekdays', '工作日'],
    [1, 2, 3, 4, 5],
  ],
  [
    ['weekend', 'weekends', '周末'],
    [6, 7],
  ],
];

/** `8`, `830`, `0830`, `8:30`, `8.30`, `24` as `HH:MM`; undefined when it is no time of a day. */
export function parseClock(text: string): string | undefined {
  const match = /^(\d{1,2})(?:[:：.]?([0-5]\d))?$/.exec(text.trim());
  if (!match) return undefined;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  if (hour > 24 || (hour === 24 && minute > 0)) return undefined;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

function parseDay(text: string): Day | undefined {
  const index = dayWords.findIndex((words) => words.includes(text));
  return weekDays[index];
}

function parseDays(text: string): readonly Day[] | undefined {
  const days = new Set<Day>();
  for (const part of text.split(/[,，、+]/).filter((one) => one !== '')) {
    const group = groups.find(([words]) => words.includes(part));
    if (group) {
      for (const day of group[1]) days.add(day);
      continue;
    }
    const ends = part.split(/[-–~至到]/);
    const from = parseDay(ends[0] ?? '');
    const to = parseDay(ends[1] ?? ends[0] ?? '');
    if (from === undefined || to === undefined || ends.length > 2) return undefined;
    // `6-1`: over the weekend into Monday.
    for (const day of weekDays) {
      if (from <= to ? day >= from && day <= to : day >= from || day <= to) days.add(day);
    }
  }
  return days.size === 0 ? undefined : weekDays.filter((day) => days.has(day));
}

/** A window in one line, as one says it: `1-5 8-18`, `Mo-Fr 8:00-18:30`, `周末 22-6`, `8-18` (every day). */
export function parseWindow(text: string): RecordingWindow | undefined {
  const match = /^(?:(.*?)\s+)?(\d{1,2}(?:[:：.]?\d{2})?)\s*[-–~至到]\s*(\d{1,2}(?:[:：.]?\d{2})?)$/.exec(
    text.trim().toLowerCase(),
  );
  if (!match) return undefined;
  // `1-5` alone may be days or hours: better asked than guessed.
  if (match[1] === undefined && /^[1-7]$/.test(match[2] ?? '') && /^[1-7]$/.test(match[3] ?? '')) return undefined;
  const named = (match[1] ?? '').replaceAll(/\s*([-–~至到,，、+])\s*/g, '$1').replaceAll(/\s+/g, ',');
  const days = named === '' ? weekDays : parseDays(named);
  const from = parseClock(match[2] ?? '');
  const to = parseClock(match[3] ?? '');
  if (!days || from === undefined || to === undefined || from === '24:00') return undefined;
  return { days: [...days], from, to };
}

/** Share of the day, 0 to 1. */
function shareOf(clock: string): number {
  const [hour = '0', minute = '0'] = clock.split(':');
  return (Number(hour) * 60 + Number(minute)) / 1440;
}

export interface DaySpan {
  readonly from: number;
  readonly to: number;
}

/** What of a day is recorded, as shares of it; what runs over midnight is on both days. */
export function spansOfDay(windows: readonly RecordingWindow[], day: Day): DaySpan[] {
  const before = day === 1 ? 7 : weekDays[day - 2];
  return windows.flatMap((window) => {
    const from = shareOf(window.from);
    const to = shareOf(window.to);
    const isOvernight = to <= from;
    return [
      ...(window.days.includes(day) ? [{ from, to: isOvernight ? 1 : to }] : []),
      ...(isOvernight && to > 0 && window.days.some((one) => one === before) ? [{ from: 0, to }] : []),
    ];
  });
}

/** Hours a week; what two windows share counts once. */
export function hoursOfWeek(windows: readonly RecordingWindow[]): number {
  let hours = 0;
  for (const day of weekDays) {
    let end = 0;
    for (const span of spansOfDay(windows, day).sort((a, b) => a.from - b.from)) {
      hours += Math.max(0, span.to - Math.max(end, span.from)) * 24;
      end = Math.max(end, span.to);
    }
  }
  return Math.round(hours * 10) / 10;
}

export function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function isTimeZone(name: string): boolean {
  try {
    return (
      new Intl.DateTimeFormat('en', { timeZone: name.trim() }).resolvedOptions().timeZone !== '' && name.trim() !== ''
    );
  } catch {
    return false;
  }
}
