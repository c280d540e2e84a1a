import { countPattern, isBoundary, matchAt, readCount } from './scan.ts';
import { clockOf, type DayHours } from './time-range.ts';

type Half = 'am' | 'pm' | 'noon' | 'night';

interface ClockMatch {
  readonly end: number;
  /** Since midnight, 0..1440. */
  readonly minutes: number;
  readonly isExact: boolean;
  /** As `18` and `6` in `18-20点`: only together with what follows. */
  readonly isBare: boolean;
  readonly half: Half | undefined;
}

export interface HoursMatch {
  readonly end: number;
  readonly hours: DayHours;
  /** Numbers alone: they could have been something else. */
  readonly isGuess: boolean;
}

/** Words that stand for hours. What the words mean differs from person to person: the chip shows the hours taken. */
const named: readonly (readonly [words: string, from: string, to: string])[] = [
  ['早高峰|morning rush hours?|morning rush|morning peak', '07:00', '09:00'],
  ['晚高峰|evening rush hours?|evening rush|evening peak', '17:00', '19:00'],
  ['凌晨|after midnight|small hours', '00:00', '06:00'],
  ['清晨|清早|early morning', '05:00', '08:00'],
  ['早上|早晨', '06:00', '09:00'],
  ['上午|morning', '06:00', '12:00'],
  ['中午|正午|at noon|noon', '11:00', '13:00'],
  ['下午|afternoon', '12:00', '18:00'],
  ['傍晚|黄昏|dusk', '17:00', '19:00'],
  ['晚上|晚间|evening', '18:00', '24:00'],
  ['深夜|半夜|midnight', '23:00', '05:00'],
  ['夜间|夜里|夜晚|at night|night', '18:00', '06:00'],
  ['白天|daytime', '06:00', '18:00'],
];
const namedPatterns = named.map(([words, from, to]) => ({ pattern: new RegExp(words, 'y'), from, to }));

const halves: readonly (readonly [RegExp, Half])[] = [
  [/(?:凌晨|清晨|清早|早上|早晨|上午|今早)\s?/y, 'am'],
  [/(?:中午|正午)\s?/y, 'noon'],
  [/(?:下午|傍晚|黄昏)\s?/y, 'pm'],
  [/(?:晚上|晚间|夜里|夜间|夜晚|深夜|半夜)\s?/y, 'night'],
];
const clockPattern = new RegExp(
  `(?:([01]?\\d|2[0-4])[:.]([0-5]\\d)(?::[0-5]\\d)?|(${countPattern})(?:点钟|点|时|[hH](?![a-z]))(?:(半)|([0-5]?\\d)分?|(一刻)|(三刻))?|([01]?\\d|2[0-4])(?![\\d年月日号天周]))(?:\\s?(am|pm|a\\.m\\.|p\\.m\\.)(?![a-z]))?`,
  'y',
);
const until = /\s*(?:到|至|-|~|–|—|to|until|till|and)\s*/y;
const around = /\s?(?:左右|前后)/y;
const after = /\s?(?:以后|之后)|(?:后|起)(?![厨门街院])/y;
const before = /\s?(?:以前|之前)|前(?![后门街])/y;
const opening = /(?:(from|between|around|about|after|since|before|until|by|at)\s+)/y;

function inHalf(hours: number, half: Half | undefined): number {
  if (half === 'am') return hours === 12 ? 0 : hours;
  if (half === 'pm' || half === 'night') {
    if (half === 'night' && hours === 12) return 24;
    // 夜里 3 点 is after midnight.
    if (half === 'night' && hours < 5) return hours;
    return hours < 12 ? hours + 12 : hours;
  }
  return half === 'noon' && hours < 5 ? hours + 12 : hours;
}

/** One time of day: `18`, `18:30`, `晚上8点半`, `8pm`. */
function readClock(text: string, index: number): ClockMatch | undefined {
  let start = index;
  let half: Half | undefined;
  for (const [pattern, name] of halves) {
    const match = matchAt(pattern, text, index);
    if (!match) continue;
    start += match[0].length;
    half = name;
    break;
  }
  const match = matchAt(clockPattern, text, start);
  if (!match || !isBoundary(text, start)) return undefined;
  const [whole, colonHours, colonMinutes, word, isHalf, wordMinutes, quarter, threeQuarters, bare, meridiem] = match;
  const end = start + whole.length;
  if (!isBoundary(text, end)) return undefined;
  const hours = readCount(colonHours ?? word ?? bare ?? '');
  if (hours === undefined || hours > 24) return undefined;
  const minutes = Number(colonMinutes ?? wordMinutes ?? (isHalf ? 30 : quarter ? 15 : threeQuarters ? 45 : 0));
  const side = meridiem ? (meridiem.startsWith('a') ? 'am' : 'pm') : half;
  // Twelve at noon is 12 pm.
  const inDay = side === 'pm' && hours === 12 ? 12 : inHalf(hours, side);
  const total = inDay * 60 + minutes;
  if (total > 1440) return undefined;
  return {
    end,
    minutes: total,
    isExact: colonMinutes !== undefined || minutes > 0,
    isBare: bare !== undefined && meridiem === undefined,
    half: side,
  };
}

