import { type AttributeTerm, canGrow, readAttribute } from './attribute-words.ts';
import { type PlaceIndex, readPlace } from './places.ts';
import { readPlate } from './plate-words.ts';
import { plainText } from './scan.ts';
import type { Term } from './terms.ts';
import { readTime } from './time-words.ts';

/** A stretch of the typed text with what it says; fillers say nothing. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly terms: readonly Term[];
  /** Counts only when nothing unread follows at once: part of a place's name, or a filler. */
  readonly isLoose: boolean;
}

interface Found {
  readonly end: number;
  readonly terms: readonly Term[];
  readonly isLoose?: boolean;
}

const separator = /[\s,，;；、]/;

const ofAttribute = (term: AttributeTerm): readonly Term[] => (term.kind === 'filler' ? [] : [term]);

function findAt(text: string, index: number, places: PlaceIndex, nowMs: number): Found | undefined {
  const found: Found[] = [];
  const time = readTime(text, index, nowMs);
  if (time) {
    found.push({
      end: time.end,
      terms: [
        ...(time.range === undefined ? [] : [{ kind: 'range', range: time.range } as const]),
        ...(time.hours === undefined
          ? []
          : [{ kind: 'hours', hours: time.hours, ...(time.isGuess ? { isGuess: true } : {}) } as const]),
      ],
    });
  }
  const attribute = readAttribute(text, index);
  if (attribute) {
    const terms = ofAttribute(attribute.term);
    found.push({ end: attribute.end, terms, isLoose: terms.length === 0 });
  }
  const plate = readPlate(text, index);
  if (plate) {
    found.push({
      end: plate.end,
      terms: [{ kind: 'plate', plate: plate.plate }, ...(plate.isFuzzy ? [{ kind: 'fuzzy' } as const] : [])],
    });
  }
  // Names of places are many: only where nothing else begins, or where the name goes further.
  const place = readPlace(places, text, index);
  if (place) found.push({ end: place.end, terms: [{ kind: 'place', name: place.name }], isLoose: place.isPart });
  // The longest reading; of equals the first, in the order above.
  return found.reduce<Found | undefined>((best, one) => (best && best.end >= one.end ? best : one), undefined);
}

/** What could not be read keeps the reason that helps most. */
function unknownTerm(text: string): Term {
  return { kind: 'unknown', text, why: /^\d{1,2}$/.test(text) ? 'short_number' : 'unknown' };
}

const isUnread = (token: Token): boolean => token.terms.some((term) => term.kind === 'unknown');

/** 人民医院 is not the cameras of 人民路 with something behind: what is loose and touches what is unread is unread too. */
function joinUnread(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const before = joined.at(-1);
    const touches = before?.end === token.start;
    if (before && touches && ((before.isLoose && isUnread(token)) || (token.isLoose && isUnread(before)))) {
      const text = before.text + token.text;
      joined[joined.length - 1] = { ...token, start: before.start, text, terms: [unknownTerm(text)], isLoose: false };
    } else joined.push(token);
  }
  return joined;
}

/** A second plate, or a second day, cannot be asked for in the same search: said, not silently replaced. */
function oneOfEach(tokens: readonly Token[]): Token[] {
  const seen = new Set<Term['kind']>();
  return tokens.map((token) => {
    const again = token.terms.find((term) => ['plate', 'range', 'hours'].includes(term.kind) && seen.has(term.kind));
    for (const term of token.terms) seen.add(term.kind);
    if (!again) return token;
    const why = again.kind === 'plate' ? 'second_plate' : 'second_time';
    return { ...token, terms: [{ kind: 'unknown', text: token.text, why }] };
  });
}

/** Reads what was typed from left to right, each place as far as a reading goes. Pure; spans are those of the typed text. */
export function parseQuery(typed: string, places: PlaceIndex, nowMs: number): Token[] {
  const text = plainText(typed);
  const tokens: Token[] = [];
  let unread = -1;
  const closeUnread = (end: number): void => {
    if (unread < 0) return;
    const piece = typed.slice(unread, end);
    tokens.push({ start: unread, end, text: piece, terms: [unknownTerm(piece)], isLoose: false });
    unread = -1;
  };
  let index = 0;
  while (index < text.length) {
    if (separator.test(text.charAt(index))) {
      closeUnread(index);
      index += 1;
      continue;
    }
    const found = findAt(text, index, places, nowMs);
    if (!found) {
      if (unread < 0) unread = index;
      index += 1;
      continue;
    }
    closeUnread(index);
    const { end, terms, isLoose = false } = found;
    tokens.push({ start: index, end, text: typed.slice(index, end), terms, isLoose });
    index = found.end;
  }
  closeUnread(text.length);
  return oneOfEach(joinUnread(tokens));
}

/**
 * How much of the text is finished: what is behind is still being typed. A word is finished when a blank follows it, or when it is a
 * word of the list in Chinese that cannot become a longer one.
 */
export function finishedLength(typed: string, tokens: readonly Token[], places: PlaceIndex): number {
  const last = tokens.at(-1);
  if (!last) return 0;
  if (last.end === typed.length) {
    const isListed =
      last.terms.length > 0 &&
      last.terms.every((term) => ['colour', 'type', 'direction', 'plateColour', 'fuzzy'].includes(term.kind));
    const isChinese = /^\P{ASCII}{2,}$/u.test(last.text);
    const isWhole = isListed && isChinese && !canGrow(last.text) && !places.text.includes(`\n${last.text}`);
    if (isWhole) return typed.length;
    return trailingStart(tokens.slice(0, -1), last.start);
  }
  return trailingStart(tokens, typed.length);
}

/** Unknown words at the end wait for the next: `last` becomes something with `night`. */
function trailingStart(tokens: readonly Token[], start: number): number {
  const lastKnown = tokens.findLast((token) => !isUnread(token));
  const waiting = tokens.filter((token) => token.start >= (lastKnown?.end ?? 0) && isUnread(token))[0];
  return waiting ? waiting.start : start;
}

/** Words that were not understood before, read once more: with the names of places, which come later, some of them say something. */
export function readAgain(
  words: readonly string[],
  places: PlaceIndex,
  nowMs: number,
): { readonly terms: readonly Term[]; readonly unread: readonly string[] } {
  const read = words.map((word) => ({ word, terms: parseQuery(word, places, nowMs).flatMap((token) => token.terms) }));
  const isRead = ({ terms }: { terms: readonly Term[] }): boolean =>
    terms.length > 0 && terms.every((term) => term.kind === 'place');
  return {
    terms: read.filter(isRead).flatMap(({ terms }) => terms),
    unread: read.filter((one) => !isRead(one)).map(({ word }) => word),
  };
}
