import { suggestWords } from '../query/attribute-words.ts';
import { type PlaceEntry, type PlaceIndex, suggestPlaces } from '../query/places.ts';
import { normalisePlateQuery } from '../../shared/plate-doubt.ts';

export type Suggestion =
  | { readonly kind: 'place'; readonly entry: PlaceEntry }
  | { readonly kind: 'plate'; readonly plate: string }
  /** A word that the box understands. */
  | { readonly kind: 'word'; readonly word: string };

const mostPlaces = 6;
const mostWords = 3;
const mostPlates = 4;

/** The word at the end of the text, which is being typed. */
export function lastWord(draft: string): string {
  return /[^\s,，;；、]*$/.exec(draft)?.[0] ?? '';
}

/** What the word may become: plates kept in the case, places. */
export function suggest(
  word: string,
  places: PlaceIndex | undefined,
  keptPlates: readonly string[],
): readonly Suggestion[] {
  if (word === '') return [];
  const part = normalisePlateQuery(word).replaceAll('?', '');
  const plates =
    part.length < 1 ? [] : keptPlates.filter((plate) => plate.includes(part) && plate !== part).slice(0, mostPlates);
  return [
    ...plates.map((plate) => ({ kind: 'plate', plate }) as const),
    ...suggestWords(word, mostWords).map((one) => ({ kind: 'word', word: one }) as const),
    ...(places ? suggestPlaces(places, word, mostPlaces) : []).map((entry) => ({ kind: 'place', entry }) as const),
  ];
}
