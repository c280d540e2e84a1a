import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { PlateEvidence, VehicleSighting } from '#analyzers/analysis-event.ts';
import { cameraId } from '#ingest/media.ts';
import { buildRoadNetwork } from '../roads/road-network.ts';
import { sampleCamera, samplePlate, sampleSighting } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const range = { fromMs: nowMs - 20 * HOUR_MS, toMs: nowMs };
/** Every hour at the first of ten cameras, a kilometre apart on a road of 60 km/h. */
const DAILY = '皖A8K823';
const NEIGHBOUR = '皖A8K825';

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
const seen = new Map<string, VehicleSighting>();

async function add(
  name: string,
  minutesAgo: number,
  camera: number,
  plate: string,
  changes: Partial<PlateEvidence> = {},
  vehicle: Partial<VehicleSighting> = {},
): Promise<void> {
  const sighting = sampleSighting({
    timeMs: nowMs - minutesAgo * MINUTE_MS,
    cameraId: `km-${camera}`,
    plate: samplePlate(plate, { confidence: 0.95, ...changes }),
    ...vehicle,
  });
  seen.set(name, sighting);
  await fixture.storage.eventSink.emit(sighting, []);
}

beforeAll(async () => {
  fixture = await openTestStorage(inject('databaseUrl'));
  const { storage } = fixture;
  const metresPerDegree = 111_195 * Math.cos((31.8 * Math.PI) / 180);
  for (let kilometre = 0; kilometre <= 100; kilometre += kilometre < 10 ? 1 : 90)
    await storage.cameras.create(
      sampleCamera({ name: `Km ${kilometre}`, latitude: 31.8, longitude: 117 + (kilometre * 1000) / metresPerDegree }),
      cameraId(`km-${kilometre}`),
    );
  await storage.roads.put(
    buildRoadNetwork([
      {
        points: [
          [116.99, 31.8],
          [117 + 101_000 / metresPerDegree, 31.8],
        ],
        speedKmh: 60,
        isOneWay: false,
        level: 0,
      },
    ]),
  );
  for (let hour = 1; hour < 10; hour++) {
    await add(`daily ${hour}`, hour * 60, 0, DAILY);
    await add(`neighbour ${hour}`, hour * 60 + 7, 0, NEIGHBOUR);
    await add(`stranger ${hour}`, hour * 60 + 9, 0, '粤B55555');
  }
  // Once each: on the way to and fro, and where nobody gets in five minutes.
  await add('on the way', 55, 5, '皖A8KB23', { confidence: 0.6 });
  await add('back again', 50, 0, DAILY);
  await add('too far', 45, 100, '皖A8X823', { confidence: 0.6, alternatives: [{ text: DAILY, confidence: 0.35 }] });
  await add('a character less', 47, 2, '皖A8K83', { confidence: 0.5 });
  await storage.writer.drain();
  await storage.writer.drain();
});
afterAll(() => fixture.close());

const namesOf = (sightings: readonly { readonly sightingId: string }[]): (string | undefined)[] =>
  sightings.map(({ sightingId }) => [...seen].find(([, { eventId }]) => eventId === sightingId)?.[0]);

test('a fuzzy search also finds what the plate was misread as, likeliest first, and says how likely', async () => {
  const { sightings, plates, nextCursor } = await fixture.storage.sightings.search({
    ...range,
    plate: DAILY,
    isFuzzy: true,
    limit: 100,
  });
  const found = namesOf(sightings);
  expect(found.slice(0, 10)).toEqual(['back again', ...Array.from({ length: 9 }, (_, hour) => `daily ${hour + 1}`)]);
  expect(found).toEqual(expect.arrayContaining(['on the way', 'too far', 'a character less']));
  expect(found.some((name) => name?.startsWith('stranger'))).toBe(false);
  const likelihoods = sightings.map(({ likelihood }) => likelihood ?? Number.NaN);
  expect(likelihoods.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 1));
  expect(likelihoods).toEqual(likelihoods.toSorted((a, b) => b - a));
  expect(plates[0]).toEqual({ text: DAILY, count: 10, likelihood: 1 });
  const likelihoodOf = (text: string): number => plates.find((plate) => plate.text === text)?.likelihood ?? 0;
  expect(likelihoodOf('皖A8X823')).toBeGreaterThan(0.9);
  expect(likelihoodOf('皖A8KB23')).toBeGreaterThan(0.3);
  // Any of hundreds of plates may have lost a character like this.
  expect(likelihoodOf('皖A8K83')).toBeLessThan(likelihoodOf('皖A8KB23') / 5);
  // Another vehicle, seen as often, may be listed, but as hardly likely.
  expect(likelihoodOf(NEIGHBOUR)).toBeLessThan(0.1);
  expect(nextCursor).toBeUndefined();
});

