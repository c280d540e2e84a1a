import type { PlateEvidence } from '../analysis-event.ts';
import { VEHICLE_LABELS } from '../detection.ts';
import type { Track } from './track.ts';

/** What makes a track worth a sighting: near enough to be told from its neighbours, and really there. */
export interface PassCriteria {
  /** 0..1 of the frame's width. */
  readonly minWidth: number;
  /** 0..1 of the frame: a vehicle that stands in a far queue or is parked moves less. */
  readonly minTravel: number;
  /** From this width on it counts although it does not move, once it was there for `minStandingMs`. */
  readonly largeWidth: number;
  readonly minStandingMs: number;
  /** At a usual picture rate; fewer are enough when pictures are rare. */
  readonly minHits: number;
  /** Pictures that must agree on a plate. */
  readonly minPlateFrames: number;
}

export const PASS_CRITERIA: PassCriteria = {
  minWidth: 0.06,
  minTravel: 0.25,
  largeWidth: 0.18,
  minStandingMs: 2000,
  minHits: 4,
  minPlateFrames: 2,
};

export function isVehicle(track: Track): boolean {
  return VEHICLE_LABELS.includes(track.label);
}

/**
 * @param intervalMs between two pictures of the camera, as the tracker measured it
 * @param plate what its plate came to: where several pictures agree on one, there is a vehicle
 */
export function isVehiclePass(
  track: Track,
  intervalMs: number,
  plate: PlateEvidence | undefined,
  criteria: PassCriteria = PASS_CRITERIA,
): boolean {
  if (!isVehicle(track) || track.maxWidth < criteria.minWidth) return false;
  if (plate && plate.framesAgreeing >= criteria.minPlateFrames) return true;
  if (track.hits < neededHits(intervalMs, criteria.minHits)) return false;
  if (track.travel >= criteria.minTravel) return true;
  // At key-frame rate a vehicle may be in one picture only, so standing cannot be asked for.
  const standsLongEnough = track.lastMs - track.firstMs >= criteria.minStandingMs || intervalMs > RARE_PICTURES_MS;
  return track.maxWidth >= criteria.largeWidth && standsLongEnough;
}

/** Pictures further apart than this are those of key frames. */
export const RARE_PICTURES_MS = 900;

/** A vehicle is in view for a second or two: at 4 pictures a second that is 4, at key-frame rate it is 1. */
export function neededHits(intervalMs: number, minHits: number): number {
  if (intervalMs <= 0) return 1;
  return Math.max(1, Math.min(minHits, Math.floor(RARE_PICTURES_MS / intervalMs)));
}
