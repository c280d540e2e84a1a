import { expect, test } from 'vitest';
import { readTime } from './time-field.tsx';

test('reads days and times as they are written everywhere on the pages', () => {
  expect(readTime('2026-11-23')).toBe(new Date(2026, 10, 23).getTime());
  expect(readTime(' 2026-11-23 18:04:05 ')).toBe(new Date(2026, 10, 23, 18, 4, 5).getTime());
  expect(readTime('2026-11-23 18:04')).toBe(new Date(2026, 10, 23, 18, 4).getTime());
});

test.each(['', '2026-11-31', '2026-13-01', '2026-11-23 25:00', '11/23/2026', 'yesterday'])(
  'does not take %j for a time',
  (text) => {
    expect(readTime(text)).toBeUndefined();
  },
);