const hoursFrom = (fromMinutes: number, toMinutes: number): DayHours => ({
  from: clockOf(((fromMinutes % 1440) + 1440) % 1440),
  to: clockOf(toMinutes === 1440 ? 1440 : ((toMinutes % 1440) + 1440) % 1440),
});

/** The half of the day said once counts for both: `晚上8点到10点`, `6-8pm`. */
function readSpan(text: string, index: number): HoursMatch | undefined {
  const first = readClock(text, index);
  const link = first && matchAt(until, text, first.end);
  if (!first || !link) return undefined;
  const secondStart = first.end + link[0].length;
  const second = readClock(text, secondStart);
  if (!second) return undefined;
  let from = first.minutes;
  let to = second.minutes;
  if (first.half !== undefined && second.half === undefined && to < 720) {
    const carried = inHalf(Math.floor(to / 60), first.half) * 60 + (to % 60);
    // 晚上 10 点到 2 点: into the next day, not back to the afternoon.
    if (carried > from) to = carried;
  }
  if (second.half === 'pm' && first.half === undefined && from < 720 && from + 720 < to) from += 720;
  const isBare = first.isBare && second.isBare;
  if (from === to || (isBare && from > to)) return undefined;
  return { end: second.end, hours: hoursFrom(from, to), isGuess: isBare };
}

const allDay = 1440;

/** One time alone means the time around it: the hour, or a quarter of an hour either way when minutes were said. */
function readSingle(text: string, index: number, word: string | undefined): HoursMatch | undefined {
  const clock = readClock(text, index);
  if (!clock || clock.isBare) return undefined;
  const { minutes } = clock;
  const suffixes: readonly (readonly [RegExp, string])[] = [
    [around, 'around'],
    [after, 'after'],
    [before, 'before'],
  ];
  const found = suffixes.flatMap(([pattern, name]) => {
    const match = matchAt(pattern, text, clock.end);
    return match ? [{ name, end: clock.end + match[0].length }] : [];
  })[0];
  const end = found?.end ?? clock.end;
  switch (found?.name ?? word) {
    case 'around':
    case 'about':
      return { end, hours: hoursFrom(minutes - 30, minutes + 30), isGuess: false };
    case 'after':
    case 'since':
    case 'from':
      return minutes >= allDay ? undefined : { end, hours: hoursFrom(minutes, allDay), isGuess: false };
    case 'before':
    case 'until':
    case 'by':
      return minutes === 0 ? undefined : { end, hours: hoursFrom(0, minutes), isGuess: false };
    default:
      return clock.isExact
        ? { end, hours: hoursFrom(minutes - 15, minutes + 15), isGuess: false }
        : { end, hours: hoursFrom(minutes, minutes + 60), isGuess: false };
  }
}

/** Hours of the day at this place of the text: `18-20点`, `晚上8点到10点`, `6-8pm`, `早高峰`, `around 18:30`. */
export function readHours(text: string, index: number): HoursMatch | undefined {
  const open = matchAt(opening, text, index);
  const start = index + (open?.[0].length ?? 0);
  const clock = readSpan(text, start) ?? readSingle(text, start, open?.[1]);
  if (clock) return clock;
  if (open || !isBoundary(text, index)) return undefined;
  for (const { pattern, from, to } of namedPatterns) {
    const match = matchAt(pattern, text, index);
    if (match && isBoundary(text, index + match[0].length))
      return { end: index + match[0].length, hours: { from, to }, isGuess: false };
  }
  return undefined;
}

/** A plain clock time, for `2026-11-20 18:00 到 2026-11-21 06:00`. */
export function readMoment(
  text: string,
  index: number,
): { readonly end: number; readonly minutes: number } | undefined {
  const clock = readClock(text, index);
  return clock && !clock.isBare ? clock : undefined;
}
