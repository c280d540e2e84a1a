import { LETTERS, PROVINCES, SUFFIXES } from '#analyzers/packs/plate/plate-alphabet.ts';
import type { ConfusionModel } from './confusion-model.ts';
import { isProvince } from './look-alikes.ts';

const REST = `${LETTERS}IO0123456789`;

/**
 * Every text that a plate may stand in the dictionary as when it was misread: one character another, one more, one less, or two characters
 * each another that it is confused with, or one such and one less. Some 2,000 to 4,000 texts: to be looked up one by one in the unique index.
 *
 * @param plate normalised, without wildcards
 * @returns without the plate itself
 */
export function neighboursOf(plate: string, model: ConfusionModel): readonly string[] {
  const characters = Array.from(plate);
  const found = new Set<string>();
  const add = (changed: readonly string[]): void => void found.add(changed.join(''));
  for (const [place, character] of characters.entries()) {
    for (const other of alphabetAt(place, characters)) add(characters.with(place, other));
    add(characters.toSpliced(place, 1));
    for (const one of model.confusablesOf(character))
      for (let lost = 0; lost < characters.length; lost++)
        if (lost !== place) add(characters.with(place, one).toSpliced(lost, 1));
    for (let second = place + 1; second < characters.length; second++)
      for (const one of model.confusablesOf(character))
        for (const two of model.confusablesOf(characters[second] ?? ''))
          add(characters.with(place, one).with(second, two));
  }
  const hasProvince = isProvince(characters[0] ?? '');
  for (let place = 0; place <= characters.length; place++) {
    const alphabet = place === 0 && !hasProvince ? PROVINCES + REST : REST;
    if (place > 0 || !hasProvince) for (const other of alphabet) add(characters.toSpliced(place, 0, other));
  }
  found.delete(plate);
  return [...found];
}

function alphabetAt(place: number, characters: readonly string[]): string {
  if (place === 0 && isProvince(characters[0] ?? '')) return PROVINCES;
  return place === characters.length - 1 ? REST + SUFFIXES : REST;
}
