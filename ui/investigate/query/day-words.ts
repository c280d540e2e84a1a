import { countPattern, isBoundary, matchAt, readCount } from './scan.ts';
import { type DayHours, dayStart, lengthOf, type MovingRange } from './time-range.ts';

export interface DaysMatch {
  readonly end: number;
  /** First day, midnight, and the one behind the last. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The same as words that move with the clock. */
  readonly moving?: MovingRange;
  /** `昨晚` says hours too. */
  readonly hours?: DayHours;
  /** Day of the month and month were said, so that `到22日` can follow. */
  readonly isDate?: boolean;
}

const night: DayHours = { from: '18:00', to: '06:00' };
const evening: DayHours = { from: '18:00', to: '24:00' };
const earlyDay: DayHours = { from: '06:00', to: '12:00' };
const afternoon: DayHours = { from: '12:00', to: '18:00' };

/** Days counted from today; a night begins on the evening of its day. */
const relativeDays: readonly (readonly [words: string, days: number, hours?: DayHours])[] = [
  ['大前天|大前日', -3],
  ['前晚|前夜|前天晚上|前天夜里', -2, night],
  ['昨晚|昨夜|昨天夜里|昨天夜间|last night|yesterday night', -1, night],
  ['今晚|今夜|tonight|this evening', 0, evening],
  ['昨早|昨晨', -1, earlyDay],
  ['今早|今晨|this morning', 0, earlyDay],
  ['this afternoon', 0, afternoon],
  ['前天|前日|the day before yesterday|day before yesterday', -2],
  ['昨天|昨日|yesterday', -1],
  ['今天|今日|当天|today', 0],
];
const relativePatterns = relativeDays.map(([words, days, hours]) => ({ pattern: new RegExp(words, 'y'), days, hours }));

const weekdays = '日天一二三四五六';
const englishDays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const chineseWeek = /(上上|上个?|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天末])?/y;
const englishWeekday =
  /(?:(last|this|on)\s+)?(sun(?:day)?|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?)(?![a-z])/y;
const englishSpan = /(last|this) (week|month)(?![a-z])/y;
const chineseMonth = /(上个?|这个?|本)月/y;
const back = new RegExp(
  `(?:最近|近|过去|前|这)\\s?(半|${countPattern})?\\s?个?(分钟|小时|钟头|天|日|周|星期|月)(?:内|以内|之内)?|(半|${countPattern})\\s?个?(分钟|小时|钟头|天|周|星期|月)(?:内|以内|之内)`,
  'y',
);
const englishBack =
  /(?:the )?(?:last|past) (?:(\d{1,3}|half an|half)\s?)?(minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?)(?![a-z])/y;
const fullDate =
  /((?:19|20)\d\d)\s?(?:[-/.年])\s?(1[0-2]|0?[1-9])\s?[-/.月]\s?(3[01]|[12]\d|0?[1-9])(?:[日号])?(?!\d)/y;
const shortDate = /(1[0-2]|0?[1-9])(?:月(3[01]|[12]\d|0?[1-9])[日号]?|\/(3[01]|[12]\d|0?[1-9]))(?![\d/])/y;
const dashedDate = /(1[0-2]|0?[1-9])-(3[01]|2[5-9])(?![\d-])/y;
const dayOfMonth = /(3[01]|[12]\d|0?[1-9])[日号](?![楼院门])/y;
const monthFirst =
  /(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:,? ((?:19|20)\d\d))?(?![\d:a-z])/y;
const dayFirst =
  /(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:,? ((?:19|20)\d\d))?(?![\d:a-z])/y;

/** A calendar date, checked; without a year the newest such day that is not still to come. */
function dateMs(year: number | undefined, month: number, day: number, nowMs: number): number | undefined {
  const ofYear = (wanted: number): number | undefined => {
    const date = new Date(wanted, month - 1, day);
    return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : undefined;
  };
  if (year !== undefined) return ofYear(year);
  const thisYear = new Date(nowMs).getFullYear();
  const now = ofYear(thisYear);
  return now !== undefined && now <= nowMs ? now : ofYear(thisYear - 1);
}

