import { expect, test } from 'vitest';
import { normalisePlateQuery, plateRuns } from './plate-doubt.ts';

test('joins neighbours of the same sureness into one run', () => {
  expect(plateRuns('皖A8B23', [0.99, 0.98, 0.6, 0.79, 0.8, 0.95])).toEqual([
    { text: '皖A', isDoubtful: false },
    { text: '8B', isDoubtful: true },
    { text: '23', isDoubtful: false },
  ]);
});

test('takes a character without a confidence as sure', () => {
  expect(plateRuns('皖A1', [])).toEqual([{ text: '皖A1', isDoubtful: false }]);
});

test('gives nothing for no plate', () => {
  expect(plateRuns('', [])).toEqual([]);
});

test.each([
  ['皖a8？23', '皖A8?23'],
  ['皖A·8 2 3', '皖A823'],
  ['＊８８', '*88'],
  ['皖A8_23', '皖A8?23'],
])('reads %s as %s', (typed, plate) => expect(normalisePlateQuery(typed)).toBe(plate));
