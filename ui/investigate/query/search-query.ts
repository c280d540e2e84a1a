import type { PlateColour, TravelDirection, VehicleColour, VehicleType } from '#api/contract/common.ts';
import type { MapArea } from '#api/contract/sightings.ts';
import { normalisePlateQuery } from '../../shared/plate-doubt.ts';
import type { Term } from './terms.ts';
import { type DayHours, isMovingRange, type MovingRange, rangeNow, type TimeRange } from './time-range.ts';

/** The question as the address holds it. A range in words stays what it is, so that a reload asks about the new 'last hour'. */
export interface SearchQuery {
  /** As typed: a part of a plate is asked for as such, see `platePattern`. */
  readonly plate: string;
  readonly isFuzzy: boolean;
  /** Undefined: nothing was said; the last 24 hours. */
  readonly range: MovingRange | TimeRange | undefined;
  readonly hours: DayHours | undefined;
  /** Words that stand for cameras: roads, areas, parts of names. */
  readonly places: readonly string[];
  readonly cameraIds: readonly string[];
  readonly area: MapArea | undefined;
  readonly vehicleColour: VehicleColour | undefined;
  readonly vehicleType: VehicleType | undefined;
  readonly direction: TravelDirection | undefined;
  readonly plateColour: PlateColour | undefined;
  /** What was typed and not understood. */
  readonly unread: readonly string[];
  readonly purpose: string;
  readonly caseId: string | undefined;
}

export const vehicleTypes: readonly VehicleType[] = ['car', 'bus', 'truck', 'van', 'motorcycle'];
export const vehicleColours: readonly VehicleColour[] = [
  'white',
  'silver',
  'grey',
  'black',
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'brown',
];
export const directions: readonly TravelDirection[] = ['approaching', 'receding', 'leftward', 'rightward', 'standing'];
export const plateColours: readonly PlateColour[] = ['blue', 'green', 'yellow', 'white', 'black'];
export const shortestPurpose = 4;
export const usualRange: MovingRange = '24h';
const clock = /^(?:([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const most = { places: 8, unread: 12, cameras: 500 } as const;

function readRange(search: URLSearchParams): MovingRange | TimeRange | undefined {
  const name = search.get('range');
  if (isMovingRange(name)) return name;
  const fromMs = new Date(search.get('from') ?? '').getTime();
  const toMs = new Date(search.get('to') ?? '').getTime();
  return Number.isNaN(fromMs) || Number.isNaN(toMs) || toMs <= fromMs ? undefined : { fromMs, toMs };
}

function readDayHours(text: string | null): DayHours | undefined {
  const [from = '', to = ''] = (text ?? '').split('-');
  return clock.test(from) && clock.test(to) && from !== '24:00' && from !== to ? { from, to } : undefined;
}

export function readArea(text: string | null): MapArea | undefined {
  const numbers = (text ?? '').split(',').map(Number);
  const [west = NaN, south = NaN, east = NaN, north = NaN] = numbers;
  const isRight =
    numbers.length === 4 && west >= -180 && east <= 180 && west < east && south >= -90 && north <= 90 && south < north;
  return isRight ? { west, south, east, north } : undefined;
}

const listOf = (text: string | null, count: number): string[] =>
  (text ?? '')
    .split('|')
    .map((word) => word.trim().slice(0, 80))
    .filter((word) => word !== '')
    .slice(0, count);

export interface Remembered {
  readonly purpose: string;
  readonly caseId: string | undefined;
}

/** @param remembered case or purpose of this page session, for an address without either */
export function parseSearch(search: URLSearchParams, remembered: Remembered): SearchQuery {
  const hasOwn = search.has('purpose') || search.has('case');
  const caseId = hasOwn ? search.get('case') : (remembered.caseId ?? null);
  return {
    plate: normalisePlateQuery(search.get('plate') ?? ''),
    isFuzzy: search.get('fuzzy') === '1',
    range: readRange(search),
    hours: readDayHours(search.get('hours')),
    places: listOf(search.get('places'), most.places),
    cameraIds: (search.get('cameras') ?? '')
      .split(',')
      .filter((id) => /^[A-Za-z0-9_-]{1,64}$/.test(id))
      .slice(0, most.cameras),
    area: readArea(search.get('area')),
    vehicleColour: vehicleColours.find((colour) => colour === search.get('paint')),
    vehicleType: vehicleTypes.find((type) => type === search.get('type')),
    direction: directions.find((direction) => direction === search.get('direction')),
    plateColour: plateColours.find((colour) => colour === search.get('colour')),
    unread: listOf(search.get('unread'), most.unread),
    purpose: (hasOwn ? (search.get('purpose') ?? '') : remembered.purpose).slice(0, 200),
    caseId: caseId !== null && /^[A-Za-z0-9_-]{1,64}$/.test(caseId) ? caseId : undefined,
  };
}

const degrees = (value: number): string => String(Number(value.toFixed(5)));

/** What the address says of the question; undefined: not in it. */
export function writeSearch(query: SearchQuery): Record<string, string | undefined> {
  const { range, hours, area } = query;
  const stretch = typeof range === 'object' ? range : undefined;
  const text = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
  return {
    plate: text(query.plate),
    fuzzy: query.isFuzzy ? '1' : undefined,
    range: typeof range === 'string' ? range : undefined,
    from: stretch && new Date(stretch.fromMs).toISOString(),
    to: stretch && new Date(stretch.toMs).toISOString(),
    hours: hours && `${hours.from}-${hours.to}`,
    places: text(query.places.join('|')),
    cameras: text(query.cameraIds.join(',')),
    area: area && [area.west, area.south, area.east, area.north].map(degrees).join(','),
    paint: query.vehicleColour,
    type: query.vehicleType,
    direction: query.direction,
    colour: query.plateColour,
    unread: text(query.unread.join('|')),
    purpose: text(query.purpose),
    case: query.caseId,
  };
}

export function rangeOf(query: SearchQuery, nowMs: number): TimeRange {
  const range = query.range ?? usualRange;
  return typeof range === 'string' ? rangeNow(range, nowMs) : range;
}

export const hasPurpose = (query: SearchQuery): boolean => query.purpose.trim().length >= shortestPurpose;

function applyTerm(query: SearchQuery, term: Term): SearchQuery {
  switch (term.kind) {
    case 'plate':
      return { ...query, plate: normalisePlateQuery(term.plate) };
    case 'fuzzy':
      return { ...query, isFuzzy: true };
    case 'range':
      return { ...query, range: term.range };
    case 'hours':
      return { ...query, hours: term.hours };
    case 'place':
      return query.places.includes(term.name)
        ? query
        : { ...query, places: [...query.places, term.name].slice(-most.places) };
    case 'colour':
      return { ...query, vehicleColour: term.value };
    case 'type':
      return { ...query, vehicleType: term.value };
    case 'direction':
      return { ...query, direction: term.value };
    case 'plateColour':
      return { ...query, plateColour: term.value };
    case 'unknown': {
      const word = term.text.replaceAll('|', ' ').trim();
      return word === '' || query.unread.includes(word)
        ? query
        : { ...query, unread: [...query.unread, word].slice(-most.unread) };
    }
  }
}

/** What was said later replaces what was said before; places add up. */
export function applyTerms(query: SearchQuery, terms: readonly Term[]): SearchQuery {
  return terms.reduce(applyTerm, query);
}

/** The question without words; the case or purpose stays. */
export function emptyQuery({ purpose, caseId }: Remembered): SearchQuery {
  return { ...parseSearch(new URLSearchParams(), { purpose, caseId }), purpose, caseId };
}
