import { expect, test } from 'vitest';
import type { Sighting } from '#api/contract/sightings.ts';
import { compare } from './differences.ts';

const pass = (text: string | undefined, type: string, colour: string, confidence = 0.9, plateColour = 'blue') =>
  ({
    vehicleType: type,
    vehicleColour: { name: colour, confidence },
    ...(text === undefined ? {} : { plate: { text, colour: plateColour } }),
  }) as Sighting;

test('marks the characters, type and colours in which passes differ', () => {
  expect(compare([pass('皖A8K23X', 'car', 'white'), pass('皖A8X23X', 'van', 'black', 0.9, 'green')])).toEqual({
    plateAt: [3],
    isTypeDifferent: true,
    isColourDifferent: true,
    isPlateColourDifferent: true,
  });
});

test('the same is the same, and a plate that is longer differs at its end', () => {
  expect(compare([pass('皖A1', 'car', 'white'), pass('皖A1', 'car', 'white')])).toMatchObject({
    plateAt: [],
    isTypeDifferent: false,
    isColourDifferent: false,
  });
  expect(compare([pass('皖A12', 'car', 'white'), pass('皖A1', 'car', 'white')]).plateAt).toEqual([3]);
});

test('what was not seen, or hardly, is no difference', () => {
  expect(
    compare([pass(undefined, 'car', 'unknown'), pass('皖A1', 'car', 'white'), pass('皖A1', 'car', 'red', 0.3)]),
  ).toEqual({
    plateAt: [],
    isTypeDifferent: false,
    isColourDifferent: false,
    isPlateColourDifferent: false,
  });
});
