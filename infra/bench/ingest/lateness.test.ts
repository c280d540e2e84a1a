import { expect, test } from 'vitest';
import { Lateness } from './lateness.ts';

test('tells what a share was not later than, to a tenth of a millisecond', () => {
  const lateness = new Lateness();
  for (let lateMs = 1; lateMs <= 100; lateMs++) lateness.add(lateMs - 0.55);
  expect(lateness.quantileMs(0.5)).toBeCloseTo(49.5, 1);
  expect(lateness.quantileMs(0.99)).toBeCloseTo(98.5, 1);
  expect(lateness.quantileMs(1)).toBe(99.45);
  expect(lateness.maxMs).toBe(99.45);
});

test('keeps the latest of all, however late, and forgets when it is cleared', () => {
  const lateness = new Lateness();
  lateness.add(0);
  lateness.add(60_000);
  expect([lateness.quantileMs(0.5), lateness.maxMs]).toEqual([0.1, 60_000]);
  lateness.clear();
  expect([lateness.quantileMs(0.5), lateness.maxMs]).toEqual([0, 0]);
});
