import type { Point } from '#ingest/cameras/camera.ts';
import type { Box, Detection } from '../../detection.ts';
import { isInZone } from '../../rules/zone.ts';
import { footOf, overlapOf } from '../../tracking/box.ts';

export interface PresenceState {
  readonly isPresent: boolean;
  /** 0..1 */
  readonly score: number;
  readonly box: Box;
}

/** Less sure boxes are of aprons on hooks and bags of flour. */
const MIN_SCORE = 0.4;
/** Overlap of two boxes of a thing, with the trembling of the detector; and of two boxes at about the same place. */
const SAME_BOX = 0.85;
const SAME_PLACE = 0.4;
/** Nobody keeps as still as this for so long; a thing that looks like a person does. */
const THING_AFTER_MS = 600_000;
/** A thing keeps its place in the list over pictures in which the detector missed it. */
const THING_KEPT_MS = 7_200_000;
const MAX_PLACES = 16;

/** A box that was reported, and how often since then the very same one, or another at about its place, was. */
interface Place {
  readonly box: Box;
  readonly sinceMs: number;
  lastMs: number;
  same: number;
  near: number;
  pictures: number;
}

/** Of the pictures in which anything was reported there; those of persons shift as they breathe and work. */
const THING_SHARE = 0.9;

/**
 * Tells whether somebody is in the zone, or anywhere when none is drawn. What has been reported at one and the same
 * place for ten minutes without a move is a thing that the detector takes for a person, and does not count.
 */
export class PresenceWatch {
  readonly #zone: readonly Point[];
  #places: Place[] = [];

  constructor(zone: readonly Point[]) {
    this.#zone = zone;
  }

  /** To be called for every picture, of the opening hours too: things are learned then. */
  update(detections: readonly Detection[], timeMs: number): PresenceState {
    const persons = detections.filter(({ label, score }) => label === 'person' && score >= MIN_SCORE);
    const isThing = this.#remember(persons, timeMs);
    const present = persons
      .filter((person, index) => isThing[index] !== true && this.#isInside(person.box))
      .toSorted((a, b) => b.score - a.score)[0];
    if (!present) return { isPresent: false, score: 0, box: { x: 0, y: 0, width: 1, height: 1 } };
    return { isPresent: true, score: present.score, box: present.box };
  }

  #isInside(box: Box): boolean {
    return this.#zone.length < 3 || isInZone(footOf(box), this.#zone);
  }

  #remember(persons: readonly Detection[], timeMs: number): boolean[] {
    this.#places = this.#places.filter(({ lastMs }) => timeMs - lastMs <= THING_KEPT_MS);
    const isThing = persons.map(({ box }) => {
      const known = this.#places.map((place) => ({ place, overlap: overlapOf(place.box, box) }));
      for (const { place, overlap } of known) if (overlap >= SAME_PLACE && overlap < SAME_BOX) place.near++;
      const same = known.filter(({ overlap }) => overlap >= SAME_BOX).toSorted((a, b) => b.overlap - a.overlap)[0];
      if (!same) {
        this.#places.push({ box, sinceMs: timeMs, lastMs: timeMs, same: 1, near: 0, pictures: 1 });
        return false;
      }
      const { place } = same;
      place.lastMs = timeMs;
      place.same++;
      const isSteady = place.same >= THING_SHARE * (place.same + place.near) && place.same >= place.pictures / 4;
      return isSteady && timeMs - place.sinceMs >= THING_AFTER_MS;
    });
    for (const place of this.#places) place.pictures++;
    if (this.#places.length > MAX_PLACES) this.#places.splice(0, this.#places.length - MAX_PLACES);
    return isThing;
  }
}
