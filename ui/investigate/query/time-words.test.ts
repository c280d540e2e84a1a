import { expect, test } from 'vitest';
import { formatTime } from '../../shared/format.ts';
import { plainText } from './scan.ts';
import { rangeNow, withHours } from './time-range.ts';
import { rangeWords, readTime } from './time-words.ts';

/** A Thursday. */
const now = new Date(2026, 10, 26, 15, 30, 0).getTime();

/** What the words mean as `from – to [hours]`, or undefined when not all of them are a time. */
function meaning(words: string): string | undefined {
  const text = plainText(words);
  const match = readTime(text, 0, now);
  if (!match || match.end !== text.length) return undefined;
  const { range, hours } = match;
  const days = range === undefined ? undefined : typeof range === 'string' ? rangeNow(range, now) : range;
  return [days && `${formatTime(days.fromMs)} – ${formatTime(days.toMs)}`, hours && `${hours.from}-${hours.to}`]
    .filter((part) => part !== undefined)
    .join(' ');
}

test.each([
  ['今天', '2026-11-26 00:00:00 – 2026-11-26 15:30:00'],
  ['today', '2026-11-26 00:00:00 – 2026-11-26 15:30:00'],
  ['昨天', '2026-11-25 00:00:00 – 2026-11-25 23:59:59'],
  ['Yesterday', '2026-11-25 00:00:00 – 2026-11-25 23:59:59'],
  ['前天', '2026-11-24 00:00:00 – 2026-11-24 23:59:59'],
  ['大前天', '2026-11-23 00:00:00 – 2026-11-23 23:59:59'],
  ['上周三', '2026-11-18 00:00:00 – 2026-11-18 23:59:59'],
  ['上星期日', '2026-11-22 00:00:00 – 2026-11-22 23:59:59'],
  ['本周一', '2026-11-23 00:00:00 – 2026-11-23 23:59:59'],
  ['周三', '2026-11-25 00:00:00 – 2026-11-25 23:59:59'],
  ['周五', '2026-11-20 00:00:00 – 2026-11-20 23:59:59'],
  ['上周', '2026-11-16 00:00:00 – 2026-11-22 23:59:59'],
  ['上周末', '2026-11-21 00:00:00 – 2026-11-22 23:59:59'],
  ['last wednesday', '2026-11-25 00:00:00 – 2026-11-25 23:59:59'],
  ['last thursday', '2026-11-19 00:00:00 – 2026-11-19 23:59:59'],
  ['last week', '2026-11-16 00:00:00 – 2026-11-22 23:59:59'],
  ['上个月', '2026-10-01 00:00:00 – 2026-10-31 23:59:59'],
  ['近3天', '2026-11-23 15:30:00 – 2026-11-26 15:30:00'],
  ['三天内', '2026-11-23 15:30:00 – 2026-11-26 15:30:00'],
  ['最近一小时', '2026-11-26 14:30:00 – 2026-11-26 15:30:00'],
  ['最近半小时', '2026-11-26 15:00:00 – 2026-11-26 15:30:00'],
  ['过去两周', '2026-11-12 15:30:00 – 2026-11-26 15:30:00'],
  ['最近十二小时', '2026-11-26 03:30:00 – 2026-11-26 15:30:00'],
  ['last hour', '2026-11-26 14:30:00 – 2026-11-26 15:30:00'],
  ['last 30 minutes', '2026-11-26 15:00:00 – 2026-11-26 15:30:00'],
  ['past 3 days', '2026-11-23 15:30:00 – 2026-11-26 15:30:00'],
  ['11月20日', '2026-11-20 00:00:00 – 2026-11-20 23:59:59'],
  ['12月1日', '2025-12-01 00:00:00 – 2025-12-01 23:59:59'],
  ['20号', '2026-11-20 00:00:00 – 2026-11-20 23:59:59'],
  ['30号', '2026-10-30 00:00:00 – 2026-10-30 23:59:59'],
  ['2026-11-20', '2026-11-20 00:00:00 – 2026-11-20 23:59:59'],
  ['2026年11月20日', '2026-11-20 00:00:00 – 2026-11-20 23:59:59'],
  ['2026/11/2', '2026-11-02 00:00:00 – 2026-11-02 23:59:59'],
  ['11/20', '2026-11-20 00:00:00 – 2026-11-20 23:59:59'],
  ['Nov 20', '2026-11-20 00:00:00 – 2026-11-20 23:59:59'],
  ['20 November 2025', '2025-11-20 00:00:00 – 2025-11-20 23:59:59'],
  ['11月20日到22日', '2026-11-20 00:00:00 – 2026-11-22 23:59:59'],
  ['11月20日至11月22日', '2026-11-20 00:00:00 – 2026-11-22 23:59:59'],
  ['2026-11-20 到 2026-11-22', '2026-11-20 00:00:00 – 2026-11-22 23:59:59'],
  ['Nov 20-22', '2026-11-20 00:00:00 – 2026-11-22 23:59:59'],
  ['昨天到今天', '2026-11-25 00:00:00 – 2026-11-26 23:59:59'],
  ['2026-11-20 18:00 到 2026-11-21 06:00', '2026-11-20 18:00:00 – 2026-11-21 06:00:00'],
  ['2026-11-20 18:00:05 to 2026-11-20 18:04:59', '2026-11-20 18:00:05 – 2026-11-20 18:04:59'],
])('reads the days of %s', (words, expected) => expect(meaning(words)).toBe(expected));

