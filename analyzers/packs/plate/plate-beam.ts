import type { CharacterSequence } from './character-sequence.ts';
import type { PlateGrammar } from './plate-forms.ts';

/** A text and its log probability. */
export interface WeightedText {
  readonly text: string;
  /** Natural logarithm. */
  readonly logProbability: number;
}

/** A prefix with its log probability, split by whether the last step was blank: a doubled letter needs a blank between. */
interface Beam {
  readonly text: string;
  /** Forms of plates that the text agrees with. */
  readonly state: number;
  blank: number;
  character: number;
}

/**
 * Texts followed at a time, per length and by whether they begin with a letter or digit: else a confident text that lacks a
 * character would crowd out all complete ones, and letter pairs all provinces where none can be read.
 */
const BEAMS_PER_GROUP = 8;
/** Texts so much less probable than the best (in logarithms) are not followed. */
const BEAM_DEPTH = 24;
/** A character less probable than this at a step does not start there, but for the first: it is misread most. */
const UNLIKELY = -11;

function logAdd(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  if (b === Number.NEGATIVE_INFINITY) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

const total = (beam: Beam): number => logAdd(beam.blank, beam.character);

/**
 * Reads a sequence as a plate: a prefix beam search (Hannun et al. 2014) that only follows texts that a form of the grammar
 * begins with.
 *
 * @param alphabet the characters of the sequence, in its order
 * @returns complete plates, best first; empty when nothing comes near
 */
export function decodePlate(sequence: CharacterSequence, alphabet: string, grammar: PlateGrammar): WeightedText[] {
  const size = alphabet.length;
  const indexOf = new Map(Array.from(alphabet, (character, index) => [character, index]));
  let beams: readonly Beam[] = [{ text: '', state: grammar.start, blank: 0, character: Number.NEGATIVE_INFINITY }];
  for (let step = 0; step < sequence.steps; step++) {
    const row = step * size;
    const logBlank = sequence.nothing[step] as number;
    const logOf = (character: string): number =>
      sequence.characters[row + (indexOf.get(character) ?? -1)] ?? Number.NEGATIVE_INFINITY;
    const next = new Map<string, Beam>();
    const add = (text: string, state: number, blank: number, character: number): void => {
      const beam = next.get(text);
      if (!beam) next.set(text, { text, state, blank, character });
      else {
        beam.blank = logAdd(beam.blank, blank);
        beam.character = logAdd(beam.character, character);
      }
    };
    for (const beam of beams) {
      const { text, state } = beam;
      const before = total(beam);
      const last = text.at(-1) ?? '';
      add(text, state, before + logBlank, Number.NEGATIVE_INFINITY);
      if (last !== '') add(text, state, Number.NEGATIVE_INFINITY, beam.character + logOf(last));
      for (const [character, forms] of grammar.charactersAt(text.length)) {
        const logCharacter = logOf(character);
        const after = state & forms;
        if (after === 0 || (logCharacter < UNLIKELY && text !== '')) continue;
        const from = character === last ? beam.blank : before;
        add(text + character, after, Number.NEGATIVE_INFINITY, from + logCharacter);
      }
    }
    beams = prune(next);
  }
  return beams
    .filter(({ text, state }) => grammar.kindsOf(state, text.length).length > 0)
    .map((beam) => ({ text: beam.text, logProbability: total(beam) }))
    .toSorted((a, b) => b.logProbability - a.logProbability);
}

function prune(beams: ReadonlyMap<string, Beam>): Beam[] {
  const ranked = [...beams.values()]
    .map((beam) => ({ beam, score: total(beam) }))
    .toSorted((a, b) => b.score - a.score);
  const best = ranked[0]?.score ?? 0;
  const kept = new Map<number, number>();
  return ranked.flatMap(({ beam, score }) => {
    const group = /^\w/.test(beam.text) ? beam.text.length : -beam.text.length;
    const taken = kept.get(group) ?? 0;
    if (score < best - BEAM_DEPTH || taken >= BEAMS_PER_GROUP) return [];
    kept.set(group, taken + 1);
    return [beam];
  });
}

/**
 * How probable a text is in a sequence: the sum over all ways to lay it along the steps (Graves et al. 2006, §4.1).
 * @returns the natural logarithm; −∞ when the text has a character that the alphabet lacks
 */
export function logProbabilityOf(text: string, sequence: CharacterSequence, alphabet: string): number {
  const size = alphabet.length;
  const indices = Array.from(text, (character) => alphabet.indexOf(character));
  if (indices.includes(-1)) return Number.NEGATIVE_INFINITY;
  const states = 2 * indices.length + 1;
  // Even states lie between characters, odd ones on them.
  const at = (step: number, state: number): number =>
    state % 2 === 0
      ? (sequence.nothing[step] as number)
      : (sequence.characters[step * size + (indices[(state - 1) / 2] as number)] as number);
  let before = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  before[0] = at(0, 0);
  if (states > 1) before[1] = at(0, 1);
  for (let step = 1; step < sequence.steps; step++) {
    const now = new Float64Array(states);
    for (let state = 0; state < states; state++) {
      let sum = before[state] as number;
      if (state > 0) sum = logAdd(sum, before[state - 1] as number);
      const skips = state % 2 === 1 && state > 1 && indices[(state - 1) / 2] !== indices[(state - 3) / 2];
      if (skips) sum = logAdd(sum, before[state - 2] as number);
      now[state] = sum + at(step, state);
    }
    before = now;
  }
  return logAdd(before[states - 1] as number, states > 1 ? (before[states - 2] as number) : Number.NEGATIVE_INFINITY);
}
