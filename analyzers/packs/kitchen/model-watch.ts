import type { Box, HygieneObservation, HygieneReading } from '../../detection.ts';
import { boundsOf } from '../../rules/zone.ts';
import { isConcerned } from './hygiene-models.ts';
import { PlaceLeanings } from './place-leanings.ts';
import type { HygieneRule } from './rule-watches.ts';

/** Nobody seen for so long is nobody there: a detector loses people for a picture or two. */
const ABSENT_MS = 5000;
const WHOLE: Box = { x: 0, y: 0, width: 1, height: 1 };

/**
 * Makes one state of a rule out of what models told of each person in its zone: one violation is one, whoever it is;
 * a person of whom nothing can be told proves nothing.
 */
export class ModelWatch {
  readonly #rule: HygieneRule;
  readonly #zoneBox: Box;
  readonly #leanings: PlaceLeanings;
  #lastPersonMs: number | undefined;
  /** Whether some model judges the item at all. */
  #isJudged = false;

  constructor(rule: HygieneRule) {
    this.#rule = rule;
    this.#zoneBox = rule.zone.length < 3 ? WHOLE : boundsOf(rule.zone);
    this.#leanings = new PlaceLeanings(rule.graceMs);
  }

  update(readings: readonly HygieneReading[], persons: readonly Box[], timeMs: number): HygieneObservation {
    const { id: ruleId, item, zone } = this.#rule;
    const mine = readings.filter(
      (reading) => reading.item === item && (!reading.personBox || isConcerned(reading.personBox, zone)),
    );
    this.#isJudged ||= mine.length > 0;
    const isSomebodyThere = persons.some((person) => isConcerned(person, zone));
    if (isSomebodyThere) this.#lastPersonMs = timeMs;
    const since = this.#leanings.update(mine, timeMs);
    const worst = mine
      .map(({ state, score, box }, index) => ({ state, score, box, sinceMs: since[index] }))
      .filter(({ state, sinceMs }) => state === 'violation' || sinceMs !== undefined)
      .toSorted((a, b) => b.score - a.score)[0];
    if (worst) {
      const { score, box } = worst;
      const sinceMs = Math.min(...since.flatMap((each) => each ?? []));
      const steady = Number.isFinite(sinceMs) ? { sinceMs } : {};
      return { item, ruleId, state: 'violation', score, box, ...steady };
    }
    const told = mine.filter(({ state }) => state === 'fine');
    const score = Math.max(0, ...told.map((reading) => reading.score));
    if (told.length > 0) return { item, ruleId, state: 'fine', score, box: told[0]?.box ?? this.#zoneBox };
    const isEmpty = this.#lastPersonMs !== undefined && timeMs - this.#lastPersonMs >= ABSENT_MS;
    return { item, ruleId, state: isEmpty && this.#isJudged ? 'fine' : 'unknown', score: 0, box: this.#zoneBox };
  }
}
