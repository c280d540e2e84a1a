import type { Box } from '../detection.ts';
import { headRegion } from '../evidence/blur-heads.ts';
import { clipToFrame, overlapOf } from '../tracking/box.ts';

/** How far around a moment it is known who was there. */
export const PERSONS_KNOWN_MS = 2000;
/** Where somebody was seen shortly before or after, somebody may be, whatever the detector says of the moment itself. */
const SPREAD_MS = 1000;
/** Of two boxes so far apart in time one may be the other's next place; what lies between is hidden too. */
const WAY_MS = 1000;
const WAY_OVERLAP = 0.1;
/** Over a longer time it is somebody who stands there, and was missed meanwhile. */
const STANDING_OVERLAP = 0.4;
/** A box so wide for its height is no whole upright person: the head may be anywhere in its upper half. */
const SQUAT = 0.8;
const SQUAT_MARGIN = 0.1;

interface Seen {
  readonly timeMs: number;
  readonly persons: readonly Box[];
}

/**
 * Where heads are at any moment of a film in which persons were looked for a few times a second. Errs on the side of too much: a
 * person who was missed once or moved between two looks is covered, at the price of blocks where nobody is any more.
 */
export class HeadsInTime {
  readonly #aspect: number;
  #seen: Seen[] = [];

  /** @param aspect width through height of the picture */
  constructor(aspect: number) {
    this.#aspect = aspect;
  }

  /** In the order of time. @param persons 0..1 of the frame */
  add(timeMs: number, persons: readonly Box[]): void {
    this.#seen.push({ timeMs, persons });
  }

  /**
   * All must have been added up to {@link PERSONS_KNOWN_MS} behind this moment. Asked in the order of time: what is too old for it is forgotten.
   * @returns regions, 0..1 of the frame; they may overlap
   */
  at(timeMs: number): readonly Box[] {
    this.#seen = this.#seen.filter((one) => timeMs - one.timeMs <= PERSONS_KNOWN_MS);
    const known = this.#seen.filter((one) => one.timeMs - timeMs <= PERSONS_KNOWN_MS);
    const near = known.filter((one) => Math.abs(one.timeMs - timeMs) <= SPREAD_MS);
    const heads = near.flatMap(({ persons }) => persons.map((person) => this.#headOf(person)));
    for (const [index, from] of known.entries())
      if (from.timeMs <= timeMs)
        for (const a of from.persons) heads.push(...this.#wayOf(a, known.slice(index), timeMs));
    return outermost(heads);
  }

  /** From where somebody was seen to where next, when this moment lies between. @param looks the first is the one that saw `person` */
  #wayOf(person: Box, [seen, ...later]: readonly Seen[], timeMs: number): Box[] {
    for (const { timeMs: laterMs, persons } of later) {
      const minOverlap = seen && laterMs - seen.timeMs <= WAY_MS ? WAY_OVERLAP : STANDING_OVERLAP;
      const next = persons.filter((other) => overlapOf(person, other) >= minOverlap);
      if (next.length === 0) continue;
      return laterMs <= timeMs ? [] : next.map((other) => hullOf(this.#headOf(person), this.#headOf(other)));
    }
    return [];
  }

  #headOf(person: Box): Box {
    const head = headRegion(person);
    const { x, y, width, height } = person;
    if (width * this.#aspect < SQUAT * height) return head;
    const margin = SQUAT_MARGIN * height;
    return hullOf(head, clipToFrame({ x, y: y - margin, width, height: height / 2 + margin }));
  }
}

function hullOf(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const width = Math.max(a.x + a.width, b.x + b.width) - x;
  return { x, y, width, height: Math.max(a.y + a.height, b.y + b.height) - y };
}

/** Without those that lie within another. */
function outermost(boxes: readonly Box[]): Box[] {
  const contains = (a: Box, b: Box): boolean =>
    a.x <= b.x && a.y <= b.y && a.x + a.width >= b.x + b.width && a.y + a.height >= b.y + b.height;
  return boxes.filter(
    (box, index) =>
      !boxes.some((other, at) => at !== index && contains(other, box) && (at < index || !contains(box, other))),
  );
}
