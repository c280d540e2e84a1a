import type { SightingSearch } from '#api/contract/sightings.ts';
import { camerasOf, mostCameras, type PlaceIndex } from './places.ts';
import { canBeFuzzy, platePattern } from './plate-words.ts';
import { hasPurpose, rangeOf, type SearchQuery } from './search-query.ts';
import { withHours } from './time-range.ts';

/** Why a question is not sent. */
export type Hindrance = 'purpose' | 'loading' | 'no_cameras' | 'too_many_cameras';
export type Asked =
  | { readonly kind: 'ready'; readonly body: Omit<SightingSearch, 'limit' | 'cursor'> }
  | { readonly kind: 'not'; readonly why: Hindrance };

/** The cameras chosen and those that the words for places stand for; undefined: all. */
export function askedCameras(query: SearchQuery, places: PlaceIndex): readonly string[] | undefined {
  if (query.cameraIds.length === 0 && query.places.length === 0) return undefined;
  return [...new Set([...query.cameraIds, ...query.places.flatMap((word) => camerasOf(places, word))])];
}

/** @param places undefined while the list of cameras is not there yet */
export function searchBody(query: SearchQuery, places: PlaceIndex | undefined, nowMs: number): Asked {
  if (!hasPurpose(query)) return { kind: 'not', why: 'purpose' };
  if (!places && query.places.length > 0) return { kind: 'not', why: 'loading' };
  const cameraIds = places ? askedCameras(query, places) : query.cameraIds.length > 0 ? query.cameraIds : undefined;
  // A place without cameras must not become a search of all of them.
  if (cameraIds?.length === 0) return { kind: 'not', why: 'no_cameras' };
  if (cameraIds && cameraIds.length > mostCameras) return { kind: 'not', why: 'too_many_cameras' };
  const { range, hours } = withHours(rangeOf(query, nowMs), query.hours);
  const isFuzzy = query.isFuzzy && canBeFuzzy(query.plate);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    kind: 'ready',
    body: {
      purpose: query.purpose.trim(),
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      ...(query.caseId === undefined ? {} : { caseId: query.caseId }),
      ...(query.plate === '' ? {} : { plate: platePattern(query.plate, query.isFuzzy) }),
      ...(isFuzzy ? { isFuzzy: true } : {}),
      ...(cameraIds ? { cameraIds: [...cameraIds] } : {}),
      ...(query.area ? { area: query.area } : {}),
      ...(hours ? { timeOfDay: { ...hours, timeZone } } : {}),
      ...(query.vehicleType === undefined ? {} : { vehicleType: query.vehicleType }),
      ...(query.vehicleColour === undefined ? {} : { vehicleColour: query.vehicleColour }),
      ...(query.direction === undefined ? {} : { direction: query.direction }),
      ...(query.plateColour === undefined ? {} : { plateColour: query.plateColour }),
    },
  };
}
