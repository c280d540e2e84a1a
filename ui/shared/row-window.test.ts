import { expect, test } from 'vitest';
import { rowWindow, scrollToRow } from './row-window.ts';

const view = { heightPx: 600, rowPx: 60, count: 20_000 };

test('draws what is seen and a little more, wherever a list of 20,000 is scrolled to', () => {
  for (const scrollTopPx of [0, 59, 12_345, 600_000, 1_199_400]) {
    const { first, end, abovePx, belowPx } = rowWindow({ ...view, scrollTopPx });
    expect(first * 60).toBeLessThanOrEqual(scrollTopPx);
    expect(end * 60).toBeGreaterThanOrEqual(scrollTopPx + 600);
    expect(end - first).toBeLessThan(30);
    expect(abovePx + (end - first) * 60 + belowPx).toBe(1_200_000);
  }
});

test('keeps to the end of a list that a filter has just shortened', () => {
  expect(rowWindow({ ...view, count: 5, scrollTopPx: 900_000 })).toEqual({ first: 0, end: 5, abovePx: 0, belowPx: 0 });
  expect(rowWindow({ ...view, count: 0, scrollTopPx: 0 })).toMatchObject({ first: 0, end: 0 });
});

test('scrolls only as far as a row needs', () => {
  expect(scrollToRow(3, { scrollTopPx: 0, heightPx: 600, rowPx: 60 })).toBe(0);
  expect(scrollToRow(10, { scrollTopPx: 0, heightPx: 600, rowPx: 60 })).toBe(60);
  expect(scrollToRow(2, { scrollTopPx: 600, heightPx: 600, rowPx: 60 })).toBe(120);
});
