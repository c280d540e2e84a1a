import { expect, it } from 'vitest';
import { detection } from '../testing/pictures.ts';
import { dropDuplicates, nearnessOf, pairBestFirst } from './association.ts';

it('pairs what fits best first, each at most once', () => {
  const fits = [
    [0.9, 0.8],
    [0.85, undefined],
  ];
  const pairs = pairBestFirst(2, 2, (left, right) => fits[left]?.[right]);
  expect(pairs).toEqual([{ left: 0, right: 0 }]);
});

it('leaves one box of a vehicle that is reported as car and as truck', () => {
  const car = detection('car', 0.3, 0.3, 0.2, 0.2, 0.8);
  const truck = detection('truck', 0.31, 0.3, 0.2, 0.2, 0.5);
  const other = detection('car', 0.6, 0.3, 0.2, 0.2, 0.7);
  expect(dropDuplicates([car, other, truck])).toEqual([car, other]);
});

it('keeps a person who stands in front of a vehicle', () => {
  const bus = detection('bus', 0.3, 0.3, 0.4, 0.4);
  const person = detection('person', 0.4, 0.4, 0.1, 0.25);
  expect(dropDuplicates([bus, person])).toHaveLength(2);
});

it('finds nothing near that is of a very different size', () => {
  const small = { x: 0.5, y: 0.5, width: 0.05, height: 0.05 };
  expect(nearnessOf(small, { x: 0.5, y: 0.5, width: 0.2, height: 0.2 }, 2)).toBeUndefined();
  expect(nearnessOf(small, { x: 0.56, y: 0.5, width: 0.05, height: 0.05 }, 2)).toBeCloseTo(0.4, 5);
});
