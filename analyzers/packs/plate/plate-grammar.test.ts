import { describe, expect, it } from 'vitest';
import { DIGITS, LETTERS, PROVINCES, plateKind, SUFFIXES } from './plate-alphabet.ts';
import { decodePlate } from './plate-grammar.ts';

const ALPHABET = Array.from(`${PROVINCES}${LETTERS}${DIGITS}${SUFFIXES}·I`);
const CLASSES = ALPHABET.length + 1;
const classOf = new Map(ALPHABET.slice(0, -2).map((character, i) => [character, i + 1]));
const plateClasses = { classOf, separators: [ALPHABET.indexOf('·') + 1] };

/** One step per entry: the probabilities of some characters ('' is blank), the rest spread thinly. */
function sequence(steps: readonly Readonly<Record<string, number>>[]) {
  const data = new Float32Array(steps.length * CLASSES).fill(1e-6);
  for (const [step, likely] of steps.entries())
    for (const [character, probability] of Object.entries(likely))
      data[step * CLASSES + (character === '' ? 0 : ALPHABET.indexOf(character) + 1)] = probability;
  return { data, steps: steps.length, classes: CLASSES };
}

const clear = (text: string): Readonly<Record<string, number>>[] =>
  Array.from(text).flatMap((character) => [{ [character]: 0.98 }, { '': 0.98 }]);
const read = (steps: readonly Readonly<Record<string, number>>[]) => decodePlate(sequence(steps), plateClasses);

describe('decodePlate', () => {
  it('reads a clear plate of seven and of eight characters', () => {
    expect(read(clear('皖A12345'))[0]?.text).toBe('皖A12345');
    expect(read(clear('京AD12345'))[0]?.text).toBe('京AD12345');
  });

  it('keeps doubled characters apart when there is a blank between, and only then', () => {
    expect(read(clear('皖A11345'))[0]?.text).toBe('皖A11345');
    const held = clear('皖A12345').flatMap((step) => ('1' in step ? [step, step, step] : [step]));
    expect(read(held)[0]?.text).toBe('皖A12345');
  });

  it('takes the digit where the grammar allows no letter O or I', () => {
    const steps = clear('皖A12345').map((step) => ('1' in step ? { I: 0.7, '1': 0.25 } : step));
    expect(read(steps)[0]?.text).toBe('皖A12345');
  });

  it('does not take the dot between letters and number for a character', () => {
    const steps = clear('皖A12345');
    const dotted = read([...steps.slice(0, 4), { '·': 0.95 }, ...steps.slice(4)]);
    expect(dotted[0]?.text).toBe('皖A12345');
    expect(dotted[0]?.logProbability).toBeGreaterThan(-1);
  });

  it('gives the next best texts after the best, with falling probability', () => {
    const plates = read(clear('皖A12345').map((step) => ('5' in step ? { '5': 0.6, '6': 0.35 } : step)));
    expect(plates.slice(0, 2).map(({ text }) => text)).toEqual(['皖A12345', '皖A12346']);
    expect(plates[0]!.logProbability).toBeGreaterThan(plates[1]!.logProbability);
  });

  it('still offers a complete plate when the clearest text lacks a character', () => {
    const steps = clear('皖A1234').with(-1, { '': 0.999, '5': 0.0009 });
    expect(read(steps)[0]?.text).toBe('皖A12345');
  });

  it('gives nothing for a picture without any text', () => {
    expect(read(Array.from({ length: 6 }, () => ({ '': 0.999 })))).toEqual([]);
  });
});

describe('plateKind', () => {
  it.each([
    ['皖A12345', 'standard'],
    ['粤Z1234港', 'standard'],
    ['皖A1234学', 'standard'],
    ['京AD12345', 'new-energy'],
    ['京A12345D', 'new-energy'],
    ['皖AF0A123', undefined],
    ['皖A1234', undefined],
    ['皖I12345', undefined],
    ['A123456', undefined],
  ])('%s is %s', (text, kind) => {
    expect(plateKind(text)).toBe(kind);
  });
});
