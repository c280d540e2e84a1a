import { expect, test } from 'vitest';
import { median, suggestThreshold, wilsonInterval } from './item-statistics.ts';

test('the interval is wide for few answers, narrow for many, and never leaves 0..1', () => {
  // Figures from Newcombe 1998, Two-sided confidence intervals for the single proportion, table I, method 3.
  const known = wilsonInterval(81, 263);
  expect(known.low).toBeCloseTo(0.2553, 4);
  expect(known.high).toBeCloseTo(0.3662, 4);
  const none = wilsonInterval(0, 20);
  expect(none.low).toBe(0);
  expect(none.high).toBeCloseTo(0.1611, 4);
  expect(wilsonInterval(10, 10).high).toBeCloseTo(1, 12);
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
});

const answers = (confirmed: readonly number[], dismissed: readonly number[]) => [
  ...confirmed.map((score) => ({ score, isConfirmed: true })),
  ...dismissed.map((score) => ({ score, isConfirmed: false })),
];

test('a threshold is suggested where wrong ones have low scores, and says what it would have cost', () => {
  const clean = answers([0.9, 0.85, 0.8, 0.8, 0.75, 0.95], [0.5, 0.55, 0.6, 0.6]);
  expect(suggestThreshold(clean)).toEqual({ minScore: 0.68, dismissedHeld: 4, confirmedHeld: 0 });
  const mixed = answers([...Array<number>(39).fill(0.9), 0.5], [0.4, 0.45, 0.6, 0.62, 0.95]);
  expect(suggestThreshold(mixed)).toEqual({ minScore: 0.76, dismissedHeld: 4, confirmedHeld: 1 });
});

test('none is suggested from few answers, without wrong ones, or where the scores tell nothing', () => {
  expect(suggestThreshold(answers([0.9, 0.8], [0.5]))).toBeUndefined();
  expect(suggestThreshold(answers(Array<number>(12).fill(0.9), []))).toBeUndefined();
  expect(suggestThreshold(answers([0.3, 0.9, 0.7, 0.8, 0.6], [0.4, 0.5, 0.85, 0.65, 0.9]))).toBeUndefined();
  expect(suggestThreshold(answers(Array<number>(6).fill(0.7), Array<number>(6).fill(0.7)))).toBeUndefined();
});

test('a suggested threshold never holds back the next higher score itself', () => {
  const close = answers(Array<number>(8).fill(0.601), Array<number>(4).fill(0.6));
  expect(suggestThreshold(close)).toMatchObject({ dismissedHeld: 4, confirmedHeld: 0 });
});

test('the median of an even number is the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeUndefined();
});
