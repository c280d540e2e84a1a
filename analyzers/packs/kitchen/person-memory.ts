import type { Box } from '../../detection.ts';

interface Remembered {
  readonly box: Box;
  readonly seenMs: number;
}

/** Who was seen and is found nowhere near is taken to be where they were for this long: detectors miss people who stand still. */
const HOLD_MS = 15_000;
/** How far somebody may have got, in widths of their box: at once, and for each second since. */
const REACH = { atOnce: 1, perSecond: 2 };
/** A person's height may differ by this factor from one sight to the next. */
const MAX_GROWTH = 1.6;
const MAX_REMEMBERED = 40;

/**
 * Remembers where people stand while a detector misses them in some of the pictures. Somebody who is seen again nearby
 * has moved there, and is remembered there alone.
 */
export class PersonMemory {
  #remembered: Remembered[] = [];

  /**
   * @param persons boxes of this picture
   * @returns these and those of people who were missed in it
   */
  update(persons: readonly Box[], timeMs: number): readonly Box[] {
    const known = this.#remembered.filter(({ seenMs }) => seenMs <= timeMs && timeMs - seenMs <= HOLD_MS);
    const pairs: { person: Box; before: Remembered; distance: number }[] = [];
    for (const person of persons) {
      for (const before of known) {
        const distance = distanceInReach(person, before, timeMs);
        if (distance !== undefined) pairs.push({ person, before, distance });
      }
    }
    // The nearest first: of two people of whom one is missed, the other is still at their own place.
    pairs.sort((a, b) => a.distance - b.distance);
    const isFound = new Set<Remembered>();
    const isTaken = new Set<Box>();
    for (const { person, before } of pairs) {
      if (isFound.has(before) || isTaken.has(person)) continue;
      isFound.add(before);
      isTaken.add(person);
    }
    const missed = known.filter((before) => !isFound.has(before));
    this.#remembered = [...missed, ...persons.map((box) => ({ box, seenMs: timeMs }))].slice(-MAX_REMEMBERED);
    return this.#remembered.map(({ box }) => box);
  }
}

/** Between the feet; undefined when it cannot be the same person. */
function distanceInReach(person: Box, { box, seenMs }: Remembered, timeMs: number): number | undefined {
  const growth = person.height / box.height;
  if (!(growth <= MAX_GROWTH && growth >= 1 / MAX_GROWTH)) return undefined;
  const distance = Math.hypot(
    person.x + person.width / 2 - box.x - box.width / 2,
    person.y + person.height - box.y - box.height,
  );
  const reach = box.width * (REACH.atOnce + (REACH.perSecond * (timeMs - seenMs)) / 1000);
  return distance <= reach ? distance : undefined;
}
