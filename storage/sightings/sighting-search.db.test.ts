import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, samplePlate, sampleSighting } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';
import { normalisePlate } from './plate-pattern.ts';
import type { SightingPage, SightingSearch } from './sighting-repository.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const endMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const DAYS = 5;
const CAMERAS = 12;
const TYPES = ['car', 'bus', 'truck', 'van', 'motorcycle'] as const;
const COLOURS = ['white', 'black', 'red', 'unknown'] as const;
const DIRECTIONS = ['approaching', 'receding', undefined] as const;
const PLATES = ['京A12345', '京A12395', '京A1Z345', '沪B88888', '沪BB8888', '粤C0D0Q0', undefined];

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
let seen: VehicleSighting[];

/** The same numbers in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

beforeAll(async () => {
  fixture = await openTestStorage(inject('databaseUrl'));
  const { storage } = fixture;
  for (let index = 0; index < CAMERAS; index++)
    await storage.cameras.create(
      sampleCamera({ name: `C${index}`, latitude: 30 + index / 10, longitude: 117 + (index % 3) / 10 }),
      cameraId(`cam-${index}`),
    );
  const roll = dice(7);
  seen = Array.from({ length: 1500 }, () => {
    const plate = PLATES[roll(PLATES.length)];
    const direction = DIRECTIONS[roll(DIRECTIONS.length)];
    return sampleSighting({
      // Full minutes, so that some are at the same moment.
      timeMs: endMs - roll((DAYS * DAY_MS) / 60_000) * 60_000,
      cameraId: `cam-${roll(CAMERAS)}`,
      vehicleType: TYPES[roll(TYPES.length)] ?? 'car',
      vehicleColour: { name: COLOURS[roll(COLOURS.length)] ?? 'unknown', confidence: 0.5 },
      ...(direction === undefined ? {} : { direction }),
      ...(plate === undefined ? {} : { plate: samplePlate(plate, { colour: roll(2) === 0 ? 'blue' : 'green' }) }),
    });
  });
  await Promise.all(seen.map((sighting) => storage.eventSink.emit(sighting, [])));
  await storage.writer.drain();
});
afterAll(() => fixture.close());

/** Newest first, as the database orders them. */
function expected(search: Omit<SightingSearch, 'limit'>): string[] {
  const { plate, cameraIds, area, timeOfDay } = search;
  const pattern =
    plate === undefined
      ? undefined
      : new RegExp(`^${normalisePlate(plate).replaceAll('?', '.').replaceAll('*', '.*')}$`, 'u');
  return seen
    .filter((sighting) => {
      const index = Number(sighting.cameraId.slice(4));
      const [latitude, longitude] = [30 + index / 10, 117 + (index % 3) / 10];
      return (
        sighting.timeMs >= search.fromMs &&
        sighting.timeMs <= search.toMs &&
        (pattern === undefined || (sighting.plate !== undefined && pattern.test(sighting.plate.text))) &&
        (cameraIds === undefined || cameraIds.length === 0 || cameraIds.includes(sighting.cameraId)) &&
        (area === undefined ||
          (latitude >= area.south &&
            latitude <= area.north &&
            (area.west > area.east
              ? longitude >= area.west || longitude <= area.east
              : longitude >= area.west && longitude <= area.east))) &&
        (timeOfDay === undefined || isInHours(sighting.timeMs, timeOfDay)) &&
        (search.vehicleType === undefined || sighting.vehicleType === search.vehicleType) &&
        (search.vehicleColour === undefined || sighting.vehicleColour?.name === search.vehicleColour) &&
        (search.direction === undefined || sighting.direction === search.direction) &&
        (search.plateColour === undefined || sighting.plate?.colour === search.plateColour)
      );
    })
    .toSorted((a, b) => b.timeMs - a.timeMs || (a.eventId < b.eventId ? 1 : -1))
    .map(({ eventId }) => eventId);
}

function isInHours(timeMs: number, { from, to, timeZone }: NonNullable<SightingSearch['timeOfDay']>): boolean {
  const wall = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(timeMs);
  return from < to ? wall >= from && wall < to : wall >= from || wall < to;
}