const oneDay = (end: number, dayMs: number): DaysMatch => ({ end, fromMs: dayMs, untilMs: dayStart(dayMs, 1) });

function readDate(text: string, index: number, nowMs: number): DaysMatch | undefined {
  const numeric = matchAt(fullDate, text, index) ?? undefined;
  if (numeric) {
    const day = dateMs(Number(numeric[1]), Number(numeric[2]), Number(numeric[3]), nowMs);
    return day === undefined ? undefined : { ...oneDay(index + numeric[0].length, day), isDate: true };
  }
  const short = matchAt(shortDate, text, index) ?? matchAt(dashedDate, text, index);
  if (short) {
    const day = dateMs(undefined, Number(short[1]), Number(short[2] ?? short[3]), nowMs);
    return day === undefined ? undefined : { ...oneDay(index + short[0].length, day), isDate: true };
  }
  const first = matchAt(monthFirst, text, index);
  const second = first ? undefined : matchAt(dayFirst, text, index);
  const words = first ?? second;
  if (words) {
    const month = months.indexOf((first ? words[1] : words[2]) ?? '') + 1;
    const day = dateMs(
      words[3] === undefined ? undefined : Number(words[3]),
      month,
      Number(first ? words[2] : words[1]),
      nowMs,
    );
    return day === undefined ? undefined : { ...oneDay(index + words[0].length, day), isDate: true };
  }
  const alone = matchAt(dayOfMonth, text, index);
  if (!alone) return undefined;
  return onDayOfMonth(index + alone[0].length, Number(alone[1]), nowMs);
}

/** The newest 20th that is not still to come. */
function onDayOfMonth(end: number, day: number, nowMs: number): DaysMatch | undefined {
  const now = new Date(nowMs);
  const months = [0, -1, -2].map((by) => new Date(now.getFullYear(), now.getMonth() + by, day));
  const found = months.find((date) => date.getDate() === day && date.getTime() <= nowMs);
  return found ? { ...oneDay(end, found.getTime()), isDate: true } : undefined;
}

function weekStart(nowMs: number, weeksLater: number): number {
  const weekday = (new Date(nowMs).getDay() + 6) % 7;
  return dayStart(nowMs, weeksLater * 7 - weekday);
}

function readWeek(text: string, index: number, nowMs: number): DaysMatch | undefined {
  const chinese = matchAt(chineseWeek, text, index);
  if (chinese && (chinese[1] !== undefined || chinese[2] !== undefined)) {
    const end = index + chinese[0].length;
    const weeks =
      chinese[1] === undefined ? undefined : chinese[1].startsWith('上上') ? -2 : chinese[1].startsWith('上') ? -1 : 0;
    const start = weekStart(nowMs, weeks ?? 0);
    if (chinese[2] === undefined) return { end, fromMs: start, untilMs: dayStart(start, 7) };
    if (chinese[2] === '末') return { end, fromMs: dayStart(start, 5), untilMs: dayStart(start, 7) };
    const day = dayStart(start, (Math.max(0, weekdays.indexOf(chinese[2]) - 1) + 6) % 7);
    // `周三` alone is the last one that has begun.
    return oneDay(end, weeks === undefined && day > nowMs ? dayStart(day, -7) : day);
  }
  const span = matchAt(englishSpan, text, index);
  if (span) {
    const end = index + span[0].length;
    const by = span[1] === 'last' ? -1 : 0;
    if (span[2] === 'month') return wholeMonth(end, nowMs, by);
    const start = weekStart(nowMs, by);
    return { end, fromMs: start, untilMs: dayStart(start, 7) };
  }
  const english = matchAt(englishWeekday, text, index);
  if (!english) return undefined;
  const wanted = englishDays.indexOf((english[2] ?? '').slice(0, 3));
  const today = new Date(nowMs).getDay();
  const ago = (today - wanted + 7) % 7;
  return oneDay(index + english[0].length, dayStart(nowMs, -(ago === 0 && english[1] === 'last' ? 7 : ago)));
}

