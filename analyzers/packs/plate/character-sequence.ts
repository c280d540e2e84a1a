import { READ_AS, SEPARATORS } from './plate-alphabet.ts';

/** What a text recogniser gives: probabilities of classes over time. */
export interface ClassSequence {
  /** float32 [steps, classes], each row sums to 1; class 0 is 'no character here'. */
  readonly data: Float32Array;
  readonly steps: number;
  readonly classes: number;
}

/** The part of it that concerns plates: log probabilities of each character of an alphabet over time. */
export interface CharacterSequence {
  readonly steps: number;
  /** Row `step` has `alphabet.length` entries. */
  readonly characters: Float64Array;
  /** Of 'no character here', separators included; one per step. */
  readonly nothing: Float64Array;
}

/** Keeps one look at a plate from ruling out what another one sees clearly. */
const FLOOR = 1e-5;

/** Which classes of a recogniser stand for which characters of plates. */
export class PlateClasses {
  readonly alphabet: string;
  readonly #classesOf: readonly (readonly number[])[];
  readonly #nothing: readonly number[];

  /**
   * @param alphabet of the plates to read
   * @param classOf of the recogniser's characters
   */
  constructor(alphabet: string, classOf: ReadonlyMap<string, number>) {
    const find = (characters: readonly string[]): number[] =>
      characters.flatMap((character) => classOf.get(character) ?? []);
    this.alphabet = alphabet;
    this.#classesOf = Array.from(alphabet, (character) => {
      // A letter that this alphabet lacks is the digit it looks like.
      const lookalikes = Object.keys(READ_AS).filter((key) => READ_AS[key] === character && !alphabet.includes(key));
      return find([character, ...lookalikes]);
    });
    this.#nothing = [0, ...find(Array.from(SEPARATORS))];
  }

  /** Keeps of a recogniser's output what concerns plates. */
  select({ data, steps, classes }: ClassSequence): CharacterSequence {
    const size = this.#classesOf.length;
    const characters = new Float64Array(steps * size);
    const nothing = new Float64Array(steps);
    const logOf = (row: number, indices: readonly number[]): number =>
      Math.log(indices.reduce((sum, index) => sum + (data[row + index] ?? 0), FLOOR));
    for (let step = 0; step < steps; step++) {
      nothing[step] = logOf(step * classes, this.#nothing);
      for (const [i, indices] of this.#classesOf.entries())
        characters[step * size + i] = logOf(step * classes, indices);
    }
    return { steps, characters, nothing };
  }
}

/** One sequence after another, for the rows of a plate; a step of nothing keeps equal characters of two rows apart. */
export function joinSequences(upper: CharacterSequence, lower: CharacterSequence): CharacterSequence {
  const size = upper.characters.length / upper.steps;
  const steps = upper.steps + 1 + lower.steps;
  const characters = new Float64Array(steps * size).fill(Math.log(FLOOR));
  const nothing = new Float64Array(steps);
  characters.set(upper.characters);
  characters.set(lower.characters, (upper.steps + 1) * size);
  nothing.set(upper.nothing);
  nothing.set(lower.nothing, upper.steps + 1);
  return { steps, characters, nothing };
}
