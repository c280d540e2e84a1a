import type { Sighting } from './sighting.ts';

const EARTH_RADIUS_METRES = 6_371_000;
/** Straight-line speed above this is hardly one vehicle. */
const IMPLAUSIBLE_KMH = 150;
/** Two cameras may see the same vehicle at once, and clocks differ a little. */
const CLOCK_SLACK_SECONDS = 2;

export interface TrajectoryLeg {
  readonly fromSightingId: string;
  readonly toSightingId: string;
  readonly durationSeconds: number;
  /** Straight line; undefined where a camera's place is not known. */
  readonly distanceMetres: number | undefined;
  readonly isImplausible: boolean;
}

export interface Trajectory {
  readonly plate: string;
  /** Oldest first. */
  readonly sightings: readonly Sighting[];
  readonly legs: readonly TrajectoryLeg[];
}

/** What lies between each sighting and the next. @param sightings oldest first */
export function legsBetween(sightings: readonly Sighting[]): readonly TrajectoryLeg[] {
  return sightings.slice(1).flatMap((to, index) => {
    const from = sightings[index];
    if (!from) return [];
    const durationSeconds = (to.timeMs - from.timeMs) / 1000;
    const distanceMetres = distanceBetween(from, to);
    const kmh = ((distanceMetres ?? 0) / Math.max(durationSeconds, CLOCK_SLACK_SECONDS)) * 3.6;
    return [
      {
        fromSightingId: from.sightingId,
        toSightingId: to.sightingId,
        durationSeconds,
        distanceMetres,
        isImplausible: kmh > IMPLAUSIBLE_KMH,
      },
    ];
  });
}

/** Great circle by the haversine formula, in metres. */
function distanceBetween(a: Sighting, b: Sighting): number | undefined {
  if (a.latitude === undefined || a.longitude === undefined || b.latitude === undefined || b.longitude === undefined)
    return undefined;
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const latitudeHalf = Math.sin(radians(b.latitude - a.latitude) / 2);
  const longitudeHalf = Math.sin(radians(b.longitude - a.longitude) / 2);
  const h = latitudeHalf ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * longitudeHalf ** 2;
  return 2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}
