import type { CharacterSequence } from './character-sequence.ts';
import type { PlateGrammar } from './plate-forms.ts';

/** A text and its log probability. */
export interface WeightedText {
  readonly text: string;
  /** Natural logarithm. */
  readonly logProbability: number;
}

/** A text that is followed. Texts that begin alike share their beginnings: nothing is looked up by its text, which would be half of the work. */
interface Prefix {
  readonly text: string;
  readonly length: number;
  /** Of the alphabet; -1: there is none yet. */
  readonly lastIndex: number;
  /** Forms of plates that the text agrees with. */
  readonly state: number;
  /** Prefixes are ranked among those of their length that begin with a letter or digit, or do not. */
  readonly group: number;
  readonly children: (Prefix | undefined)[];
  /** At which step it was last reached, and there its log probability, split by whether the step was blank: a doubled letter needs a blank between. */
  step: number;
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

const total = ({ blank, character }: Prefix): number => logAdd(blank, character);

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
  const following: (Following | undefined)[] = [];
  const followingAt = (length: number): Following =>
    (following[length] ??= Array.from(grammar.charactersAt(length), ([character, forms]) => ({
      character,
      forms,
      index: indexOf.get(character) ?? -1,
    })).filter(({ index }) => index >= 0));
  let beams: readonly Prefix[] = [
    {
      ...{ text: '', length: 0, lastIndex: -1, state: grammar.start, group: 0, children: [] },
      ...{ step: -1, blank: 0, character: Number.NEGATIVE_INFINITY },
    },
  ];
  for (let step = 0; step < sequence.steps; step++) {
    const row = step * size;
    const logBlank = sequence.nothing[step] as number;
    const reached: Prefix[] = [];
    const add = (prefix: Prefix, blank: number, character: number): void => {
      if (prefix.step === step) {
        prefix.blank = logAdd(prefix.blank, blank);
        prefix.character = logAdd(prefix.character, character);
        return;
      }
      prefix.step = step;
      prefix.blank = blank;
      prefix.character = character;
      reached.push(prefix);
    };
    // What prefixes were before this step: they are reached anew while others still follow them.
    const before = beams.map((prefix) => ({ prefix, blank: prefix.blank, character: prefix.character }));
    for (const { prefix, blank, character } of before) {
      const whole = logAdd(blank, character);
      const { lastIndex, length, state } = prefix;
      add(prefix, whole + logBlank, Number.NEGATIVE_INFINITY);
      if (lastIndex >= 0)
        add(prefix, Number.NEGATIVE_INFINITY, character + (sequence.characters[row + lastIndex] as number));
      for (const next of followingAt(length)) {
        const logCharacter = sequence.characters[row + next.index] as number;
        const after = state & next.forms;
        if (after === 0 || (logCharacter < UNLIKELY && length > 0)) continue;
        const child = (prefix.children[next.index] ??= childOf(prefix, next, after));
        add(child, Number.NEGATIVE_INFINITY, (next.index === lastIndex ? blank : whole) + logCharacter);
      }
    }
    beams = prune(reached);
  }
  return beams
    .filter(({ state, length }) => grammar.kindsOf(state, length).length > 0)
    .map((prefix) => ({ text: prefix.text, logProbability: total(prefix) }))
    .toSorted((a, b) => b.logProbability - a.logProbability);
}

/** The characters that may stand at a place, and in which forms. */
type Following = readonly { readonly character: string; readonly forms: number; readonly index: number }[];

function childOf(prefix: Prefix, { character, index }: Following[number], state: number): Prefix {
  const text = prefix.text + character;
  const length = prefix.length + 1;
  const beginsLatin = prefix.length === 0 ? /\w/.test(character) : prefix.group > 0;
  return {
    ...{ text, length, lastIndex: index, state, group: beginsLatin ? length : -length, children: [] },
    ...{ step: -1, blank: Number.NEGATIVE_INFINITY, character: Number.NEGATIVE_INFINITY },
  };
}

function prune(reached: readonly Prefix[]): Prefix[] {
  const ranked = reached.map((prefix) => ({ prefix, score: total(prefix) })).toSorted((a, b) => b.score - a.score);
  const best = ranked[0]?.score ?? 0;
  const kept = new Map<number, number>();
  const beams: Prefix[] = [];
  for (const { prefix, score } of ranked) {
    if (score < best - BEAM_DEPTH) break;
    const taken = kept.get(prefix.group) ?? 0;
    if (taken >= BEAMS_PER_GROUP) continue;
    kept.set(prefix.group, taken + 1);
    beams.push(prefix);
  }
  return beams;
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