test('pages of a fuzzy search together are the whole of it, each in its time', async () => {
  const { sightings: repository } = fixture.storage;
  const search = { ...range, plate: DAILY, isFuzzy: true };
  const all = (await repository.search({ ...search, limit: 100 })).sightings.map(({ sightingId }) => sightingId);
  const collected: string[] = [];
  let cursor: string | undefined;
  let newestMs = Number.POSITIVE_INFINITY;
  do {
    const page = await repository.search({ ...search, limit: 3, cursor });
    for (const { timeMs } of page.sightings) expect(timeMs).toBeLessThanOrEqual(newestMs);
    newestMs = Math.min(...page.sightings.map(({ timeMs }) => timeMs));
    collected.push(...page.sightings.map(({ sightingId }) => sightingId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(collected.toSorted()).toEqual(all.toSorted());
  expect(new Set(collected).size).toBe(collected.length);
});

test('filters narrow a fuzzy search, and where nothing is found exactly it is offered', async () => {
  const { sightings } = fixture.storage;
  const narrowed = await sightings.search({ ...range, plate: DAILY, isFuzzy: true, cameraIds: ['km-5'], limit: 10 });
  expect(namesOf(narrowed.sightings)).toEqual(['on the way']);
  const nothing = await sightings.search({ ...range, plate: DAILY, cameraIds: ['km-5'], limit: 10 });
  expect(nothing.widenings).toContainEqual({ kind: 'fuzzy', count: 1 });
});

test('who asks for a misreading finds the plate that is seen daily', async () => {
  const { sightings } = await fixture.storage.sightings.search({
    ...range,
    plate: '皖A8KB23',
    isFuzzy: true,
    limit: 100,
  });
  expect(namesOf(sightings)[0]).toBe('on the way');
  expect(namesOf(sightings)).toContain('daily 3');
});

test('a trajectory has its way over the roads and its stops', async () => {
  const { sightings, legs } = await fixture.storage.sightings.trajectory({ ...range, plate: DAILY });
  expect(sightings).toHaveLength(10);
  expect(legs.every(({ isImplausible }) => !isImplausible)).toBe(true);
  expect(legs[0]).toMatchObject({ durationSeconds: 3600, stopSeconds: 3600 });
});

test('a fuzzy trajectory joins what was misread where it can be driven, and nothing else', async () => {
  const { sightings, legs } = await fixture.storage.sightings.trajectory({ ...range, plate: DAILY, isFuzzy: true });
  const names = namesOf(sightings);
  expect(names.slice(-3)).toEqual(['daily 1', 'on the way', 'back again']);
  expect(names).not.toContain('too far');
  const onTheWay = sightings[names.indexOf('on the way')];
  expect(onTheWay?.likelihood).toBeGreaterThan(0.9);
  const leg = legs[names.indexOf('daily 1')];
  expect(leg?.route?.distanceMetres).toBeCloseTo(5000, -2);
  expect(leg?.route?.fastestSeconds).toBeCloseTo(300, -1);
});

test('what the reader hesitates between is learned from its alternatives, and used', async () => {
  const { plateConfusions } = fixture.storage;
  const before = (await plateConfusions.model()).ofCharacter('K', 'X');
  const learned = await plateConfusions.learn();
  expect(learned.readings).toBe(seen.size);
  expect((await plateConfusions.model()).ofCharacter('K', 'X')).not.toBe(before);
  await plateConfusions.learn();
  expect(await plateConfusions.learn()).toEqual(learned);
});

test('clones: a plate in two places at once, or on two kinds of vehicles, and no plate that was misread once', async () => {
  for (let hour = 1; hour < 8; hour++) {
    await add(`twice a ${hour}`, hour * 60, 1, '苏E11111');
    await add(`twice b ${hour}`, hour * 60 - 5, 100, '苏E11111');
    await add(`kinds a ${hour}`, hour * 60, 1, '苏E22222');
    await add(`kinds b ${hour}`, hour * 60 + 30, 1, '苏E22222', {}, { vehicleType: 'truck' });
    await add(`once ${hour}`, hour * 60, 1, '苏E33333');
  }
  await add('misread', 123, 100, '苏E33333', { confidence: 0.91 });
  await fixture.storage.writer.drain();
  const suspicions = await fixture.storage.sightings.clones({ ...range, limit: 50 });
  expect(suspicions.map(({ plate, reasons }) => [plate, reasons])).toEqual([
    ['苏E11111', ['impossible_travel']],
    ['苏E22222', ['different_vehicle_type']],
  ]);
  const [twice] = suspicions;
  expect(twice).toMatchObject({ contradictions: 7, secondsApart: 300 });
  expect(twice!.fastestSeconds).toBeCloseTo(99 * 60, -2);
  expect([twice!.first.cameraId, twice!.second.cameraId]).toEqual(['km-1', 'km-100']);
  expect(await fixture.storage.sightings.clones({ ...range, plate: '苏E22222', limit: 50 })).toHaveLength(1);
  expect(await fixture.storage.sightings.clones({ ...range, plate: DAILY, limit: 50 })).toEqual([]);
});
