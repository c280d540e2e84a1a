import { ingestErrors } from '../errors.ts';

/** 1 Monday … 7 Sunday, as ISO 8601 counts them. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Hours of some days of the week, on the clock of the schedule's time zone. */
export interface RecordingWindow {
  readonly days: readonly Weekday[];
  /** `HH:MM`, 00:00 to 23:59. */
  readonly from: string;
  /** `HH:MM`, exclusive, 00:00 to 24:00. Not after `from`: it lies on the next day, so that `22:00` to `06:00` is a night. */
  readonly to: string;
}

export interface RecordingSchedule {
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  readonly windows: readonly RecordingWindow[];
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const ALL_DAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const WEEKDAYS: Readonly<Record<string, number>> = { Mon: 0, Tue: 1, Wed: 2, Thu: 3, Fri: 4, Sat: 5, Sun: 6 };

/**
 * Tells whether a moment lies in a schedule. It reads the local clock of each minute instead of computing when a window
 * begins, so that days of 23 and 25 hours need no rule: an hour that the clock shows twice is in the window twice.
 */
export class ScheduleClock {
  readonly #format: Intl.DateTimeFormat;
  /** Minutes of the week, half open, none over the end of the week. */
  readonly #ranges: readonly (readonly [number, number])[];
  #minute = -1;
  #isOpen = false;

  /** @throws {AppError} `RECORDING_SCHEDULE_INVALID` */
  constructor(schedule: RecordingSchedule) {
    this.#format = formatOf(schedule.timeZone);
    this.#ranges = schedule.windows.flatMap(rangesOf);
  }

  /** @param wallMs UTC epoch milliseconds; cheap within one minute */
  includes(wallMs: number): boolean {
    // Every offset of today's time zones is a whole number of minutes, so no window begins within one.
    const minute = Math.floor(wallMs / MINUTE_MS);
    if (minute === this.#minute) return this.#isOpen;
    this.#minute = minute;
    const local = this.#minuteOfWeek(wallMs);
    this.#isOpen = this.#ranges.some(([from, to]) => local >= from && local < to);
    return this.#isOpen;
  }

  #minuteOfWeek(wallMs: number): number {
    const parts = this.#format.formatToParts(wallMs);
    const valueOf = (type: Intl.DateTimeFormatPartTypes): string =>
      parts.find((part) => part.type === type)?.value ?? '';
    const day = WEEKDAYS[valueOf('weekday')] ?? 0;
    return day * DAY_MINUTES + Number(valueOf('hour')) * 60 + Number(valueOf('minute'));
  }
}

const WINDOW = /^([1-7])(?:-([1-7]))? (\d{2}:\d{2})-(\d{2}:\d{2})$/;

/**
 * A schedule as people type it: `Asia/Shanghai 1-5 08:00-18:00, 6-7 22:00-06:00`; 1 is Monday.
 * @throws {AppError} `RECORDING_SCHEDULE_INVALID`
 */
export function parseSchedule(text: string): RecordingSchedule {
  const [timeZone = '', ...rest] = text.trim().split(' ');
  const windows = rest
    .join(' ')
    .split(',')
    .map((part): RecordingWindow => {
      const [, first, last = first, from, to] = WINDOW.exec(part.trim()) ?? [];
      if (from === undefined || to === undefined) throw ingestErrors.RECORDING_SCHEDULE_INVALID({ window: part });
      return { days: ALL_DAYS.filter((day) => day >= Number(first) && day <= Number(last)), from, to };
    });
  return { timeZone, windows };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    const shown = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    return new Intl.DateTimeFormat('en-US', { timeZone, ...shown });
  } catch (error) {
    throw ingestErrors.RECORDING_SCHEDULE_INVALID({ timeZone }, error);
  }
}

function rangesOf({ days, from, to }: RecordingWindow): [number, number][] {
  const start = minutesOf(from);
  const end = minutesOf(to);
  if (start >= DAY_MINUTES) throw ingestErrors.RECORDING_SCHEDULE_INVALID({ from });
  const length = end > start ? end - start : end + DAY_MINUTES - start;
  return days.flatMap((day): [number, number][] => {
    const first = (day - 1) * DAY_MINUTES + start;
    const last = first + length;
    return last <= WEEK_MINUTES
      ? [[first, last]]
      : [
          [first, WEEK_MINUTES],
          [0, last - WEEK_MINUTES],
        ];
  });
}

function minutesOf(time: string): number {
  const match = /^(\d{2}):(\d{2})$/.exec(time);
  const minutes = Number(match?.[1]) * 60 + Number(match?.[2]);
  if (!(minutes <= DAY_MINUTES) || Number(match?.[2]) > 59) throw ingestErrors.RECORDING_SCHEDULE_INVALID({ time });
  return minutes;
}
