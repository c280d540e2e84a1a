import { expect, test } from 'vitest';
import { isAlertMine, screenOf, withMessage } from './screens.ts';

const here = (screen: number, ...cameras: string[]) => ({ type: 'here' as const, screen, layout: '4', cameras });

test('knows the windows that are open, in order, until they close or fall silent', () => {
  let known = withMessage([], here(3, 'c'), 0);
  known = withMessage(known, here(2, 'b'), 5_000);
  expect(known.map(({ screen }) => screen)).toEqual([2, 3]);
  expect(withMessage(known, { type: 'gone', screen: 2 }, 6_000).map(({ screen }) => screen)).toEqual([3]);
  expect(withMessage(known, undefined, 13_000).map(({ screen }) => screen)).toEqual([2]);
  expect(withMessage(known, undefined, 6_000)).toBe(known);
});

test('an alert belongs to the window that shows its camera, else to the first', () => {
  const others = withMessage([], here(2, 'b'), 0);
  expect(isAlertMine('b', 1, ['a'], others)).toBe(false);
  expect(isAlertMine('a', 1, ['a'], others)).toBe(true);
  expect(isAlertMine('x', 1, ['a'], others)).toBe(true);
  expect(isAlertMine('x', 2, ['b'], [])).toBe(false);
  expect(isAlertMine('b', 2, ['b'], [])).toBe(true);
});

test.each([
  ['', 1],
  ['screen=2', 2],
  ['screen=0', 1],
  ['screen=99', 1],
  ['screen=x', 1],
])('%j is screen %i', (search, screen) => {
  expect(screenOf(new URLSearchParams(search))).toBe(screen);
});
