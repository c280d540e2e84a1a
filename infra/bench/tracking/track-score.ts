import type { Box } from '#analyzers/detection.ts';
import { assignBest } from '#analyzers/tracking/best-assignment.ts';
import { areaOf, footOf, intersectionArea, overlapOf } from '#analyzers/tracking/box.ts';
import { neededHits, PASS_CRITERIA } from '#analyzers/tracking/vehicle-pass.ts';
import type { TrueVehicle } from './clip-truth.ts';

/** What a tracker said of one picture. */
export interface TrackedPicture {
  readonly timeMs: number;
  readonly truth: readonly TrueVehicle[];
  readonly tracked: readonly { readonly trackId: string; readonly box: Box }[];
}

/** Sums over one run or several. */
export interface TrackScore {
  /** True boxes that had to be found, over all pictures. */
  readonly wanted: number;
  readonly missedBoxes: number;
  readonly falseBoxes: number;
  /** How often a vehicle changed its track. */
  readonly idSwitches: number;
  /** Vehicles that had to become a pass. */
  readonly passesDue: number;
  readonly passesMissed: number;
  /** Passes of nothing. */
  readonly passesFalse: number;
  /** Passes beyond the first of one vehicle. */
  readonly passesSplit: number;
  /** Passes that go on with a second vehicle. */
  readonly passesMerged: number;
}

const MATCH_OVERLAP = 0.4;
/** A pass must be this much above the criteria to be due, and may be this much below them without being wrong. */
const MARGIN = 1.15;
const MERGED_SHARE = 0.2;

/**
 * @param passIds the tracks that were counted as passes
 * @param intervalMs between two pictures
 */
export function scoreTracks(
  pictures: readonly TrackedPicture[],
  passIds: ReadonlySet<string>,
  intervalMs: number,
): TrackScore {
  let [wanted, missedBoxes, falseBoxes, idSwitches] = [0, 0, 0, 0];
  const lastTrack = new Map<number, string>();
  /** Per track: pictures on each true vehicle, and all its pictures. */
  const owners = new Map<string, { readonly pictures: Map<number, number>; total: number }>();
  for (const { truth, tracked } of pictures) {
    const pairs = assignBest(truth.length, tracked.length, (left, right) => {
      const [vehicle, found] = [truth[left], tracked[right]];
      if (!vehicle || !found) return undefined;
      const overlap = overlapOf(vehicle.box, found.box);
      return overlap >= MATCH_OVERLAP ? overlap : undefined;
    });
    const foundTruth = new Set(pairs.map(({ left }) => left));
    const matched = new Set(pairs.map(({ right }) => right));
    for (const [index, { isWanted }] of truth.entries()) {
      if (!isWanted) continue;
      wanted++;
      if (!foundTruth.has(index)) missedBoxes++;
    }
    for (const [index, { trackId, box }] of tracked.entries()) {
      const owner = owners.get(trackId) ?? { pictures: new Map<number, number>(), total: 0 };
      owners.set(trackId, owner);
      owner.total++;
      if (!matched.has(index) && !isPartOfSomething(box, truth)) falseBoxes++;
    }
    for (const { left, right } of pairs) {
      const [vehicle, found] = [truth[left], tracked[right]];
      const owner = found && owners.get(found.trackId);
      if (!vehicle || !owner) continue;
      owner.pictures.set(vehicle.id, (owner.pictures.get(vehicle.id) ?? 0) + 1);
      const before = lastTrack.get(vehicle.id);
      if (before !== undefined && before !== found.trackId) idSwitches++;
      lastTrack.set(vehicle.id, found.trackId);
    }
  }

  let [passesFalse, passesSplit, passesMerged] = [0, 0, 0];
  const passed = new Set<number>();
  for (const trackId of passIds) {
    const owner = owners.get(trackId);
    const ranked = [...(owner?.pictures ?? [])].toSorted((a, b) => b[1] - a[1]);
    const [best, second] = ranked;
    if (!owner || !best || best[1] < 0.5 * (owner.total - (second?.[1] ?? 0))) {
      passesFalse++;
      continue;
    }
    if (second && second[1] >= Math.max(intervalMs > 900 ? 1 : 2, MERGED_SHARE * owner.total)) passesMerged++;
    if (passed.has(best[0])) passesSplit++;
    passed.add(best[0]);
  }
  const due = vehiclesDue(pictures, intervalMs);
  return {
    wanted,
    missedBoxes,
    falseBoxes,
    idSwitches,
    passesDue: due.length,
    passesMissed: due.filter((id) => !passed.has(id)).length,
    passesFalse,
    passesSplit,
    passesMerged,
  };
}

export function addScores(scores: readonly TrackScore[]): TrackScore {
  const sum = (name: keyof TrackScore): number => scores.reduce((total, score) => total + score[name], 0);
  return {
    wanted: sum('wanted'),
    missedBoxes: sum('missedBoxes'),
    falseBoxes: sum('falseBoxes'),
    idSwitches: sum('idSwitches'),
    passesDue: sum('passesDue'),
    passesMissed: sum('passesMissed'),
    passesFalse: sum('passesFalse'),
    passesSplit: sum('passesSplit'),
    passesMerged: sum('passesMerged'),
  };
}

/**
 * Multiple object tracking accuracy: 1 less the share of misses, false boxes and changes of track.
 * @see Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT metrics", 2008
 */
export function trackingAccuracy({ wanted, missedBoxes, falseBoxes, idSwitches }: TrackScore): number {
  return wanted === 0 ? 0 : 1 - (missedBoxes + falseBoxes + idSwitches) / wanted;
}

function isPartOfSomething(box: Box, truth: readonly TrueVehicle[]): boolean {
  return truth.some(
    (vehicle) =>
      !vehicle.isWanted && intersectionArea(vehicle.box, box) > 0.5 * Math.min(areaOf(box), areaOf(vehicle.box)),
  );
}

/** Vehicles that were in view long, near and moving enough, in the pictures that the tracker was given. */
function vehiclesDue(pictures: readonly TrackedPicture[], intervalMs: number): number[] {
  const seen = new Map<number, { timeMs: number; box: Box }[]>();
  for (const { timeMs, truth } of pictures) {
    for (const { id, box, isWanted } of truth) {
      if (isWanted) seen.set(id, [...(seen.get(id) ?? []), { timeMs, box }]);
    }
  }
  const { minWidth, minTravel, largeWidth, minStandingMs, minHits } = PASS_CRITERIA;
  return [...seen].flatMap(([id, views]) => {
    const [first] = views;
    const last = views.at(-1);
    if (!first || !last || views.length < neededHits(intervalMs, minHits) * MARGIN) return [];
    const width = Math.max(...views.map(({ box }) => box.width));
    const from = footOf(first.box);
    const travel = Math.max(...views.map(({ box }) => Math.hypot(footOf(box).x - from.x, footOf(box).y - from.y)));
    const isMoving = width >= minWidth * MARGIN && travel >= minTravel * MARGIN;
    const isLarge = width >= largeWidth * MARGIN && last.timeMs - first.timeMs >= minStandingMs * MARGIN;
    return isMoving || isLarge ? [id] : [];
  });
}
