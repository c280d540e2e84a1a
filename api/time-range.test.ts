import { expect, test } from 'vitest';
import { iso, parseTime, parseTimeRange } from './time-range.ts';

const HOUR_MS = 3_600_000;

test('a range is read with its offset from UTC, and may be as long as allowed', () => {
  expect(parseTimeRange('2026-11-23T08:00:00+08:00', '2026-11-23T01:00:00.500Z', HOUR_MS + 500)).toEqual({
    fromMs: Date.UTC(2026, 10, 23),
    toMs: Date.UTC(2026, 10, 23, 1, 0, 0, 500),
  });
});

test.each([
  ['2026-11-23T01:00:00Z', '2026-11-23T01:00:00Z'],
  ['2026-11-23T01:00:00Z', '2026-11-23T00:59:59Z'],
  ['2026-11-23T00:00:00Z', '2026-11-23T01:00:00.001Z'],
  ['yesterday', '2026-11-23T01:00:00Z'],
  ['2026-11-23T00:00:00Z', '2016-12-31T23:59:60Z'],
])('%s to %s is no range of an hour', (from, to) => {
  expect(() => parseTimeRange(from, to, HOUR_MS)).toThrow(expect.objectContaining({ code: 'RANGE_INVALID' }));
});

test('a time that is none names its field', () => {
  expect(parseTime('2026-11-23T00:00:00Z', 'before')).toBe(Date.UTC(2026, 10, 23));
  expect(() => parseTime('2016-12-31T23:59:60Z', 'before')).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID', context: { field: 'before' } }),
  );
});

test('times leave in UTC with milliseconds', () => {
  expect(iso(Date.UTC(2026, 10, 23, 1, 2, 3))).toBe('2026-11-23T01:02:03.000Z');
});