function wholeMonth(end: number, nowMs: number, monthsLater: number): DaysMatch {
  const now = new Date(nowMs);
  const first = (by: number): number => new Date(now.getFullYear(), now.getMonth() + by, 1).getTime();
  return { end, fromMs: first(monthsLater), untilMs: first(monthsLater + 1) };
}

const unitLetters: readonly (readonly [RegExp, 'm' | 'h' | 'd', number])[] = [
  [/^分钟|^m(?:in|$)|^minute/, 'm', 1],
  [/^小时|^钟头|^h/, 'h', 1],
  [/^天|^日|^d/, 'd', 1],
  [/^周|^星期|^w/, 'd', 7],
  [/^月|^month/, 'd', 30],
];

/** `最近一小时`, `近3天`, `last 30 minutes`: counted back from now. */
function readBack(text: string, index: number, nowMs: number): DaysMatch | undefined {
  const chinese = matchAt(back, text, index);
  const match = chinese ?? matchAt(englishBack, text, index);
  if (!match) return undefined;
  const unitWord = (chinese ? (match[2] ?? match[4]) : match[2]) ?? '';
  const countWord = (chinese ? (match[1] ?? match[3]) : match[1]) ?? '1';
  const unit = unitLetters.find(([pattern]) => pattern.test(unitWord));
  if (!unit) return undefined;
  const isHalf = countWord.startsWith('half') || countWord === '半';
  const count = isHalf ? 0.5 : readCount(countWord);
  if (count === undefined) return undefined;
  const [, letter, times] = unit;
  const amount = count * times;
  const moving: MovingRange = Number.isInteger(amount)
    ? `${amount}${letter}`
    : letter === 'h'
      ? `${amount * 60}m`
      : letter === 'd'
        ? `${amount * 24}h`
        : '1m';
  const lengthMs = lengthOf(moving);
  if (lengthMs === undefined) return undefined;
  return { end: index + match[0].length, fromMs: nowMs - lengthMs, untilMs: nowMs, moving };
}

/** One day, week, month or stretch back from now at this place of the text. */
export function readDays(text: string, index: number, nowMs: number): DaysMatch | undefined {
  if (!isBoundary(text, index)) return undefined;
  for (const { pattern, days, hours } of relativePatterns) {
    const match = matchAt(pattern, text, index);
    if (!match || !isBoundary(text, index + match[0].length)) continue;
    const day = oneDay(index + match[0].length, dayStart(nowMs, days));
    const moving = hours ? undefined : days === 0 ? 'today' : days === -1 ? 'yesterday' : undefined;
    return { ...day, ...(moving ? { moving } : {}), ...(hours ? { hours } : {}) };
  }
  const month = matchAt(chineseMonth, text, index);
  if (month) return wholeMonth(index + month[0].length, nowMs, month[1]?.startsWith('上') ? -1 : 0);
  // Before what counts back: `last week` is the one before this, not seven days.
  return readWeek(text, index, nowMs) ?? readBack(text, index, nowMs) ?? readDate(text, index, nowMs);
}

/** The second half of `11月20日到22日`: a day of the same month. */
export function readSameMonth(text: string, index: number, firstMs: number): DaysMatch | undefined {
  const match = matchAt(/(3[01]|[12]\d|0?[1-9])(?:[日号]|(?:st|nd|rd|th)?(?![\d:点时年月a-z]))/y, text, index);
  if (!match) return undefined;
  const first = new Date(firstMs);
  const date = new Date(first.getFullYear(), first.getMonth(), Number(match[1]));
  if (date.getMonth() !== first.getMonth() || date.getTime() < firstMs) return undefined;
  return { ...oneDay(index + match[0].length, date.getTime()), isDate: true };
}
