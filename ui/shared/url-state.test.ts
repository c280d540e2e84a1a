import { expect, test } from 'vitest';
import { changedSearch } from './url-state.ts';

test('sets, replaces and removes parameters and leaves the others', () => {
  const before = new URLSearchParams('a=1&b=2&c=3');
  expect(changedSearch(before, { a: '9', b: undefined, d: '' }).toString()).toBe('a=9&c=3');
  expect(before.toString()).toBe('a=1&b=2&c=3');
});
