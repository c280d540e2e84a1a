import { expect, test } from 'vitest';
import { TileDigits } from './digits.ts';

test('one digit picks a tile at once, a second one soon after it makes a larger number', () => {
  const digits = new TileDigits();
  expect(digits.type(2, 36, 0)).toBe(1);
  expect(digits.type(3, 36, 500)).toBe(22);
  expect(digits.type(3, 36, 2_000)).toBe(2);
});

test('a number that there is not begins anew with its last digit', () => {
  const digits = new TileDigits();
  digits.type(4, 36, 0);
  expect(digits.type(5, 36, 100)).toBe(4);
  expect(digits.type(0, 36, 2_000)).toBeUndefined();
  expect(new TileDigits().type(9, 4, 0)).toBeUndefined();
});
