import type { PlateKind } from '../../detection.ts';
import { ALL_LETTERS, DIGITS, LETTERS, NEW_ENERGY_LETTERS, PROVINCES } from './plate-alphabet.ts';

/** Which plates are read: of mainland China, of letters and digits alone, or whichever fits better. */
export type PlateGrammarName = 'china' | 'generic' | 'both';

/** What plates of one kind look like. */
export interface PlateForm {
  readonly kind: PlateKind;
  /** The characters that may stand at each place. */
  readonly places: readonly string[];
}

const SERIAL = LETTERS + DIGITS;
const times = (count: number, characters: string): string[] => Array.from({ length: count }, () => characters);
const civil = (kind: PlateKind, last: string): PlateForm => ({
  kind,
  places: [PROVINCES, LETTERS, ...times(4, SERIAL), last],
});

/**
 * GA 36-2018 for civil and police plates. Plates of the army (two letters, five characters) and of the armed police (WJ, a
 * province where it is a local force, five characters) follow no public standard: their forms are those seen on vehicles.
 */
const CHINA: readonly PlateForm[] = [
  civil('standard', SERIAL),
  // Small: the letter first, its neighbour a letter or a digit. Large: the letter last.
  { kind: 'new_energy', places: [PROVINCES, LETTERS, NEW_ENERGY_LETTERS, SERIAL, ...times(4, DIGITS)] },
  { kind: 'new_energy', places: [PROVINCES, LETTERS, ...times(5, DIGITS), NEW_ENERGY_LETTERS] },
  civil('learner', '学'),
  civil('trailer', '挂'),
  civil('police', '警'),
  { kind: 'hong_kong_macau', places: ['粤', 'Z', ...times(4, SERIAL), '港澳'] },
  civil('consular', '领'),
  { kind: 'consular', places: ['使', ...times(6, DIGITS)] },
  { kind: 'military', places: [LETTERS, LETTERS, ...times(5, SERIAL)] },
  { kind: 'military', places: ['W', 'J', PROVINCES, ...times(5, SERIAL)] },
];

/** Shortest and longest text of a plate in the generic grammar. */
const GENERIC_LENGTHS = [4, 5, 6, 7, 8, 9, 10];
const GENERIC: readonly PlateForm[] = GENERIC_LENGTHS.map((length) => ({
  kind: 'generic',
  places: times(length, ALL_LETTERS + DIGITS),
}));

/**
 * A set of forms that texts can be followed through character by character. A state is a set of forms, one bit each, that a
 * text so far agrees with.
 */
export class PlateGrammar {
  readonly forms: readonly PlateForm[];
  /** Every character that a form has. */
  readonly alphabet: string;
  /** Of each place, which forms have a character there. */
  readonly #formsWith: readonly ReadonlyMap<string, number>[];
  readonly #complete: readonly number[];

  constructor(name: PlateGrammarName) {
    this.forms = [...(name === 'generic' ? [] : CHINA), ...(name === 'china' ? [] : GENERIC)];
    const longest = Math.max(...this.forms.map(({ places }) => places.length));
    this.#formsWith = Array.from({ length: longest }, (_, place) => {
      const at = new Map<string, number>();
      for (const [form, { places }] of this.forms.entries())
        for (const character of places[place] ?? '') at.set(character, (at.get(character) ?? 0) | (1 << form));
      return at;
    });
    this.#complete = Array.from({ length: longest + 1 }, (_, length) =>
      this.forms.reduce((set, { places }, form) => (places.length === length ? set | (1 << form) : set), 0),
    );
    this.alphabet = [...new Set(this.forms.flatMap(({ places }) => places.flatMap((place) => Array.from(place))))].join(
      '',
    );
  }

  /** The state of the empty text. */
  get start(): number {
    return (1 << this.forms.length) - 1;
  }

  /** The state after one more character at `place`; 0 when no plate begins like this. */
  next(state: number, place: number, character: string): number {
    return state & (this.#formsWith[place]?.get(character) ?? 0);
  }

  /** Characters that may stand at `place` in some form, with the forms that have them. */
  charactersAt(place: number): ReadonlyMap<string, number> {
    return this.#formsWith[place] ?? new Map<string, number>();
  }

  /** The kinds that a text of this state and length is complete as. */
  kindsOf(state: number, length: number): PlateKind[] {
    const complete = state & (this.#complete[length] ?? 0);
    const kinds = this.forms.flatMap(({ kind }, form) => (complete & (1 << form) ? [kind] : []));
    return [...new Set(kinds)];
  }

  /** What a text can be; empty when it is no plate. */
  kindsOfText(text: string): PlateKind[] {
    let state = this.start;
    for (const [place, character] of Array.from(text).entries()) state = this.next(state, place, character);
    return this.kindsOf(state, Array.from(text).length);
  }
}
