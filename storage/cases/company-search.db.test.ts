import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, samplePlate, sampleSighting } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.now() - 10 * HOUR_MS;
let fixture: Awaited<ReturnType<typeof openTestStorage>>;

/** [plate, camera, seconds after the start, confidence] */
const PASSES: readonly (readonly [string, string, number, number?])[] = [
  ['皖A00001', 'c1', 0],
  ['皖A00001', 'c2', 600],
  ['皖A00001', 'c3', 1200],
  ['皖A00001', 'c3', 1500],
  ['皖A00001', 'c4', 1800, 0.5],
  // At three of the cameras, closely behind.
  ['皖A00002', 'c1', 20],
  ['皖A00002', 'c2', 620],
  ['皖A00002', 'c3', 1220],
  ['皖A00002', 'c3', 1510],
  // At three, less closely.
  ['皖A00003', 'c1', -50],
  ['皖A00003', 'c2', 660],
  ['皖A00003', 'c3', 1260],
  // At two.
  ['皖A00004', 'c1', 1],
  ['皖A00004', 'c2', 601],
  // At three, but one reading is not sure.
  ['皖A00005', 'c1', 2],
  ['皖A00005', 'c2', 602, 0.79],
  ['皖A00005', 'c3', 1202],
  // At four, but an hour later; and at one camera again and again.
  ...['c1', 'c2', 'c3', 'c4'].map((camera, index) => ['皖A00006', camera, 3600 + index * 600] as const),
  ...[1195, 1200, 1205, 1495, 1500].map((seconds) => ['皖A00007', 'c3', seconds] as const),
];

beforeAll(async () => {
  fixture = await openTestStorage(inject('databaseUrl'));
  const { storage } = fixture;
  for (const [index, id] of ['c1', 'c2', 'c3', 'c4'].entries()) {
    const camera = sampleCamera({ name: `Camera ${id}`, latitude: 31.8, longitude: 117.2 + index * 0.1 });
    await storage.cameras.create(camera, cameraId(id));
  }
  for (const [plate, camera, seconds, confidence = 0.95] of PASSES)
    await storage.eventSink.emit(
      sampleSighting({
        plate: samplePlate(plate, { confidence }),
        cameraId: camera,
        timeMs: START_MS + seconds * 1000,
      }),
      [],
    );
  await storage.eventSink.emit(sampleSighting({ cameraId: 'c1', timeMs: START_MS + 5000 }), []);
  await storage.writer.drain();
});
afterAll(() => fixture.close());

const convoy = (changes: object = {}) =>
  fixture.storage.company.convoy({
    plate: '皖a·00001',
    fromMs: START_MS - HOUR_MS,
    toMs: START_MS + HOUR_MS,
    withinSeconds: 120,
    minCameras: 3,
    limit: 20,
    ...changes,
  });

