import { expect, test } from 'vitest';
import { fitted } from './shrink-photo.ts';

test('a photo is made to fit, keeps its shape, and is never enlarged', () => {
  expect(fitted(4000, 3000, 1600)).toEqual({ width: 1600, height: 1200 });
  expect(fitted(3000, 4000, 1600)).toEqual({ width: 1200, height: 1600 });
  expect(fitted(800, 600, 1600)).toEqual({ width: 800, height: 600 });
  expect(fitted(20_000, 3, 1600)).toEqual({ width: 1600, height: 1 });
});
