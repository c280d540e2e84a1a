import { expect, test } from 'vitest';
import { type Interval, intervalsOf } from './time-of-day.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);
const shown = (intervals: readonly Interval[]): string[] =>
  intervals.map(({ fromMs, toMs }) => `${new Date(fromMs).toISOString()} ${(toMs - fromMs) / HOUR_MS} h`);

test('the hours of each day are cut out of the range, newest first', () => {
  const range = { fromMs: at('2026-03-01T10:30:00Z'), toMs: at('2026-03-03T10:30:00Z') };
  const hours = { from: '18:00', to: '20:00', timeZone: 'Asia/Shanghai' };
  expect(shown(intervalsOf(range, hours))).toEqual([
    '2026-03-03T10:00:00.000Z 0.5 h',
    '2026-03-02T10:00:00.000Z 2 h',
    '2026-03-01T10:30:00.000Z 1.5 h',
  ]);
});

test('hours may go over midnight, or all day', () => {
  const range = { fromMs: at('2026-03-01T16:00:00Z'), toMs: at('2026-03-02T16:00:00Z') };
  const night = { from: '23:00', to: '01:00', timeZone: 'Asia/Shanghai' };
  expect(shown(intervalsOf(range, night))).toEqual(['2026-03-02T15:00:00.000Z 1 h', '2026-03-01T16:00:00.000Z 1 h']);
  for (const day of [
    { from: '00:00', to: '24:00' },
    { from: '07:00', to: '07:00' },
  ])
    expect(intervalsOf(range, { ...day, timeZone: 'Asia/Shanghai' })).toEqual([range]);
});

test('an hour that the wall clock shows twice counts twice, one that it leaves out not at all', () => {
  const autumn = { fromMs: at('2026-10-24T12:00:00Z'), toMs: at('2026-10-26T12:00:00Z') };
  const early = { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' };
  expect(shown(intervalsOf(autumn, early))).toEqual(['2026-10-26T01:00:00.000Z 1 h', '2026-10-25T00:00:00.000Z 2 h']);
  const spring = { fromMs: at('2026-03-28T12:00:00Z'), toMs: at('2026-03-29T12:00:00Z') };
  expect(intervalsOf(spring, early)).toEqual([]);
});

test.each(['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
  'in %s a moment is inside when the wall clock says so',
  (timeZone) => {
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    const range = { fromMs: at('2026-01-01T00:00:00Z'), toMs: at('2027-01-01T00:00:00Z') };
    for (const [from, to] of [
      ['06:30', '09:00'],
      ['22:00', '02:15'],
    ] as const) {
      const intervals = intervalsOf(range, { from, to, timeZone });
      for (let timeMs = range.fromMs; timeMs < range.toMs; timeMs += 3_700_000) {
        const wall = clock.format(timeMs);
        const isWanted = from < to ? wall >= from && wall < to : wall >= from || wall < to;
        const isInside = intervals.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
        if (isInside !== isWanted) expect([new Date(timeMs).toISOString(), wall, isInside]).toEqual([]);
      }
    }
  },
);

test('a time zone that nobody knows is refused', () => {
  expect(() => intervalsOf({ fromMs: 0, toMs: 1 }, { from: '00:00', to: '01:00', timeZone: 'Mars/Crater' })).toThrow(
    expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' }),
  );
});
