import type { Box, HygieneReading } from '../../detection.ts';
import { overlapOf } from '../../tracking/box.ts';

interface Look {
  readonly timeMs: number;
  /** How far it leans to the violation, 0..1; undefined: it told nothing. */
  readonly lean: number | undefined;
}

interface Place {
  box: Box;
  looks: Look[];
  isSteady: boolean;
}

/** What leans one way for the grace time and this much longer counts: a lapse that may be must not. */
const LONGER_THAN_GRACE = 1.2;
/** From this overlap on it is taken to be whoever stood there a moment ago. */
const SAME_PLACE_OVERLAP = 0.3;
/** Nobody seen at a place for so long is nobody there: all of it is forgotten. */
const FORGETTING_MS = 5000;
/** However short the grace time. */
const MIN_LOOKS = 8;
const MAX_LOOKS = 600;
/** Of the pictures of a place, the share in which the head was to be seen. */
const MIN_SEEN = 0.5;
/** A look speaks for both sides where what it says of them adds up to less than this: then it told nothing. */
const MIN_CERTAINTY = 0.3;
/** No single look counts for more: some seconds that are quite clear do not make up for a long time that is not. */
const MOST_LEAN = 0.7;
/** Nor does a part of the window make up for another: each of so many has to lean by itself. */
const PARTS = 3;
/** On the mean: from here on it is a violation, and until here it goes on. */
const STEADY_FROM = 0.56;
const STEADY_UNTIL = 0.5;

/**
 * A small head may look doubtful in each picture, and yet the same way in all: looks at whoever stands at a place that
 * lean to the violation for longer than the grace time tell what none of them tells alone. Knows places while somebody
 * stands there, a few numbers of each, and nobody.
 */
export class PlaceLeanings {
  readonly #windowMs: number;
  #places: Place[] = [];

  constructor(graceMs: number) {
    this.#windowMs = LONGER_THAN_GRACE * graceMs;
  }

  /**
   * @param readings of one item, of one picture
   * @returns for each: since when its place has leaned to the violation, ms; undefined: it does not, or not for long enough
   */
  update(readings: readonly HygieneReading[], timeMs: number): readonly (number | undefined)[] {
    const known = this.#places.filter(({ looks }) => {
      const agoMs = timeMs - (looks.at(-1)?.timeMs ?? timeMs);
      return agoMs >= 0 && agoMs <= FORGETTING_MS;
    });
    const seen: Place[] = [];
    const since = readings.map((reading) => {
      if (!reading.personBox) return undefined;
      const place = takeNearest(known, reading.personBox) ?? { box: reading.personBox, looks: [], isSteady: false };
      place.box = reading.personBox;
      seen.push(place);
      return this.#look(place, leanOf(reading), timeMs);
    });
    this.#places = [...known, ...seen];
    return since;
  }

  #look(place: Place, lean: number | undefined, timeMs: number): number | undefined {
    place.looks = recent([...place.looks, { timeMs, lean }], timeMs - this.#windowMs);
    const leans = place.looks.flatMap((look) => look.lean ?? []);
    const [first] = place.looks;
    if (!first || leans.length < MIN_LOOKS || leans.length < MIN_SEEN * place.looks.length) return undefined;
    const isLongEnough = timeMs - first.timeMs >= this.#windowMs;
    place.isSteady = place.isSteady ? meanOf(leans) >= STEADY_UNTIL : isLongEnough && leansThroughout(place.looks);
    // The picture that shows it has to lean that way itself.
    return place.isSteady && lean !== undefined && lean >= STEADY_UNTIL ? first.timeMs : undefined;
  }
}

function leansThroughout(looks: readonly Look[]): boolean {
  const fromMs = looks[0]?.timeMs ?? 0;
  const spanMs = (looks.at(-1)?.timeMs ?? 0) - fromMs;
  const parts = Array.from({ length: PARTS }, (): number[] => []);
  for (const { timeMs, lean } of looks) {
    const part = Math.min(PARTS - 1, Math.floor(((timeMs - fromMs) / spanMs) * PARTS));
    if (lean !== undefined) parts[part]?.push(lean);
  }
  return parts.every((leans) => leans.length === 0 || meanOf(leans) >= STEADY_FROM);
}

function leanOf({ score, fineScore }: HygieneReading): number | undefined {
  const certainty = score + fineScore;
  return certainty < MIN_CERTAINTY ? undefined : Math.min(MOST_LEAN, score / certainty);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The window, and the one look before it, so that it is known to be covered; and as many as are needed at least. */
function recent(looks: Look[], fromMs: number): Look[] {
  const covering = looks.findIndex((look) => look.timeMs > fromMs) - 1;
  return looks.slice(Math.max(0, Math.min(covering, looks.length - MIN_LOOKS), looks.length - MAX_LOOKS));
}

/** Takes it out: two people are not one. */
function takeNearest(known: Place[], box: Box): Place | undefined {
  let [best, bestOverlap] = [-1, SAME_PLACE_OVERLAP];
  for (const [index, place] of known.entries()) {
    const overlap = overlapOf(place.box, box);
    if (overlap >= bestOverlap) [best, bestOverlap] = [index, overlap];
  }
  return best < 0 ? undefined : known.splice(best, 1)[0];
}
