import type { SightingSearch } from '#storage/sightings/sighting-repository.ts';
import type { City } from '../../simulation/city.ts';
import type { Random } from '../../simulation/random.ts';
import type { CityRange } from './recall.ts';

const DAY_MS = 86_400_000;
const PAGE = 100;

export const KINDS = [
  'exact',
  'partial',
  'fuzzy',
  'area',
  'attributes',
  'trajectory',
  'fuzzyTrajectory',
  'clones',
] as const;
export type Kind = (typeof KINDS)[number];

/** What an investigator asks; `search` is a page of a hundred. */
export type Question =
  | { readonly kind: 'exact' | 'partial' | 'fuzzy' | 'area' | 'attributes'; readonly search: SightingSearch }
  | { readonly kind: 'trajectory' | 'fuzzyTrajectory'; readonly plate: string; readonly range: CityRange }
  | { readonly kind: 'clones'; readonly range: CityRange };

/** What it should take at 20 million sightings, 95 of 100 times; undefined: no aim. */
export const TARGET_MS: Readonly<Record<Kind, number | undefined>> = {
  exact: 50,
  partial: undefined,
  fuzzy: 100,
  area: 200,
  attributes: undefined,
  trajectory: 300,
  fuzzyTrajectory: undefined,
  clones: 5000,
};

export const TITLE: Readonly<Record<Kind, string>> = {
  exact: 'exact plate, 30 days',
  partial: 'plate with wildcards, 30 days',
  fuzzy: 'fuzzy plate, 30 days',
  area: 'map area of 1 to 5 km, 7 days',
  attributes: 'type, colour and hours of the day, 7 days',
  trajectory: 'trajectory, 30 days',
  fuzzyTrajectory: 'trajectory with misread passes, 30 days',
  clones: 'cloned plates of a day',
};

/** @param range all that is stored */
export function questionOf(kind: Kind, city: City, range: CityRange, random: Random): Question {
  const plate = city.vehicle(random.below(city.spec.vehicles)).plate;
  const month = { fromMs: Math.max(range.fromMs, range.toMs - 30 * DAY_MS), toMs: range.toMs };
  const latest = Math.max(range.fromMs, range.toMs - 7 * DAY_MS);
  const endMs = Math.round(latest + random.next() * (range.toMs - latest));
  const week = { fromMs: Math.max(range.fromMs, endMs - 7 * DAY_MS), toMs: endMs };
  switch (kind) {
    case 'exact':
      return { kind, search: { ...month, plate, limit: PAGE } };
    case 'partial':
      return { kind, search: { ...month, plate: withWildcards(plate, random), limit: PAGE } };
    case 'fuzzy':
      return { kind, search: { ...month, plate, isFuzzy: true, limit: PAGE } };
    case 'area':
      return { kind, search: { ...week, area: areaOf(city, random), limit: PAGE } };
    case 'attributes':
      return {
        kind,
        search: {
          ...week,
          vehicleType: random.pick(['car', 'truck', 'bus', 'van'] as const),
          vehicleColour: random.pick(['white', 'black', 'red', 'yellow'] as const),
          timeOfDay: { ...random.pick(HOURS), timeZone: 'Asia/Shanghai' },
          limit: PAGE,
        },
      };
    case 'trajectory':
    case 'fuzzyTrajectory':
      return { kind, plate, range: month };
    case 'clones': {
      const days = Math.max(1, Math.floor((range.toMs - range.fromMs) / DAY_MS));
      const fromMs = range.fromMs + random.below(days) * DAY_MS;
      return { kind, range: { fromMs, toMs: fromMs + DAY_MS - 1 } };
    }
  }
}

const HOURS = [
  { from: '07:00', to: '09:00' },
  { from: '12:00', to: '13:30' },
  { from: '22:00', to: '05:00' },
] as const;

/** One place unknown, or two, or an end. */
function withWildcards(plate: string, random: Random): string {
  const characters = Array.from(plate);
  const place = (): number => 2 + random.below(characters.length - 2);
  switch (random.below(3)) {
    case 0:
      return characters.with(place(), '?').join('');
    case 1:
      return characters.with(place(), '?').with(place(), '?').join('');
    default:
      return `${characters.slice(0, 5).join('')}*`;
  }
}

function areaOf(city: City, random: Random): NonNullable<SightingSearch['area']> {
  const { longitude, latitude } = random.pick(city.cameras);
  const metres = 500 + random.below(2000);
  const north = metres / 111_195;
  const east = north / Math.cos((latitude * Math.PI) / 180);
  return { west: longitude - east, east: longitude + east, south: latitude - north, north: latitude + north };
}
