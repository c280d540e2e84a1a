import { pinyin } from 'pinyin-pro';

/** What a camera or a page can be found by. */
export interface Findable {
  readonly text: string;
  readonly initials: string;
  readonly syllables: string;
}

const plain = (text: string): string => text.toLowerCase().replace(/[\s·\-_/]+/g, '');

/** Prepares texts (name, number, area …) once, so that each key stroke only compares. */
export function makeFindable(...texts: string[]): Findable {
  const joined = texts.join(' ');
  const spell = (pattern: 'first' | 'pinyin'): string =>
    plain(pinyin(joined, { pattern, toneType: 'none', type: 'array' }).join(''));
  return { text: plain(joined), initials: spell('first'), syllables: spell('pinyin') };
}

/**
 * How well the query fits, 0 for not at all: the text itself before initials (`bhlk` → 滨河路口) before full pinyin.
 * A hit at the beginning counts more than one inside.
 */
export function matchScore(findable: Findable, query: string): number {
  const wanted = plain(query);
  if (wanted === '') return 1;
  const score = (text: string, base: number): number => {
    const at = text.indexOf(wanted);
    if (at < 0) return 0;
    return base + (at === 0 ? 0.5 : 0);
  };
  return Math.max(score(findable.text, 3), score(findable.initials, 2), score(findable.syllables, 1));
}
