import { expect, test } from 'vitest';
import { hoursOfWeek, isTimeZone, parseClock, parseWindow, spansOfDay } from './schedule.ts';

test('takes times as people type them', () => {
  expect(['8', '830', '0830', '8:30', '23.59', '24'].map(parseClock)).toEqual([
    '08:00',
    '08:30',
    '08:30',
    '08:30',
    '23:59',
    '24:00',
  ]);
  expect(['25', '8:60', '24:30', 'noon', ''].map(parseClock)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('takes a window in one line, in either language', () => {
  const workdays = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' };
  for (const text of ['1-5 8-18', 'Mo-Fr 8:00-18:00', '周一至周五 8-18', '工作日 0800-1800', 'mon - fri 8 - 18'])
    expect(parseWindow(text), text).toEqual(workdays);
  expect(parseWindow('8-18')?.days).toHaveLength(7);
  expect(parseWindow('周末 22-6')).toEqual({ days: [6, 7], from: '22:00', to: '06:00' });
  expect(parseWindow('sa,1 0-24')).toEqual({ days: [1, 6], from: '00:00', to: '24:00' });
  expect(parseWindow('6-1 8-9')?.days).toEqual([1, 6, 7]);
  expect(['', 'someday 8-9', '1-5', '1-9 8-18', '1 24-6', '1 8-25'].map(parseWindow)).toEqual(
    Array.from({ length: 6 }, () => undefined),
  );
});

test('draws what runs over midnight on both days, and counts each hour once', () => {
  const night = { days: [7 as const], from: '22:00', to: '06:00' };
  expect(spansOfDay([night], 7)).toEqual([{ from: 22 / 24, to: 1 }]);
  expect(spansOfDay([night], 1)).toEqual([{ from: 0, to: 0.25 }]);
  expect(spansOfDay([{ ...night, to: '00:00' }], 1)).toEqual([]);
  const morning = { days: [1 as const], from: '04:00', to: '08:00' };
  expect(hoursOfWeek([night, morning])).toBe(10);
  expect(hoursOfWeek([{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }])).toBe(168);
});

test('knows a time zone', () => {
  expect(isTimeZone('Asia/Shanghai')).toBe(true);
  expect(isTimeZone('Asia/Nowhere')).toBe(false);
  expect(isTimeZone('')).toBe(false);
});
