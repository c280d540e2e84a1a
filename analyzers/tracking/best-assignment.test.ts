import { expect, it } from 'vitest';
import { assignBest } from './best-assignment.ts';

/** Tries every way: what the fast one is measured by. */
function bestSum(gains: readonly (readonly (number | undefined)[])[], from = 0, used = new Set<number>()): number {
  if (from === gains.length) return 0;
  let best = bestSum(gains, from + 1, used);
  for (const [right, gain] of (gains[from] ?? []).entries()) {
    if (gain === undefined || used.has(right)) continue;
    best = Math.max(best, gain + bestSum(gains, from + 1, new Set([...used, right])));
  }
  return best;
}

it('gives two neighbours a partner each, where the best pair first would leave one alone', () => {
  const gains = [
    [0.9, 0.8],
    [0.85, undefined],
  ];
  const pairs = assignBest(2, 2, (left, right) => gains[left]?.[right]);
  expect(pairs.toSorted((a, b) => a.left - b.left)).toEqual([
    { left: 0, right: 1 },
    { left: 1, right: 0 },
  ]);
});

it('never pairs what cannot be the same, and takes sides of any length', () => {
  expect(assignBest(0, 3, () => 1)).toEqual([]);
  expect(assignBest(3, 2, () => undefined)).toEqual([]);
  expect(assignBest(1, 4, (_, right) => (right === 2 ? 0.4 : undefined))).toEqual([{ left: 0, right: 2 }]);
});

it('finds the largest sum, as trying every way does', () => {
  let state = 7;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let round = 0; round < 200; round++) {
    const [rows, columns] = [1 + Math.floor(random() * 5), 1 + Math.floor(random() * 5)];
    const gains = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => (random() < 0.3 ? undefined : random())),
    );
    const pairs = assignBest(rows, columns, (left, right) => gains[left]?.[right]);
    const sum = pairs.reduce((total, { left, right }) => total + (gains[left]?.[right] ?? Number.NaN), 0);
    expect(new Set(pairs.map(({ left }) => left)).size).toBe(pairs.length);
    expect(new Set(pairs.map(({ right }) => right)).size).toBe(pairs.length);
    expect(sum).toBeCloseTo(bestSum(gains), 9);
  }
});
