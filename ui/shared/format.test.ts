import { expect, test } from 'vitest';
import {
  formatBitrate,
  formatBytes,
  formatDistance,
  formatDuration,
  formatStopwatch,
  formatTime,
  startOfDay,
} from './format.ts';

const local = new Date(2026, 10, 23, 18, 4, 5).getTime();

test('writes times with seconds and in 24 hours', () => {
  expect(formatTime(local)).toBe('2026-11-23 18:04:05');
});

test('finds midnight of the day', () => {
  expect(formatTime(startOfDay(local))).toBe('2026-11-23 00:00:00');
});

test.each([
  [42_000, '00:42'],
  [1_023_000, '17:03'],
  [7_509_000, '2:05:09'],
  [-5, '00:00'],
])('counts %i ms as %s', (ms, text) => expect(formatStopwatch(ms)).toBe(text));

test.each([
  [4_000, '4 s'],
  [192_000, '3 min 12 s'],
  [120_000, '2 min'],
  [7_500_000, '2 h 5 min'],
  [273_600_000, '3 d 4 h'],
])('says %i ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test('changes the unit where the figure would be long', () => {
  expect(formatDistance(412.4)).toBe('412 m');
  expect(formatDistance(2_340)).toBe('2.3 km');
  expect(formatBitrate(640)).toBe('640 kbit/s');
  expect(formatBitrate(2_150)).toBe('2.1 Mbit/s');
});

test('writes sizes with the figures that matter', () => {
  expect([0, 512, 12_345, 3_400_000, 21_440_000_000, 999_700_000].map(formatBytes)).toEqual([
    '0 B',
    '512 B',
    '12 kB',
    '3.4 MB',
    '21.4 GB',
    '1.0 GB',
  ]);
});