describe('convoy', () => {
  test('finds who passed enough of the same cameras at nearly the same time, closest first', async () => {
    const { vehicles, isCut } = await convoy();
    expect(vehicles.map(({ plate, together }) => [plate, together])).toEqual([
      ['皖A00002', 3],
      ['皖A00003', 3],
    ]);
    expect(isCut).toBe(false);
    // One of each camera, the one nearest to the plate asked for, oldest first, with the names of the cameras.
    const seconds = vehicles.map(({ sightings }) =>
      sightings.map(({ cameraName, timeMs }) => [cameraName, (timeMs - START_MS) / 1000]),
    );
    expect(seconds).toEqual([
      [
        ['Camera c1', 20],
        ['Camera c2', 620],
        ['Camera c3', 1510],
      ],
      [
        ['Camera c1', -50],
        ['Camera c2', 660],
        ['Camera c3', 1260],
      ],
    ]);
    // How long after the plate asked for, each at its camera; the second pass at c3 is the nearer one.
    expect(vehicles.map(({ afterSeconds }) => afterSeconds)).toEqual([
      [20, 20, 10],
      [-50, 60, 60],
    ]);
  });

  test('a wider question finds more, those at most cameras first', async () => {
    const plates = async (changes: object) => (await convoy(changes)).vehicles.map(({ plate }) => plate);
    expect(await plates({ minCameras: 2 })).toEqual(['皖A00002', '皖A00003', '皖A00004', '皖A00005']);
    expect(await plates({ withinSeconds: 30 })).toEqual(['皖A00002']);
    expect(await plates({ toMs: START_MS + 700_000 })).toEqual([]);
    expect(await plates({ plate: '皖A99999' })).toEqual([]);
  });

  test('says when there is more than was asked for', async () => {
    const { vehicles, isCut } = await convoy({ minCameras: 2, limit: 2 });
    expect([vehicles.length, isCut]).toEqual([2, true]);
    expect((await convoy({ minCameras: 2, limit: 4 })).isCut).toBe(false);
  });

  test.each([
    [{ toMs: START_MS - HOUR_MS + 24 * HOUR_MS + 1 }, 'CASE_QUESTION_TOO_WIDE'],
    [{ toMs: START_MS - HOUR_MS }, 'CASE_QUESTION_TOO_WIDE'],
    [{ plate: '皖A0000?' }, 'PLATE_PATTERN_INVALID'],
  ])('is refused outside its bounds: %j', async (changes, code) => {
    await expect(convoy(changes)).rejects.toMatchObject({ code });
  });
});

describe('common to several places', () => {
  const at = (cameraIds: readonly string[], fromSeconds: number, toSeconds: number) => ({
    cameraIds,
    fromMs: START_MS + fromSeconds * 1000,
    toMs: START_MS + toSeconds * 1000,
  });
  const common = (places: Parameters<typeof fixture.storage.company.common>[0]['places'], limit = 20) =>
    fixture.storage.company.common({ places, limit });

  test('finds who was read for sure at each of them, with the first pass at each', async () => {
    const { vehicles } = await common([at(['c1'], -60, 60), at(['c2', 'c4'], 500, 700), at(['c3'], 1100, 1600)]);
    expect(vehicles.map(({ plate, together, sightings }) => [plate, together, sightings.length])).toEqual([
      ['皖A00001', 3, 3],
      ['皖A00002', 3, 3],
      ['皖A00003', 3, 3],
    ]);
    expect(vehicles[1]?.sightings.map(({ timeMs }) => (timeMs - START_MS) / 1000)).toEqual([20, 620, 1220]);
    expect(vehicles[1]).not.toHaveProperty('afterSeconds');
  });

  test('takes the cameras of an area', async () => {
    const area = { west: 117.19, south: 31.79, east: 117.21, north: 31.81 };
    const { vehicles } = await common([{ ...at([], -60, 60), cameraIds: undefined, area }, at(['c4'], 5000, 6000)]);
    expect(vehicles).toEqual([]);
    const wider = await common([{ ...at([], 3000, 4000), cameraIds: undefined, area }, at(['c4'], 5000, 6000)]);
    expect(wider.vehicles.map(({ plate }) => plate)).toEqual(['皖A00006']);
  });

  test('says when there is more than was asked for', async () => {
    expect((await common([at(['c1'], -60, 60), at(['c2'], 500, 700)], 2)).isCut).toBe(true);
  });

  test.each([
    [[at(['c1'], 0, 10), at(['c2', 'c1'], 10, 20)], 'CASE_PLACES_OVERLAP', 'places.1'],
    [[at(['c1'], 0, 10), at(['c2'], 0, 86_401)], 'CASE_QUESTION_TOO_WIDE', 'places.1.to'],
    [
      [{ ...at([], 0, 10), area: { west: 117, south: 31, east: 117.1, north: 31.1 } }, at(['c2'], 0, 10)],
      'CASE_QUESTION_TOO_WIDE',
      'places.0.area',
    ],
  ])('is refused outside its bounds: %#', async (places, code, field) => {
    await expect(common(places)).rejects.toMatchObject({ code, context: { field } });
  });
});
