import { type Appearance, likenessOf } from '../attributes/appearance.ts';
import type { Box, Detection } from '../detection.ts';
import { areaOf, centreOf, clipToFrame, intersectionArea, overlapOf } from './box.ts';
import type { Track } from './track.ts';

/** Persons, bicycles and motor vehicles never turn into one another; kinds of motor vehicles often do. */
export function canBeSameObject(a: Detection['label'], b: Detection['label']): boolean {
  return familyOf(a) === familyOf(b);
}

function familyOf(label: Detection['label']): string {
  if (label === 'person') return 'person';
  return label === 'bicycle' || label === 'motorcycle' ? 'two-wheeler' : 'vehicle';
}

export const MIN_OVERLAP = 0.25;
export const MIN_OVERLAP_WEAK = 0.4;
/** Longest stretch over which a movement is extrapolated without an overlap, where pictures come often. */
const MAX_REACH_MS = 1200;
/** Hidden for no longer than this, a vehicle is where it was expected. */
const SURELY_NEAR_MS = 600;
const STANDING_LENGTHS_PER_S = 0.4;
/** Hidden for longer, it must at least look like itself. */
const LEAST_LIKENESS = 0.55;
const MAX_GROWTH = 0.4;
/** Of its own sizes, how far a vehicle may be from where it should be when pictures come every two seconds. */
const RARE_REACH = 2;
const RARE_FIRST_REACH = 4;
const RARE_LIKENESS = 0.7;
const BLIND_SHARE = 0.4;
/** What counts when one of the two could not be looked at. */
const USUAL_LIKENESS = 0.6;

/** By how much two boxes cover each other, a little by how alike they look. */
export function overlapFit(
  track: Track,
  detection: Detection,
  appearance: Appearance | undefined,
  timeMs: number,
  least: number,
): number | undefined {
  const sinceMs = timeMs - track.lastMs;
  const predicted = overlapOf(clipToFrame(track.predictedBox), detection.box);
  // One that stopped behind another lies where it was; one that drove on left its place to the next.
  const mayStand = sinceMs <= SURELY_NEAR_MS || track.lengthsPerS < STANDING_LENGTHS_PER_S;
  const last = track.misses > 0 && mayStand ? overlapOf(track.box, detection.box) : 0;
  const overlap = Math.max(predicted, last);
  if (overlap < least) return undefined;
  const alike = likeness(track, appearance);
  if (sinceMs > SURELY_NEAR_MS && (alike < LEAST_LIKENESS || growthBetween(track.box, detection.box) > MAX_GROWTH))
    return undefined;
  return overlap * (0.5 + 0.5 * alike);
}

/** By nearness: at 2-4 pictures a second a vehicle moves by more than its own length before its speed is known. */
export function reachFit(
  track: Track,
  detection: Detection,
  appearance: Appearance | undefined,
  timeMs: number,
): number | undefined {
  const sinceMs = timeMs - track.lastMs;
  if (sinceMs > MAX_REACH_MS) return undefined;
  const reach = Math.min(2, 0.6 + (track.hits >= 3 ? 1 : 4) * (sinceMs / 1000));
  const near = nearnessOf(track.predictedBox, detection.box, reach);
  const alike = likeness(track, appearance);
  return near === undefined || alike < LEAST_LIKENESS ? undefined : near * alike;
}

/**
 * At key-frame rate a vehicle has moved by several of its lengths, and another may stand where it was: looks count most, then whether the way
 * it took is one that it could take.
 */
export function rareFit(track: Track, detection: Detection, appearance: Appearance | undefined): number | undefined {
  const alike = likeness(track, appearance);
  const isSeenWell = track.appearance !== undefined && appearance !== undefined;
  if (isSeenWell && alike < RARE_LIKENESS) return undefined;
  // By night, far off, and of persons nothing but the place is known: it must be nearer.
  const share = isSeenWell ? 1 : BLIND_SHARE;
  // Once it has moved, it goes on; before, it may have stood or gone anywhere.
  const near =
    track.hits >= 2
      ? nearnessOf(track.predictedBox, detection.box, RARE_REACH * share)
      : nearnessOf(track.box, detection.box, RARE_FIRST_REACH * share);
  return near === undefined ? undefined : near * alike ** 2;
}

/** By how much one is larger than the other, in its larger dimension, as natural logarithm. */
function growthBetween(a: Box, b: Box): number {
  return Math.max(Math.abs(Math.log(a.width / b.width)), Math.abs(Math.log(a.height / b.height)));
}

function likeness(track: Track, appearance: Appearance | undefined): number {
  return track.appearance && appearance ? likenessOf(track.appearance, appearance) : USUAL_LIKENESS;
}

/**
 * How near two boxes are although they need not overlap, 0..1; `undefined` when further apart than `reach` of their own
 * sizes, or of too different a size.
 */
export function nearnessOf(a: Box, b: Box, reach: number): number | undefined {
  const width = (a.width + b.width) / 2;
  const height = (a.height + b.height) / 2;
  const ratio = areaOf(a) / areaOf(b);
  if (ratio < 1 / 4 || ratio > 4) return undefined;
  const from = centreOf(a);
  const to = centreOf(b);
  const distance = Math.hypot((from.x - to.x) / width, (from.y - to.y) / height);
  return distance > reach ? undefined : 1 - distance / reach;
}

/**
 * Leaves one box per object: detectors like to report one vehicle as car and as truck, and as a part within the whole.
 * @param detections best first
 */
export function dropDuplicates(detections: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const detection of detections) {
    const isDuplicate = kept.some(
      (other) => canBeSameObject(other.label, detection.label) && isSameBox(other.box, detection.box),
    );
    if (!isDuplicate) kept.push(detection);
  }
  return kept;
}

function isSameBox(kept: Box, other: Box): boolean {
  if (overlapOf(kept, other) > 0.6) return true;
  const isInside = intersectionArea(kept, other) > 0.9 * areaOf(other);
  return isInside && areaOf(other) > 0.35 * areaOf(kept);
}
