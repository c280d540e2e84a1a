import { nextCharacters, plateKind } from './plate-alphabet.ts';

/** Probabilities of characters over time, as text recognition gives them. */
export interface CharacterSequence {
  /** float32 [steps, classes], each row sums to 1; class 0 is 'no character here'. */
  readonly data: Float32Array;
  readonly steps: number;
  readonly classes: number;
}

/** Which classes of the recogniser mean what on a plate. */
export interface PlateClasses {
  readonly classOf: ReadonlyMap<string, number>;
  /** Dots, dashes and spaces. */
  readonly separators: readonly number[];
}

export interface DecodedPlate {
  readonly text: string;
  /** Natural logarithm of its probability. */
  readonly logProbability: number;
}

/** A prefix's log probability, split by whether the last step was blank: a doubled letter needs a blank between. */
interface Beam {
  blank: number;
  character: number;
}

/** Texts followed at a time, per length: else a confident text that lacks a character would crowd out all complete ones. */
const BEAMS_PER_LENGTH = 6;
/** Texts so much less probable than the best (in logarithms) are not followed. */
const BEAM_DEPTH = 24;
/** Keeps a class of probability zero from ruling a text out for good. */
const FLOOR = 1e-7;
/** A character less probable than this at a step does not start there. */
const UNLIKELY = -11;

function logAdd(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  if (b === Number.NEGATIVE_INFINITY) return a;
  const most = Math.max(a, b);
  return most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}

const total = (beam: Beam): number => logAdd(beam.blank, beam.character);

/**
 * Reads a sequence as a Chinese licence plate: a prefix beam search (Hannun et al. 2014) that only follows texts that can
 * become a plate.
 *
 * @param classes which classes stand for characters of plates, and which for marks between them
 * @returns complete plates, best first; empty when nothing comes near
 */
export function decodePlate(sequence: CharacterSequence, { classOf, separators }: PlateClasses): DecodedPlate[] {
  const { data, steps, classes } = sequence;
  let beams = new Map<string, Beam>([['', { blank: 0, character: Number.NEGATIVE_INFINITY }]]);
  for (let step = 0; step < steps; step++) {
    const row = step * classes;
    // A dot between letters and number is no character: it counts as nothing.
    const nothing = separators.reduce((sum, index) => sum + (data[row + index] ?? 0), data[row] ?? 0);
    const logBlank = Math.log(nothing + FLOOR);
    const logOf = new Map<string, number>();
    for (const [character, index] of classOf) logOf.set(character, Math.log((data[row + index] ?? 0) + FLOOR));
    // Every province is followed from the start: it is the character that is misread most.
    const likely = [...logOf].filter(([, log]) => log >= UNLIKELY);
    const next = new Map<string, Beam>();
    const add = (text: string, blank: number, character: number): void => {
      const beam = next.get(text);
      if (!beam) next.set(text, { blank, character });
      else {
        beam.blank = logAdd(beam.blank, blank);
        beam.character = logAdd(beam.character, character);
      }
    };
    for (const [text, beam] of beams) {
      const before = total(beam);
      const last = text.at(-1) ?? '';
      add(text, before + logBlank, Number.NEGATIVE_INFINITY);
      const logLast = logOf.get(last);
      if (logLast !== undefined) add(text, Number.NEGATIVE_INFINITY, beam.character + logLast);
      const allowed = nextCharacters(text);
      for (const [character, logCharacter] of text === '' ? logOf : likely) {
        if (!allowed.includes(character)) continue;
        add(text + character, Number.NEGATIVE_INFINITY, (character === last ? beam.blank : before) + logCharacter);
      }
    }
    beams = prune(next);
  }
  return [...beams]
    .filter(([text]) => plateKind(text) !== undefined)
    .map(([text, beam]) => ({ text, logProbability: total(beam) }))
    .toSorted((a, b) => b.logProbability - a.logProbability);
}

function prune(beams: ReadonlyMap<string, Beam>): Map<string, Beam> {
  const ranked = [...beams]
    .map(([text, beam]) => ({ text, beam, score: total(beam) }))
    .toSorted((a, b) => b.score - a.score);
  const best = ranked[0]?.score ?? 0;
  const kept = new Map<string, Beam>();
  const perLength: number[] = [];
  for (const { text, beam, score } of ranked) {
    const taken = perLength[text.length] ?? 0;
    if (score < best - BEAM_DEPTH || taken >= BEAMS_PER_LENGTH) continue;
    perLength[text.length] = taken + 1;
    kept.set(text, beam);
  }
  return kept;
}
