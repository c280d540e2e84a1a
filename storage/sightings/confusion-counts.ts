import type { ConfusionCount } from './confusion-model.ts';
import type { Reading } from './plate-likelihood.ts';

/** Less is noise, and would be half of all rows. */
const LEAST_WEIGHT = 0.05;

/**
 * What readings say of the reader's mistakes. A reader that says "8, and with 0.2 B" is, if its confidences mean what they say, wrong in two of
 * ten such cases: that counts as 0.2 of a B read as 8, and 0.8 of an 8 read as 8. Alternatives of another length are left out.
 */
export function countConfusions(readings: Iterable<Reading>): readonly ConfusionCount[] {
  const weights = new Map<string, Map<string, number>>();
  for (const { text, confidence, alternatives } of readings) {
    const read = Array.from(text);
    for (const truth of [{ text, confidence }, ...alternatives]) {
      const characters = Array.from(truth.text);
      if (characters.length !== read.length || !(truth.confidence > 0)) continue;
      for (const [place, character] of characters.entries()) {
        const row = weights.get(character) ?? new Map<string, number>();
        const seen = read[place] ?? '';
        row.set(seen, (row.get(seen) ?? 0) + truth.confidence);
        weights.set(character, row);
      }
    }
  }
  return [...weights].flatMap(([trueCharacter, row]) =>
    [...row]
      .filter(([, weight]) => weight >= LEAST_WEIGHT)
      .map(([readCharacter, weight]) => ({ trueCharacter, readCharacter, weight })),
  );
}
