import { describe, expect, it } from 'vitest';
import { joinSequences, PlateClasses } from './character-sequence.ts';
import { decodePlate, logProbabilityOf } from './plate-beam.ts';
import { PlateGrammar, type PlateGrammarName } from './plate-forms.ts';

/** The recogniser's characters: those of all plates, the dot, and the two letters that Chinese serials lack. */
const RECOGNISED = [...new Set(`${new PlateGrammar('both').alphabet}·`)];
const CLASSES = RECOGNISED.length + 1;
const classOf = new Map(RECOGNISED.map((character, i) => [character, i + 1]));

/** One step per entry: the probabilities of some characters ('' is blank), the rest spread thinly. */
function sequence(steps: readonly Readonly<Record<string, number>>[], name: PlateGrammarName = 'china') {
  const data = new Float32Array(steps.length * CLASSES).fill(1e-6);
  for (const [step, likely] of steps.entries())
    for (const [character, probability] of Object.entries(likely))
      data[step * CLASSES + (classOf.get(character) ?? 0)] = probability;
  const classes = new PlateClasses(new PlateGrammar(name).alphabet, classOf);
  return classes.select({ data, steps: steps.length, classes: CLASSES });
}

const clear = (text: string): Readonly<Record<string, number>>[] =>
  Array.from(text).flatMap((character) => [{ [character]: 0.98 }, { '': 0.98 }]);

function read(steps: readonly Readonly<Record<string, number>>[], name: PlateGrammarName = 'china') {
  const grammar = new PlateGrammar(name);
  return decodePlate(sequence(steps, name), grammar.alphabet, grammar);
}

describe('decodePlate', () => {
  it.each([
    '皖A12345',
    '京AD12345',
    '京A12345D',
    '皖B1234挂',
    '皖C123D学',
    '粤Z1F23港',
    '沪A0023领',
    '使014578',
    '皖A1234警',
    'KA12345',
    'WJ皖12345',
  ])('reads a clear %s', (text) => {
    expect(read(clear(text))[0]?.text).toBe(text);
  });

  it('keeps doubled characters apart when there is a blank between, and only then', () => {
    expect(read(clear('皖A11345'))[0]?.text).toBe('皖A11345');
    const held = clear('皖A12345').flatMap((step) => ('1' in step ? [step, step, step] : [step]));
    expect(read(held)[0]?.text).toBe('皖A12345');
  });

  it('takes a letter O or I for the digit where Chinese plates have no such letter', () => {
    const steps = clear('皖A12345').map((step) => ('1' in step ? { I: 0.95 } : step));
    const [best] = read(steps);
    expect(best?.text).toBe('皖A12345');
    expect(best?.logProbability).toBeGreaterThan(-1);
  });

  it('keeps O and I in plates of other countries', () => {
    expect(read(clear('OI123'), 'generic')[0]?.text).toBe('OI123');
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

  it('reads two rows that were joined, equal neighbours included', () => {
    const joined = joinSequences(sequence([{ 皖: 0.98 }, { A: 0.98 }]), sequence(clear('A1234')));
    const grammar = new PlateGrammar('china');
    expect(decodePlate(joined, grammar.alphabet, grammar)[0]?.text).toBe('皖AA1234');
  });
});

describe('logProbabilityOf', () => {
  it('sums over all ways to lay a text along the steps', () => {
    const { alphabet } = new PlateGrammar('generic');
    // Two steps, A or blank at each: A is 'A-', '-A' and 'AA'.
    const steps = [
      { A: 0.6, '': 0.4 },
      { A: 0.3, '': 0.7 },
    ];
    const log = logProbabilityOf('A', sequence(steps, 'generic'), alphabet);
    expect(Math.exp(log)).toBeCloseTo(0.6 * 0.7 + 0.4 * 0.3 + 0.6 * 0.3, 3);
  });

  it('agrees with the beam search on a clear plate', () => {
    const { alphabet } = new PlateGrammar('china');
    const steps = clear('皖A11345');
    expect(logProbabilityOf('皖A11345', sequence(steps), alphabet)).toBeCloseTo(read(steps)[0]!.logProbability, 3);
  });

  it('rules out a character that the alphabet lacks', () => {
    const { alphabet } = new PlateGrammar('generic');
    expect(logProbabilityOf('皖', sequence([{ A: 1 }], 'generic'), alphabet)).toBe(Number.NEGATIVE_INFINITY);
  });
});
