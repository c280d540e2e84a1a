import type { CameraRule, Point } from '#ingest/cameras/camera.ts';
import type { Box, Detection } from '../detection.ts';
import { isInZone } from '../rules/zone.ts';
import { footOf } from '../tracking/box.ts';

/** Where detections of a camera count. Plain data: it goes to the analyzer thread with each picture. */
export interface WatchedRegions {
  /** When there are any, only what stands in one of them counts. */
  readonly interest: readonly (readonly Point[])[];
  /** What stands in one of these never counts. */
  readonly ignore: readonly (readonly Point[])[];
}

/** @returns undefined when the camera has no region: everything counts */
export function regionsOf(rules: readonly CameraRule[]): WatchedRegions | undefined {
  const regions = rules.filter((rule) => rule.kind === 'region');
  if (regions.length === 0) return undefined;
  const zones = (use: 'interest' | 'ignore') => regions.filter((rule) => rule.use === use).map(({ zone }) => zone);
  return { interest: zones('interest'), ignore: zones('ignore') };
}

/** A thing is where it touches the ground: its roof may reach into another region. */
function isWatched(box: Box, { interest, ignore }: WatchedRegions): boolean {
  const foot = footOf(box);
  if (ignore.some((zone) => isInZone(foot, zone))) return false;
  return interest.length === 0 || interest.some((zone) => isInZone(foot, zone));
}

export function keepWatched(
  detections: readonly Detection[],
  regions: WatchedRegions | undefined,
): readonly Detection[] {
  return regions ? detections.filter(({ box }) => isWatched(box, regions)) : detections;
}
