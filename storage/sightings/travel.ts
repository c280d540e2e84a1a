import type { RoadGraph, RoadRoute } from '../roads/road-graph.ts';

/** What is asked of the road network here. */
export type Roads = Pick<RoadGraph, 'routeBetween'>;

/** The same roads, which remember the ways of one answer: who commutes drives the same ones every day. */
export function rememberingWays(roads: Roads | undefined): Roads | undefined {
  if (!roads) return undefined;
  const known = new Map<string, RoadRoute | undefined>();
  return {
    routeBetween(fromCameraId, toCameraId) {
      const key = `${fromCameraId} ${toCameraId}`;
      if (!known.has(key)) known.set(key, roads.routeBetween(fromCameraId, toCameraId));
      return known.get(key);
    },
  };
}

/** A pass, as far as it matters for getting from one to the next. */
export interface Passed {
  readonly timeMs: number;
  readonly cameraId: string;
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
}

/** How one gets from one pass to the next. */
export interface Travel {
  /** Straight line; undefined where a camera's place is not known. */
  readonly distanceMetres: number | undefined;
  readonly route: RoadRoute | undefined;
  readonly durationSeconds: number;
  readonly isImplausible: boolean;
}

const EARTH_RADIUS_METRES = 6_371_000;
/** Without a road network: a straight-line speed above this is hardly one vehicle. */
const IMPLAUSIBLE_KMH = 150;
/** Two cameras may see the same vehicle at once, and clocks differ a little. */
const CLOCK_SLACK_SECONDS = 3;
/** Drivers exceed limits, and the network has its errors: only who needs less than this share of the fastest way is not one vehicle. */
const LEAST_SHARE = 0.8;

/** @param from seen before `to`, or at the same time */
export function travelBetween(from: Passed, to: Passed, roads: Roads | undefined): Travel {
  const durationSeconds = (to.timeMs - from.timeMs) / 1000;
  const distanceMetres = straightMetres(from, to);
  const route = from.cameraId === to.cameraId ? undefined : roads?.routeBetween(from.cameraId, to.cameraId);
  const kmh = ((distanceMetres ?? 0) / Math.max(durationSeconds, CLOCK_SLACK_SECONDS)) * 3.6;
  return {
    distanceMetres,
    route,
    durationSeconds,
    isImplausible: route ? isTooFast(durationSeconds, route.fastestSeconds) : kmh > IMPLAUSIBLE_KMH,
  };
}

export function isTooFast(durationSeconds: number, fastestSeconds: number): boolean {
  return durationSeconds + CLOCK_SLACK_SECONDS < fastestSeconds * LEAST_SHARE;
}

/** Great circle by the haversine formula, in metres; undefined where a place is not known. */
export function straightMetres(a: Passed, b: Passed): number | undefined {
  if (a.latitude === undefined || a.longitude === undefined || b.latitude === undefined || b.longitude === undefined)
    return undefined;
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const latitudeHalf = Math.sin(radians(b.latitude - a.latitude) / 2);
  const longitudeHalf = Math.sin(radians(b.longitude - a.longitude) / 2);
  const h = latitudeHalf ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * longitudeHalf ** 2;
  return 2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}
