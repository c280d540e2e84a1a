import { expect, test } from 'vitest';
import { nextHit, stepHit } from './next-hit.ts';

test('the one behind a decided hit comes next; after the last the one before; then none', () => {
  expect(nextHit(['a', 'b', 'c'], 'b')).toBe('c');
  expect(nextHit(['a', 'b', 'c'], 'c')).toBe('b');
  expect(nextHit(['a'], 'a')).toBeUndefined();
  expect(nextHit(['a', 'b'], 'gone')).toBe('a');
});

test('steps stay within the list', () => {
  expect(stepHit(['a', 'b'], 'a', 1)).toBe('b');
  expect(stepHit(['a', 'b'], 'b', 1)).toBe('b');
  expect(stepHit(['a', 'b'], undefined, 1)).toBe('a');
  expect(stepHit([], undefined, 1)).toBeUndefined();
});
