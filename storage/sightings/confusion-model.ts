import { PROVINCES, SUFFIXES } from '#analyzers/packs/plate/plate-alphabet.ts';
import { isProvince, lookAlikesOf, looksLike } from './look-alikes.ts';

/** How often a character was read as another, in (fractions of) readings. */
export interface ConfusionCount {
  readonly trueCharacter: string;
  readonly readCharacter: string;
  readonly weight: number;
}

/** Everything that stands behind the province; I and O only on plates of other countries. */
const REST = `ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789${SUFFIXES}`;
/**
 * The prior: of 1000 characters 30 are misread, most as one that looks alike. A province is harder: the strokes are many and the
 * alternatives all have the same place.
 */
const MISREAD = 0.03;
const MISREAD_PROVINCE = 0.05;
const AS_LOOK_ALIKE = 0.8;
const PROVINCE_AS_LOOK_ALIKE = 0.5;
/** The prior is worth this many readings of a character: half learned after 200 of them. */
const PRIOR_READINGS = 200;
/** A character that was not read at all, one read where there is none (a screw, the edge of the frame): for each place. */
const DROPPED = 0.002;
const ADDED = 0.001;
/** Of misreadings: one character another, two, one lost, one lost and another one misread, one added. The rest is more. */
const SHARES = { one: 0.8, two: 0.12, lost: 0.04, lostAndOne: 0.01, added: 0.01 } as const;
/** From this share of a character's misreadings on, another is worth a second substitution beside the first. */
const CONFUSABLE_FROM = 0.03;

/** Probabilities of characters to be read as others. Texts are normalised plates (see `normalisePlate`). */
export class ConfusionModel {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #totals = new Map<string, number>();
  readonly #columns = new Map<string, number>();
  readonly #means = new Map<string, number>();
  readonly #confusables = new Map<string, readonly string[]>();

  /** @param counts learned from readings; none: the prior alone */
  constructor(counts: Iterable<ConfusionCount> = []) {
    for (const { trueCharacter, readCharacter, weight } of counts) {
      if (!(weight > 0) || isProvince(trueCharacter) !== isProvince(readCharacter)) continue;
      const row = this.#counts.get(trueCharacter) ?? new Map<string, number>();
      row.set(readCharacter, (row.get(readCharacter) ?? 0) + weight);
      this.#counts.set(trueCharacter, row);
      this.#totals.set(trueCharacter, (this.#totals.get(trueCharacter) ?? 0) + weight);
    }
  }

  /** P(read | true) of one character: learned counts, smoothed with `PRIOR_READINGS` readings of the prior. */
  ofCharacter(trueCharacter: string, readCharacter: string): number {
    const learned = this.#counts.get(trueCharacter)?.get(readCharacter) ?? 0;
    const total = this.#totals.get(trueCharacter) ?? 0;
    return (learned + PRIOR_READINGS * priorOf(trueCharacter, readCharacter)) / (total + PRIOR_READINGS);
  }

  /** P(read | true) of a whole plate: characters are misread independently; summed over all ways to drop and add characters. */
  ofText(trueText: string, readText: string): number {
    const [truth, read] = [Array.from(trueText), Array.from(readText)];
    const added = ADDED / REST.length;
    let row = Array.from({ length: read.length + 1 }, (_, place) => added ** place);
    for (const character of truth) {
      const next = [(row[0] ?? 0) * DROPPED];
      for (const [place, seen] of read.entries())
        next.push(
          (row[place] ?? 0) * this.ofCharacter(character, seen) * (1 - DROPPED) +
            (row[place + 1] ?? 0) * DROPPED +
            (next[place] ?? 0) * added,
        );
      row = next;
    }
    return row[read.length] ?? 0;
  }