test.each([
  ['18-20点', '18:00-20:00'],
  ['１８－２０点', '18:00-20:00'],
  ['18点到20点', '18:00-20:00'],
  ['18:00-20:30', '18:00-20:30'],
  ['晚上8点到10点', '20:00-22:00'],
  ['晚上8点半到10点', '20:30-22:00'],
  ['晚上10点到凌晨2点', '22:00-02:00'],
  ['晚上10点到2点', '22:00-02:00'],
  ['下午3-5点', '15:00-17:00'],
  ['上午11点到下午1点', '11:00-13:00'],
  ['6-8pm', '18:00-20:00'],
  ['6pm to 8pm', '18:00-20:00'],
  ['11-1pm', '11:00-13:00'],
  ['10pm-2am', '22:00-02:00'],
  ['between 6 and 8 pm', '18:00-20:00'],
  ['18-20', '18:00-20:00'],
  ['18点', '18:00-19:00'],
  ['晚上八点', '20:00-21:00'],
  ['18:30', '18:15-18:45'],
  ['8pm', '20:00-21:00'],
  ['around 6:30pm', '18:00-19:00'],
  ['18点左右', '17:30-18:30'],
  ['18点以后', '18:00-24:00'],
  ['after 6pm', '18:00-24:00'],
  ['8点前', '00:00-08:00'],
  ['12pm', '12:00-13:00'],
  ['12am', '00:00-01:00'],
  ['凌晨', '00:00-06:00'],
  ['凌晨3点', '03:00-04:00'],
  ['早高峰', '07:00-09:00'],
  ['evening rush hour', '17:00-19:00'],
  ['morning', '06:00-12:00'],
])('reads the hours of %s', (words, expected) => expect(meaning(words)).toBe(expected));

test.each([
  ['昨晚', '2026-11-25 00:00:00 – 2026-11-25 23:59:59 18:00-06:00'],
  ['昨晚8点到10点', '2026-11-25 00:00:00 – 2026-11-25 23:59:59 20:00-22:00'],
  ['last night 6-8pm', '2026-11-25 00:00:00 – 2026-11-25 23:59:59 18:00-20:00'],
  ['last night 6-8', '2026-11-25 00:00:00 – 2026-11-25 23:59:59 18:00-20:00'],
  ['昨晚11点到2点', '2026-11-25 00:00:00 – 2026-11-25 23:59:59 23:00-02:00'],
  ['今早', '2026-11-26 00:00:00 – 2026-11-26 23:59:59 06:00-12:00'],
])('reads the day and the hours of %s', (words, expected) => expect(meaning(words)).toBe(expected));

test.each([
  '31月2日',
  '11月31日',
  '25点',
  '18',
  '2026',
  '8k23',
  'yesterdays',
  'wedding',
  'sunshine',
  '近',
  '周',
  '20-20',
])('does not take %s for a time', (words) => expect(meaning(words)).toBeUndefined());

test('says that two bare numbers are a guess', () => {
  expect(readTime('18-20', 0, now)?.isGuess).toBe(true);
  expect(readTime('18-20点', 0, now)?.isGuess).toBeUndefined();
});

test('a night belongs to the day on which it begins', () => {
  const { range, hours } = withHours(rangeNow('yesterday', now), { from: '18:00', to: '06:00' });
  expect(hours).toBeUndefined();
  expect([formatTime(range.fromMs), formatTime(range.toMs)]).toEqual(['2026-11-25 18:00:00', '2026-11-26 05:59:59']);
});

test('hours of several days stay hours of each day', () => {
  const days = rangeNow('7d', now);
  expect(withHours(days, { from: '18:00', to: '20:00' })).toEqual({
    range: days,
    hours: { from: '18:00', to: '20:00' },
  });
});

test.each(['today', 'yesterday', '90m', '3h', '7d'] as const)('writes %s in words that mean the same', (range) => {
  for (const isEnglish of [true, false]) {
    const words = plainText(rangeWords(range, isEnglish, formatTime));
    expect(readTime(words, 0, now)).toMatchObject({ end: words.length, range });
  }
});

test('writes days and moments in words that mean the same', () => {
  const day = (date: number, hours = 0, seconds = 0): number => new Date(2026, 10, date, hours, 0, seconds).getTime();
  const ranges = [
    { fromMs: day(20), toMs: day(21) - 1 },
    { fromMs: day(20), toMs: day(23) - 1 },
    { fromMs: day(20, 18, 5), toMs: day(21, 6) },
  ];
  for (const range of ranges) {
    const words = rangeWords(range, false, formatTime);
    expect(readTime(words, 0, now)).toMatchObject({ end: words.length, range });
  }
});
