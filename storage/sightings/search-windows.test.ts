import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchWindows } from './search-windows.ts';

const HOUR_MS = 3_600_000;

test('steps grow from the newest backwards, and none is longer than two days', () => {
  const [fromMs, toMs] = [0, 30 * 24 * HOUR_MS];
  const lengths = [...searchWindows([{ fromMs, toMs }])].map((step) =>
    step.reduce((sum, part) => sum + part.toMs - part.fromMs, 0),
  );
  expect(lengths.slice(0, 5).map((ms) => ms / HOUR_MS)).toEqual([1 / 6, 1, 6, 36, 48]);
  expect(Math.max(...lengths)).toBe(48 * HOUR_MS);
});

test('together the steps are what was to be looked through, in order', () => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 1, max: 5e8 }), fc.integer({ min: 1, max: 5e8 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(lengths, (parts) => {
      let endMs = 1e13;
      const intervals = parts.map(([length, gap]) => {
        const interval = { fromMs: endMs - length, toMs: endMs };
        endMs -= length + gap;
        return interval;
      });
      const joined: { fromMs: number; toMs: number }[] = [];
      for (const part of [...searchWindows(intervals)].flat()) {
        const before = joined.at(-1);
        if (before?.fromMs === part.toMs) joined[joined.length - 1] = { ...before, fromMs: part.fromMs };
        else joined.push(part);
      }
      expect(joined).toEqual(intervals);
    }),
  );
});