  /**
   * Of all plates that could have been read wrongly as `readText`, the share of `trueText`, when nothing else is known. How many characters are
   * misread together is no matter of single characters (a dirty plate is dirty all over), so the kinds of misreadings have fixed shares.
   *
   * @returns 0..1; 0 for what is more than two characters away
   */
  shareOfMisreadings(trueText: string, readText: string): number {
    if (trueText === readText) return 0;
    const [truth, read] = [Array.from(trueText), Array.from(readText)];
    const odds = read.map((character) => this.#oddsOfMisread(character));
    if (truth.length === read.length) return this.#shareOfReplaced(truth, read, odds, SHARES.one, SHARES.two);
    if (truth.length === read.length + 1) {
      let share = 0;
      for (const [place, lost] of truth.entries()) {
        const rest = truth.toSpliced(place, 1);
        const isSame = rest.every((character, at) => character === read[at]);
        const others = isSame ? SHARES.lost : this.#shareOfReplaced(rest, read, odds, SHARES.lostAndOne, 0);
        share += (others * this.#commonness(lost)) / REST.length / truth.length;
      }
      return share;
    }
    if (truth.length !== read.length - 1) return 0;
    const ways = read.filter((_, place) => truth.join('') === read.toSpliced(place, 1).join('')).length;
    return (SHARES.added * ways) / read.length;
  }

  #shareOfReplaced(
    truth: readonly string[],
    read: readonly string[],
    odds: readonly number[],
    ofOne: number,
    ofTwo: number,
  ): number {
    const places = truth.flatMap((character, place) => (character === read[place] ? [] : [place]));
    if (places.length === 0 || places.length > 2) return 0;
    let share = places.length === 1 ? ofOne : ofTwo;
    for (const place of places) {
      const [character, seen] = [truth[place] ?? '', read[place] ?? ''];
      // Which character it was, given that this one was misread.
      share *= (this.#commonness(character) * this.ofCharacter(character, seen)) / this.#readWrongly(seen);
      share *= odds[place] ?? 0;
    }
    const sum = odds.reduce((total, one) => total + one, 0);
    const squares = odds.reduce((total, one) => total + one * one, 0);
    return share / (places.length === 1 ? sum : (sum * sum - squares) / 2);
  }

  /** Others that a character is often read as, or that are often read as it; for a province all others, its likeliest error. */
  confusablesOf(character: string): readonly string[] {
    const before = this.#confusables.get(character);
    if (before) return before;
    const found = this.#findConfusables(character);
    this.#confusables.set(character, found);
    return found;
  }

  #findConfusables(character: string): readonly string[] {
    if (isProvince(character)) return Array.from(PROVINCES).filter((other) => other !== character);
    const known = new Set(lookAlikesOf(character));
    for (const other of REST)
      if (other !== character && (this.#isOften(character, other) || this.#isOften(other, character))) known.add(other);
    return [...known];
  }

  #isOften(trueCharacter: string, readCharacter: string): boolean {
    const isLearned = this.#counts.get(trueCharacter)?.has(readCharacter) ?? false;
    const misread = 1 - this.ofCharacter(trueCharacter, trueCharacter);
    return isLearned && this.ofCharacter(trueCharacter, readCharacter) >= CONFUSABLE_FROM * misread;
  }

  /** How much likelier a character that was read is wrong than right. */
  #oddsOfMisread(character: string): number {
    return this.#readWrongly(character) / (this.#commonness(character) * this.ofCharacter(character, character));
  }

  /** How often another character is read as this one, each as often as it occurs. */
  #readWrongly(character: string): number {
    const known = this.#columns.get(character);
    if (known !== undefined) return known;
    let sum = 0;
    for (const other of isProvince(character) ? PROVINCES : REST)
      if (other !== character) sum += this.#commonness(other) * this.ofCharacter(other, character);
    this.#columns.set(character, sum);
    return sum;
  }

  /** How often a character occurs on plates, against the mean of its kind; 1 when nothing was learned. */
  #commonness(character: string): number {
    const kind = isProvince(character) ? PROVINCES : REST;
    let mean = this.#means.get(kind);
    if (mean === undefined) {
      mean = Array.from(kind).reduce((sum, other) => sum + (this.#totals.get(other) ?? 0), 0) / kind.length;
      this.#means.set(kind, mean);
    }
    return ((this.#totals.get(character) ?? 0) + PRIOR_READINGS) / (mean + PRIOR_READINGS);
  }
}

/** @returns sums to 1 over all that can be read for a character */
function priorOf(trueCharacter: string, readCharacter: string): number {
  const isOfProvince = isProvince(trueCharacter);
  if (isOfProvince !== isProvince(readCharacter)) return 0;
  const misread = isOfProvince ? MISREAD_PROVINCE : MISREAD;
  if (trueCharacter === readCharacter) return 1 - misread;
  const lookAlikes = lookAlikesOf(trueCharacter).filter((other) => isProvince(other) === isOfProvince);
  const share = lookAlikes.length === 0 ? 0 : isOfProvince ? PROVINCE_AS_LOOK_ALIKE : AS_LOOK_ALIKE;
  const others = (isOfProvince ? PROVINCES : REST).length - 1 - lookAlikes.length;
  return misread * (looksLike(trueCharacter, readCharacter) ? share / lookAlikes.length : (1 - share) / others);
}
