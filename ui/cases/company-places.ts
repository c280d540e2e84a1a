import type { CommonRequest } from '#api/contract/cases.ts';
import type { MapArea, Sighting } from '#api/contract/sightings.ts';

export const dayMs = 86_400_000;
export const mostPlaces = 6;
export const largestKm2 = 25;
const kmPerDegree = 111.32;
/** A pass that was kept stands for what else came by within ten minutes. */
const aroundMs = 10 * 60_000;

/** A place and time as it is being filled in. */
export interface PlaceDraft {
  readonly key: number;
  readonly cameraIds: readonly string[];
  readonly area: MapArea | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

export function areaKm2({ west, south, east, north }: MapArea): number {
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  return (east - west) * kmPerDegree * squeeze * (north - south) * kmPerDegree;
}

export function draftOfPass(key: number, sighting: Sighting): PlaceDraft {
  const timeMs = Date.parse(sighting.time);
  return { key, cameraIds: [sighting.cameraId], area: undefined, fromMs: timeMs - aroundMs, toMs: timeMs + aroundMs };
}

export type PlaceProblem = 'no_place' | 'backwards' | 'too_long' | 'too_big';

/** Of a time that is asked about. */
export function problemOfTime({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) {
  if (toMs <= fromMs) return 'backwards';
  return toMs - fromMs > dayMs ? 'too_long' : undefined;
}

/** What the server would refuse. */
export function problemOf(draft: PlaceDraft): PlaceProblem | undefined {
  const time = problemOfTime(draft);
  if (time) return time;
  if (draft.area) return areaKm2(draft.area) > largestKm2 ? 'too_big' : undefined;
  return draft.cameraIds.length === 0 ? 'no_place' : undefined;
}

export function commonRequest(drafts: readonly PlaceDraft[]): CommonRequest {
  return {
    limit: 50,
    places: drafts.map(({ cameraIds, area, fromMs, toMs }) => ({
      ...(area ? { area } : { cameraIds: cameraIds.slice(0, 100) }),
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    })),
  };
}
