import type { RoadRoute } from '../roads/road-graph.ts';
import type { Sighting } from './sighting.ts';
import { type Roads, type Travel, travelBetween } from './travel.ts';

/** What a way takes in traffic, against the free road. */
const USUAL_SHARE = 1.5;
/** Without a road network: a town is crossed at 30 km/h, over a way that is longer than the straight line. */
const USUAL_KMH = 30;
const DETOUR = 1.4;
/** Who takes this much longer than usual stopped on the way; less is traffic. */
const LEAST_STOP_SECONDS = 600;

export interface TrajectoryLeg {
  readonly fromSightingId: string;
  readonly toSightingId: string;
  readonly durationSeconds: number;
  /** Straight line; undefined where a camera's place is not known. */
  readonly distanceMetres: number | undefined;
  /** Undefined without a road network, or where a camera stands at no road. */
  readonly route: RoadRoute | undefined;
  readonly isImplausible: boolean;
  /** About how long it stood somewhere between the two; undefined when it need not have. */
  readonly stopSeconds: number | undefined;
}

export interface Trajectory {
  readonly plate: string;
  /** Oldest first. */
  readonly sightings: readonly Sighting[];
  readonly legs: readonly TrajectoryLeg[];
}

/** What lies between each sighting and the next. @param sightings oldest first */
export function legsBetween(sightings: readonly Sighting[], roads: Roads | undefined): readonly TrajectoryLeg[] {
  return sightings.slice(1).flatMap((to, index) => {
    const from = sightings[index];
    if (!from) return [];
    const travel = travelBetween(from, to, roads);
    return [
      {
        fromSightingId: from.sightingId,
        toSightingId: to.sightingId,
        durationSeconds: travel.durationSeconds,
        distanceMetres: travel.distanceMetres,
        route: travel.route,
        isImplausible: travel.isImplausible,
        stopSeconds: stopOf(travel),
      },
    ];
  });
}

function stopOf({ route, distanceMetres, durationSeconds }: Travel): number | undefined {
  if (!route && distanceMetres === undefined) return undefined;
  const usualSeconds = route
    ? route.fastestSeconds * USUAL_SHARE
    : ((distanceMetres ?? 0) * DETOUR) / (USUAL_KMH / 3.6);
  const stopSeconds = durationSeconds - usualSeconds;
  return stopSeconds >= LEAST_STOP_SECONDS ? Math.round(stopSeconds) : undefined;
}
