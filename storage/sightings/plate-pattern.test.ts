import { expect, test } from 'vitest';
import { normalisePlate, parsePlatePattern, withOneUnknown } from './plate-pattern.ts';

test.each([
  ['京A·12345', '京A12345'],
  [' 京a 123-45 ', '京A12345'],
  ['京Ａ１２３４５', '京A12345'],
  ['京A•D12345', '京AD12345'],
])('%j is %s', (typed, plate) => {
  expect(normalisePlate(typed)).toBe(plate);
});

test.each([
  ['京A12345', { kind: 'exact', text: '京A12345' }],
  ['京A12?45', { kind: 'partial', text: '京A12?45', like: '京A12_45' }],
  ['京A＊＊５', { kind: 'partial', text: '京A**5', like: '京A%5' }],
])('%s becomes a pattern of the database', (typed, pattern) => {
  expect(parsePlatePattern(typed)).toEqual(pattern);
});

test.each(['', '   ', '京A%', "京A'", '京A\\', 'あA1', '1'.repeat(17)])('refuses %j', (typed) => {
  expect(() => parsePlatePattern(typed)).toThrow(expect.objectContaining({ code: 'PLATE_PATTERN_INVALID' }));
});

test('each character in turn is unknown', () => {
  expect(withOneUnknown('京A1')).toEqual(['?A1', '京?1', '京A?']);
});
