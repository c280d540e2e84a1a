import { describe, expect, it } from 'vitest';
import { PlateClasses } from './character-sequence.ts';
import { decodePlate } from './plate-beam.ts';
import { rankLooks } from './plate-candidates.ts';
import { PlateGrammar } from './plate-forms.ts';

const grammar = new PlateGrammar('china');
const { alphabet } = grammar;
const classOf = new Map(Array.from(alphabet, (character, i) => [character, i + 1]));
const context = { colour: 'blue', rows: 1, homeProvince: '' } as const;

/** A look that sees each character of 皖A12345 clearly, but for the last. */
function look(last: Readonly<Record<string, number>>) {
  const steps = [...Array.from('皖A1234', (character) => ({ [character]: 0.95 })), last].flatMap((step) => [
    step,
    { '': 0.98 },
  ]);
  const width = alphabet.length + 1;
  const data = new Float32Array(steps.length * width).fill(1e-6);
  for (const [step, likely] of steps.entries())
    for (const [character, probability] of Object.entries(likely))
      data[step * width + (classOf.get(character) ?? 0)] = probability;
  const sequence = new PlateClasses(alphabet, classOf).select({ data, steps: steps.length, classes: width });
  return { sequence, texts: decodePlate(sequence, alphabet, grammar) };
}

describe('rankLooks', () => {
  it('has no answer without looks that found a plate', () => {
    expect(rankLooks([], alphabet, grammar, context)).toBeUndefined();
  });

  it('lets a clear second look settle what the first left open', () => {
    const unsure = look({ '5': 0.48, '6': 0.5 });
    const sure = look({ '5': 0.97, '6': 0.01 });
    expect(rankLooks([unsure], alphabet, grammar, context)?.text).toBe('皖A12346');
    const both = rankLooks([unsure, sure], alphabet, grammar, context);
    expect(both?.text).toBe('皖A12345');
    expect(both?.alternatives[0]?.text).toBe('皖A12346');
  });

  it('is surer of a clear plate, and knows which character is in doubt', () => {
    const clear = rankLooks([look({ '5': 0.97 })], alphabet, grammar, context);
    const doubtful = rankLooks([look({ '5': 0.5, '6': 0.4 })], alphabet, grammar, context);
    expect(clear!.confidence).toBeGreaterThan(doubtful!.confidence);
    const { characterConfidences } = doubtful!;
    expect(Math.min(...characterConfidences)).toBe(characterConfidences[6]);
  });

  it('gives whole texts whose confidences together are at most one, five at most', () => {
    const ranked = rankLooks(
      [look({ '5': 0.2, '6': 0.2, '3': 0.15, '8': 0.15, B: 0.1, S: 0.1 })],
      alphabet,
      grammar,
      context,
    );
    expect(ranked!.alternatives).toHaveLength(5);
    const sum = ranked!.alternatives.reduce((total, { confidence }) => total + confidence, ranked!.confidence);
    expect(sum).toBeLessThanOrEqual(1);
    expect(ranked!.alternatives.map(({ confidence }) => confidence)).toEqual(
      ranked!.alternatives.map(({ confidence }) => confidence).toSorted((a, b) => b - a),
    );
  });

  it('calls a standard plate in two rows by its rows', () => {
    const rows = rankLooks([look({ '5': 0.97 })], alphabet, grammar, { ...context, rows: 2 });
    expect(rows?.kind).toBe('two_row');
  });
});