async function pagesOf(search: Omit<SightingSearch, 'limit'>, limit: number): Promise<SightingPage[]> {
  const pages: SightingPage[] = [];
  let cursor: string | undefined;
  do {
    const page: SightingPage = await fixture.storage.sightings.search({ ...search, limit, cursor });
    expect(page.sightings.length).toBeLessThanOrEqual(limit);
    pages.push(page);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return pages;
}

const idsOf = (pages: readonly SightingPage[]): string[] =>
  pages.flatMap(({ sightings }) => sightings.map(({ sightingId }) => sightingId));

const range = { fromMs: endMs - DAYS * DAY_MS, toMs: endMs };
const SEARCHES: readonly (readonly [string, Partial<SightingSearch>])[] = [
  ['nothing but time', {}],
  ['a plate', { plate: '京A12345' }],
  ['a pattern', { plate: '京A1?3*' }],
  ['every plate', { plate: '*' }],
  ['cameras', { cameraIds: ['cam-1', 'cam-7', 'cam-1'] }],
  ['an area', { area: { west: 117.05, south: 30.15, east: 117.25, north: 30.85 } }],
  ['an area over the 180th meridian', { area: { west: 117.15, south: 30, east: 117.05, north: 32 } }],
  ['an area and cameras', { area: { west: 116, south: 30, east: 118, north: 30.5 }, cameraIds: ['cam-1', 'cam-9'] }],
  ['an area without cameras', { area: { west: 0, south: 0, east: 1, north: 1 } }],
  ['hours', { timeOfDay: { from: '07:30', to: '09:00', timeZone: 'Asia/Shanghai' } }],
  ['hours over midnight', { timeOfDay: { from: '23:00', to: '01:30', timeZone: 'Asia/Shanghai' } }],
  ['type and colour', { vehicleType: 'bus', vehicleColour: 'red' }],
  ['direction and colour of the plate', { direction: 'receding', plateColour: 'green' }],
  [
    'a plate, cameras and hours',
    {
      plate: '京A*',
      cameraIds: ['cam-2', 'cam-3', 'cam-4'],
      timeOfDay: { from: '12:00', to: '24:00', timeZone: 'Europe/Berlin' },
    },
  ],
  [
    'everything at once',
    {
      plate: '?A12345',
      area: { west: 116, south: 29, east: 118, north: 31 },
      timeOfDay: { from: '06:00', to: '20:00', timeZone: 'Asia/Shanghai' },
      vehicleType: 'car',
      vehicleColour: 'white',
      plateColour: 'blue',
    },
  ],
];

test.each(SEARCHES)('pages of %s are what a look at every sighting finds', async (_title, search) => {
  for (const limit of [43, 500]) {
    const all = { ...range, ...search };
    expect(idsOf(await pagesOf(all, limit))).toEqual(expected(all));
  }
});

test('any combination of filters finds what a look at every sighting finds', async () => {
  const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
  const time = fc.integer({ min: range.fromMs, max: range.toMs });
  const hour = fc.constantFrom('00:00', '05:30', '08:00', '12:45', '17:00', '22:15', '23:59');
  const degrees = (from: number): fc.Arbitrary<number> =>
    fc.integer({ min: 0, max: 13 }).map((n) => from + n / 10 - 0.05);
  const combination = fc.record({
    times: fc.tuple(time, time),
    plate: maybe(fc.constantFrom('京A12345', '京A123?5', '沪*', '*8*', '粤C0D0Q0', '京A99999')),
    cameraIds: maybe(
      fc.subarray(
        Array.from({ length: CAMERAS }, (_, index) => `cam-${index}`),
        { minLength: 1 },
      ),
    ),
    area: maybe(fc.record({ west: degrees(117), south: degrees(30), east: degrees(117), north: degrees(30) })),
    timeOfDay: maybe(
      fc.record({ from: hour, to: hour, timeZone: fc.constantFrom('Asia/Shanghai', 'America/New_York') }),
    ),
    vehicleType: maybe(fc.constantFrom(...TYPES)),
    vehicleColour: maybe(fc.constantFrom(...COLOURS)),
    direction: maybe(fc.constantFrom('approaching' as const, 'receding' as const)),
    plateColour: maybe(fc.constantFrom('blue' as const, 'green' as const)),
    limit: fc.integer({ min: 1, max: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(combination, async ({ times, limit, ...filters }) => {
      fc.pre(filters.timeOfDay === undefined || filters.timeOfDay.from !== filters.timeOfDay.to);
      const search = { ...filters, fromMs: Math.min(...times), toMs: Math.max(...times) };
      const wanted = expected(search);
      const found: string[] = [];
      let cursor: string | undefined;
      // A few pages say as much as all of them.
      for (let page = 0; page < 4; page++) {
        const { sightings, nextCursor, plates } = await fixture.storage.sightings.search({ ...search, limit, cursor });
        found.push(...sightings.map(({ sightingId }) => sightingId));
        if (page === 0 && filters.plate !== undefined)
          expect(plates.reduce((sum, { count }) => sum + count, 0)).toBe(wanted.length);
        cursor = nextCursor;
        if (cursor === undefined) break;
      }
      expect(found).toEqual(wanted.slice(0, found.length));
      if (cursor === undefined) expect(found.length).toBe(wanted.length);
    }),
    { numRuns: 60, seed: 4 },
  );
}, 120_000);

test('when filters leave nothing it says what each of them costs', async () => {
  const { sightings } = fixture.storage;
  const search = { ...range, limit: 10 };
  const attribute = await sightings.search({ ...search, plate: '京A12345', vehicleColour: 'brown' });
  expect(attribute.widenings).toContainEqual({
    kind: 'any_attribute',
    count: expected({ ...range, plate: '京A12345' }).length,
  });
  const area = await sightings.search({ ...search, area: { west: 0, south: 0, east: 1, north: 1 } });
  expect(area.widenings).toEqual([{ kind: 'all_cameras', count: 1000 }]);
  const alike = await sightings.search({ ...search, plate: '京A1Z3A5' });
  expect(alike.widenings.map(({ kind }) => kind)).toContain('one_character_unknown');
  await expect(
    sightings.search({ ...search, timeOfDay: { from: '01:00', to: '02:00', timeZone: 'Nowhere' } }),
  ).rejects.toMatchObject({ code: 'TIME_ZONE_UNKNOWN' });
});
