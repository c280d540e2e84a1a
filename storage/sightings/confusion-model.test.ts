import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PROVINCES, SUFFIXES } from '#analyzers/packs/plate/plate-alphabet.ts';
import { countConfusions } from './confusion-counts.ts';
import { ConfusionModel } from './confusion-model.ts';

const REST = `ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789${SUFFIXES}`;

test('what a character can be read as sums to one, with and without anything learned', () => {
  const counts = fc.array(
    fc.record({
      trueCharacter: fc.constantFrom(...Array.from(REST + PROVINCES)),
      readCharacter: fc.constantFrom(...Array.from(REST + PROVINCES)),
      weight: fc.double({ min: 0, max: 1e4, noNaN: true }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(counts, (learned) => {
      const model = new ConfusionModel(learned);
      for (const alphabet of [REST, PROVINCES])
        for (const character of alphabet) {
          let sum = 0;
          for (const other of alphabet) sum += model.ofCharacter(character, other);
          expect(sum).toBeCloseTo(1, 9);
        }
    }),
    { numRuns: 30 },
  );
});

test('an empty store takes characters of similar shape for each other', () => {
  const model = new ConfusionModel();
  expect(model.ofCharacter('8', 'B')).toBeGreaterThan(10 * model.ofCharacter('8', 'K'));
  expect(model.ofText('京A12845', '京A12K45')).toBeLessThan(model.ofText('京A12845', '京A12B45') / 10);
  expect(model.confusablesOf('0')).toEqual(expect.arrayContaining(['D', 'Q']));
  expect(model.confusablesOf('川')).toHaveLength(PROVINCES.length - 1);
});

test('the likelihoods of all texts of a length are those of a reader that reads something', () => {
  const model = new ConfusionModel();
  const two = Array.from(REST).flatMap((a) => Array.from(REST).map((b) => a + b));
  const ofTwo = two.reduce((sum, text) => sum + model.ofText('A8', text), 0);
  // Some are read with a character more or less.
  expect(ofTwo).toBeGreaterThan(0.98);
  expect(ofTwo).toBeLessThan(1);
  expect(model.ofText('京A12345', '京A1245')).toBeCloseTo(0.002, 3);
  expect(model.ofText('京A12345', '京A123345')).toBeLessThan(0.001);
});

test('it learns what the reader hesitates between', () => {
  const readings = Array.from({ length: 500 }, () => ({
    text: '京A8888K',
    confidence: 0.8,
    alternatives: [
      { text: '京A8888X', confidence: 0.15 },
      { text: '京A888', confidence: 0.05 },
    ],
  }));
  const counts = countConfusions(readings);
  expect(counts).toContainEqual({ trueCharacter: 'X', readCharacter: 'K', weight: expect.closeTo(75, 6) });
  expect(counts).toContainEqual({ trueCharacter: 'K', readCharacter: 'K', weight: expect.closeTo(400, 6) });
  const model = new ConfusionModel(counts);
  const prior = new ConfusionModel();
  expect(model.ofCharacter('X', 'K')).toBeGreaterThan(2 * prior.ofCharacter('X', 'K'));
  // Nothing was learned of Z; its prior stays.
  expect(model.ofCharacter('Z', '2')).toBe(prior.ofCharacter('Z', '2'));
  expect(model.shareOfMisreadings('京A8888X', '京A8888K')).toBeGreaterThan(
    prior.shareOfMisreadings('京A8888X', '京A8888K'),
  );
});

test.each([
  ['nothing', []],
  ['something', [{ trueCharacter: '8', readCharacter: '5', weight: 900 }]],
])('of misreadings four in five are of one character, having learned %s', (_what, learned) => {
  const model = new ConfusionModel(learned);
  const read = '京A12345';
  let sum = 0;
  for (const [place, character] of Array.from(read).entries())
    for (const other of place === 0 ? PROVINCES : REST)
      if (other !== character) sum += model.shareOfMisreadings(Array.from(read).with(place, other).join(''), read);
  expect(sum).toBeCloseTo(0.8, 9);
  expect(model.shareOfMisreadings('京A12345', '京A1234')).toBeGreaterThan(0);
  expect(model.shareOfMisreadings('京A12345', '京A123456')).toBeCloseTo(0.01 / 8, 9);
  expect(model.shareOfMisreadings('京B98345', '京A12345')).toBe(0);
});
