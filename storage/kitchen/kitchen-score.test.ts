import { expect, test } from 'vitest';
import { scoreHistory } from './kitchen-score.ts';

test('a violation lowers the score from its day on, for 30 days, by ten times its severity', () => {
  const scores = scoreHistory([{ item: 'flame', daysAgo: 3, counted: 1 }], { flame: 3 });
  expect(scores).toHaveLength(30);
  expect(scores.slice(0, 26).every((score) => score === 100)).toBe(true);
  expect(scores.slice(26)).toEqual([70, 70, 70, 70]);
  // One of 32 days ago no longer counts today, and still did two days ago.
  const old = scoreHistory([{ item: 'other', daysAgo: 32, counted: 2 }], {});
  expect([old[0], old[26], old[27], old[29]]).toEqual([80, 80, 100, 100]);
});

test('a score does not go below nothing', () => {
  expect(scoreHistory([{ item: 'x', daysAgo: 0, counted: 20 }], {}).at(-1)).toBe(0);
});
