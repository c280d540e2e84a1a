import type { PlateColour, VehicleType } from '#api/contract/common.ts';
import type { SightingSearch } from '#api/contract/sightings.ts';
import { normalisePlateQuery } from '../shared/plate-doubt.ts';
import { isQuickRange, type QuickRange, quickRange, type TimeRange } from './time-range.ts';

/** The question as the address holds it. A quick range stays what it is, so that a reload asks about the new 'last hour'. */
export interface SearchQuery {
  readonly plate: string;
  readonly range: QuickRange | TimeRange;
  readonly cameraIds: readonly string[];
  readonly vehicleType: VehicleType | undefined;
  readonly plateColour: PlateColour | undefined;
  readonly purpose: string;
}

const vehicleTypes: readonly VehicleType[] = ['car', 'bus', 'truck', 'motorcycle'];
const plateColours: readonly PlateColour[] = ['blue', 'green', 'yellow', 'white', 'black', 'unknown'];
export const shortestPurpose = 4;

function readRange(search: URLSearchParams): QuickRange | TimeRange {
  const name = search.get('range');
  if (isQuickRange(name)) return name;
  const fromMs = new Date(search.get('from') ?? '').getTime();
  const toMs = new Date(search.get('to') ?? '').getTime();
  return Number.isNaN(fromMs) || Number.isNaN(toMs) || toMs <= fromMs ? '24h' : { fromMs, toMs };
}

/** @param rememberedPurpose of this page session, for an address without one */
export function parseSearch(search: URLSearchParams, rememberedPurpose: string): SearchQuery {
  return {
    plate: normalisePlateQuery(search.get('plate') ?? ''),
    range: readRange(search),
    cameraIds: (search.get('cameras') ?? '').split(',').filter((id) => /^[A-Za-z0-9_-]+$/.test(id)),
    vehicleType: vehicleTypes.find((type) => type === search.get('type')),
    plateColour: plateColours.find((colour) => colour === search.get('colour')),
    purpose: (search.get('purpose') ?? rememberedPurpose).slice(0, 200),
  };
}

/** The address of the question, keeping what else it holds. */
export function writeSearch(before: URLSearchParams, query: SearchQuery): URLSearchParams {
  const next = new URLSearchParams(before);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  };
  set('plate', query.plate);
  set('range', typeof query.range === 'string' ? query.range : undefined);
  set('from', typeof query.range === 'string' ? undefined : new Date(query.range.fromMs).toISOString());
  set('to', typeof query.range === 'string' ? undefined : new Date(query.range.toMs).toISOString());
  set('cameras', query.cameraIds.join(','));
  set('type', query.vehicleType);
  set('colour', query.plateColour);
  set('purpose', query.purpose);
  return next;
}

export function rangeOf(query: SearchQuery, nowMs: number): TimeRange {
  return typeof query.range === 'string' ? quickRange(query.range, nowMs) : query.range;
}

/** What is sent; undefined while the purpose is too short to search at all. */
export function searchBody(query: SearchQuery, nowMs: number): SightingSearch | undefined {
  const purpose = query.purpose.trim();
  if (purpose.length < shortestPurpose) return undefined;
  const { fromMs, toMs } = rangeOf(query, nowMs);
  return {
    purpose,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    limit: 100,
    ...(query.plate === '' ? {} : { plate: query.plate }),
    ...(query.cameraIds.length === 0 ? {} : { cameraIds: [...query.cameraIds] }),
    ...(query.vehicleType === undefined ? {} : { vehicleType: query.vehicleType }),
    ...(query.plateColour === undefined ? {} : { plateColour: query.plateColour }),
  };
}
