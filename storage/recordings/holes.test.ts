import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holesIn, type Stretch } from './holes.ts';

const RANGE = { startMs: 1000, endMs: 11_000 };
const stretches = (...list: readonly (readonly [number, number])[]): Stretch[] =>
  list.map(([startMs, endMs]) => ({ startMs, endMs }));

test('what nothing covers is left, exactly', () => {
  expect(holesIn(RANGE, [], 200)).toEqual([RANGE]);
  expect(holesIn(RANGE, stretches([5000, 6000], [0, 2000], [8000, 20_000]), 200)).toEqual(
    stretches([2000, 5000], [6000, 8000]),
  );
  expect(holesIn(RANGE, stretches([900, 4000], [4200, 10_900]), 200)).toEqual([]);
  expect(holesIn(RANGE, stretches([0, 500], [12_000, 13_000]), 200)).toEqual([RANGE]);
});

test('holes lie in the range, in order, and touch nothing that is covered', () => {
  const stretch = fc
    .tuple(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: 0, max: 4000 }))
    .map(([startMs, length]) => ({ startMs, endMs: startMs + length }));
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 12 }), (covered) => {
      const holes = holesIn(RANGE, covered, 0);
      const coveredMs = (ms: number): boolean => covered.some(({ startMs, endMs }) => ms >= startMs && ms < endMs);
      for (let ms = RANGE.startMs; ms < RANGE.endMs; ms += 50)
        expect(holes.some(({ startMs, endMs }) => ms >= startMs && ms < endMs)).toBe(!coveredMs(ms));
      for (const [index, hole] of holes.entries()) expect(hole.startMs).toBeGreaterThan(holes[index - 1]?.endMs ?? 0);
    }),
  );
});
