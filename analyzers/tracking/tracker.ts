import type { Appearance } from '../attributes/appearance.ts';
import type { Detection } from '../detection.ts';
import { canBeSameObject, MIN_OVERLAP, MIN_OVERLAP_WEAK, overlapFit, rareFit, reachFit } from './association.ts';
import { assignBest } from './best-assignment.ts';
import { areaOf, intersectionArea } from './box.ts';
import { Track } from './track.ts';
import { RARE_PICTURES_MS } from './vehicle-pass.ts';

export interface TrackerOptions {
  /** A track that was not seen for this long has ended. */
  readonly trackEndMs: number;
  /** Only detections of at least this score begin a track; weaker ones continue one. */
  readonly birthScore: number;
  readonly nextId: () => string;
}

export interface TrackUpdate {
  /** For each detection the track it belongs to; undefined for a weak one that belongs to none. */
  readonly tracks: readonly (Track | undefined)[];
  readonly ended: readonly Track[];
}

/** Share of a detection that may lie within an object already followed when a track begins. */
const MAX_BIRTH_COVER = 0.7;
const EDGE_END_MS = 800;

/**
 * Joins the detections of one camera's pictures to tracks. Two passes by overlap with the predicted boxes, strong
 * detections first, then weak ones; what is left is joined by nearness, because at 2-4 pictures a second a vehicle
 * moves by more than its own length before its speed is known.
 * @see Zhang et al., ByteTrack, 2022 (two-stage association)
 */
export class Tracker {
  readonly #options: TrackerOptions;
  #live: Track[] = [];
  #lastMs: number | undefined;
  #intervalMs = 0;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  get live(): readonly Track[] {
    return this.#live;
  }

  /** Smoothed time between two pictures; 0 before the second one. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Moves the live tracks to where they should be at `timeMs`. Done by `update` too. */
  predict(timeMs: number): void {
    for (const track of this.#live) track.predict(timeMs);
  }

  /** @param timeMs never earlier than that of the picture before */
  update(
    detections: readonly Detection[],
    timeMs: number,
    appearances: readonly (Appearance | undefined)[] = [],
  ): TrackUpdate {
    if (this.#lastMs !== undefined) {
      const stepMs = Math.max(0, timeMs - this.#lastMs);
      this.#intervalMs = this.#intervalMs === 0 ? stepMs : this.#intervalMs * 0.8 + stepMs * 0.2;
    }
    this.#lastMs = timeMs;
    this.predict(timeMs);

    const result: (Track | undefined)[] = detections.map(() => undefined);
    const open = new Set(this.#live);
    const strong = indicesWhere(detections, (detection) => detection.score >= this.#options.birthScore);
    const weak = indicesWhere(detections, (detection) => detection.score < this.#options.birthScore);
    const take = (
      indices: readonly number[],
      fit: (track: Track, detection: Detection, appearance: Appearance | undefined) => number | undefined,
    ): void => {
      const tracks = [...open];
      const free = indices.filter((index) => result[index] === undefined);
      const pairs = assignBest(tracks.length, free.length, (left, right) => {
        const track = tracks[left];
        const index = free[right] ?? -1;
        const detection = detections[index];
        if (!track || !detection || !canBeSameObject(track.label, detection.label)) return undefined;
        return fit(track, detection, appearances[index]);
      });
      for (const { left, right } of pairs) {
        const track = tracks[left];
        const index = free[right];
        const detection = index === undefined ? undefined : detections[index];
        if (!track || index === undefined || !detection) continue;
        track.correct(detection, appearances[index]);
        open.delete(track);
        result[index] = track;
      }
    };

    if (this.#intervalMs > RARE_PICTURES_MS) {
      take(strong, rareFit);
      take(weak, (track, detection, appearance) => overlapFit(track, detection, appearance, timeMs, MIN_OVERLAP_WEAK));
    } else {
      take(strong, (track, detection, appearance) => overlapFit(track, detection, appearance, timeMs, MIN_OVERLAP));
      take(weak, (track, detection, appearance) => overlapFit(track, detection, appearance, timeMs, MIN_OVERLAP_WEAK));
      take(strong, (track, detection, appearance) => reachFit(track, detection, appearance, timeMs));
    }

    for (const track of open) track.miss();
    for (const index of strong) {
      const detection = detections[index];
      if (result[index] !== undefined || !detection) continue;
      if (this.#live.some((track) => isPartOf(detection, track))) continue;
      const track = new Track(this.#options.nextId(), detection, timeMs, appearances[index]);
      this.#live.push(track);
      result[index] = track;
    }
    return { tracks: result, ended: this.#endOld(timeMs) };
  }

  /** Ends every track. */
  close(): readonly Track[] {
    return this.#live.splice(0);
  }

  #endOld(timeMs: number): Track[] {
    // At key-frame rate one missed picture must not end a track.
    const endMs = Math.max(this.#options.trackEndMs, 1.5 * this.#intervalMs);
    // Whoever was last seen at the edge has driven out; the next one that comes in there is another.
    const isGone = (track: Track): boolean =>
      track.hasLeft || (track.isAtEdge && track.hits >= 3 && timeMs - track.lastMs >= EDGE_END_MS);
    const hasEnded = (track: Track): boolean => timeMs - track.lastMs >= endMs || (track.misses >= 2 && isGone(track));
    const ended = this.#live.filter(hasEnded);
    if (ended.length > 0) this.#live = this.#live.filter((track) => !ended.includes(track));
    return ended;
  }
}

/** A vehicle that leaves the picture falls into parts that are detected beside the whole: no new vehicles. */
function isPartOf(detection: Detection, track: Track): boolean {
  if (track.misses > 0 || !canBeSameObject(track.label, detection.label)) return false;
  return intersectionArea(track.box, detection.box) > MAX_BIRTH_COVER * areaOf(detection.box);
}

function indicesWhere(detections: readonly Detection[], matches: (detection: Detection) => boolean): readonly number[] {
  return detections.flatMap((detection, index) => (matches(detection) ? [index] : []));
}
