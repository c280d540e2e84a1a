import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera, samplePlate, sampleSighting } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';
import type { SightingSearch } from './sighting-repository.ts';

const HOUR_MS = 3_600_000;
const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const range = { fromMs: nowMs - 2 * HOUR_MS, toMs: nowMs, limit: 100 };
let fixture: Awaited<ReturnType<typeof openTestStorage>>;
/** Oldest first. */
let seen: VehicleSighting[];

beforeAll(async () => {
  fixture = await openTestStorage(inject('databaseUrl'));
  const { storage } = fixture;
  await storage.cameras.create(sampleCamera({ name: 'North', latitude: 39.9, longitude: 116.4 }), cameraId('cam-n'));
  await storage.cameras.create(sampleCamera({ name: 'South', latitude: 39.8, longitude: 116.4 }), cameraId('cam-s'));
  const rows: [minutesAgo: number, camera: string, plate: string | undefined, changes?: Partial<VehicleSighting>][] = [
    [20 * 24 * 60, 'cam-n', '京A12345'],
    [100, 'cam-n', '京A12345'],
    [99, 'cam-s', '京A12345'],
    [60, 'cam-s', '京A12395', { vehicleType: 'truck' }],
    [50, 'cam-n', '沪B88888', { plate: samplePlate('沪B88888', { colour: 'green' }) }],
    [40, 'cam-n', undefined, { vehicleType: 'bus' }],
    [30, 'cam-n', '京A12345'],
    [30, 'cam-s', undefined],
  ];
  seen = rows.map(([minutesAgo, camera, plate, changes]) =>
    sampleSighting({
      timeMs: nowMs - minutesAgo * 60_000,
      cameraId: camera,
      ...(plate === undefined ? {} : { plate: samplePlate(plate) }),
      ...changes,
    }),
  );
  for (const sighting of seen) await storage.eventSink.emit(sighting, []);
  storage.segmentLog.appendSegment({
    segmentId: 's1',
    cameraId: cameraId('cam-n'),
    stream: 'main',
    path: 'a.mp4',
    startMs: nowMs - 31 * 60_000,
    endMs: nowMs - 29 * 60_000,
    frames: 1,
    sizeBytes: 1,
    codecString: 'avc1.42e01f',
    widthPx: 1,
    heightPx: 1,
  });
  await storage.writer.drain();
});
afterAll(() => fixture.close());

async function platesOf(search: Partial<SightingSearch>): Promise<(string | undefined)[]> {
  const { sightings } = await fixture.storage.sightings.search({ ...range, ...search });
  return sightings.map(({ plate }) => plate?.text);
}

test('an exact plate is found as it was stored, newest first, with its camera and whether it is recorded', async () => {
  const { sightings, plates, nextCursor } = await fixture.storage.sightings.search({ ...range, plate: ' 京a·12345' });
  expect(sightings.map(({ sightingId }) => sightingId)).toEqual([seen[6], seen[2], seen[1]].map((s) => s!.eventId));
  expect(sightings[0]).toEqual({
    sightingId: seen[6]!.eventId,
    timeMs: seen[6]!.timeMs,
    firstSeenMs: seen[6]!.firstSeenMs,
    lastSeenMs: seen[6]!.lastSeenMs,
    cameraId: 'cam-n',
    cameraName: 'North',
    latitude: 39.9,
    longitude: 116.4,
    trackId: 'track-1',
    vehicleType: 'car',
    score: 0.875,
    box: seen[6]!.box,
    plate: seen[6]!.plate,
    pictureKey: seen[6]!.pictureKey,
    plateCropKey: undefined,
    isRecorded: true,
  });
  expect(sightings.map(({ isRecorded }) => isRecorded)).toEqual([true, false, false]);
  expect(plates).toEqual([{ text: '京A12345', count: 3 }]);
  expect(nextCursor).toBeUndefined();
});

test('the count of a plate is that of all its passes, however many are on the page', async () => {
  for (const limit of [1, 2, 3, 4]) {
    const page = await fixture.storage.sightings.search({ ...range, plate: '京A12345', limit });
    expect(page.sightings).toHaveLength(Math.min(limit, 3));
    expect(page.plates).toEqual([{ text: '京A12345', count: 3 }]);
    if (page.nextCursor === undefined) continue;
    const next = await fixture.storage.sightings.search({ ...range, plate: '京A12345', cursor: page.nextCursor });
    expect(next.plates).toEqual([]);
  }
  const none = await fixture.storage.sightings.search({ ...range, plate: '京A12345', toMs: range.fromMs });
  expect([none.sightings, none.plates]).toEqual([[], []]);
});

test('? stands for one character and * for any number', async () => {
  expect(await platesOf({ plate: '京A123?5' })).toEqual(['京A12345', '京A12395', '京A12345', '京A12345']);
  expect(await platesOf({ plate: '*888*' })).toEqual(['沪B88888']);
  expect(await platesOf({ plate: '?A12345' })).toHaveLength(3);
  expect(await platesOf({ plate: '京A123?' })).toEqual([]);
  expect(await platesOf({ plate: '*' })).toHaveLength(5);
  const { plates } = await fixture.storage.sightings.search({ ...range, plate: '京A123？5' });
  expect(plates).toEqual([
    { text: '京A12345', count: 3 },
    { text: '京A12395', count: 1 },
  ]);
});

test('signs of SQL in a plate are refused, and the database never sees them', async () => {
  for (const plate of ["京A' OR 1=1", '京A%', '京A\\?', 'x'.repeat(17)])
    await expect(fixture.storage.sightings.search({ ...range, plate })).rejects.toMatchObject({
      code: 'PLATE_PATTERN_INVALID',
    });
});

test('without a plate every sighting of the range is found, narrowed by camera, type and colour', async () => {
  expect(await platesOf({})).toHaveLength(7);
  expect(await platesOf({ cameraIds: ['cam-s'] })).toEqual([undefined, '京A12395', '京A12345']);
  expect(await platesOf({ cameraIds: ['cam-s', 'cam-n', 'cam-s'] })).toHaveLength(7);
  expect(await platesOf({ vehicleType: 'truck' })).toEqual(['京A12395']);
  expect(await platesOf({ plateColour: 'green' })).toEqual(['沪B88888']);
  expect(await platesOf({ plate: '京A12345', cameraIds: ['cam-s'] })).toEqual(['京A12345']);
});

test.each([
  ['of everything', {}],
  ['of one plate', { plate: '京A12345' }],
  ['of a set of cameras', { cameraIds: ['cam-n', 'cam-s'] }],
])('pages %s follow each other without a gap or a repetition', async (_title, search) => {
  const all = await fixture.storage.sightings.search({ ...range, ...search });
  const collected: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await fixture.storage.sightings.search({ ...range, ...search, limit: 2, cursor });
    expect(page.sightings.length).toBeLessThanOrEqual(2);
    collected.push(...page.sightings.map(({ sightingId }) => sightingId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(collected).toEqual(all.sightings.map(({ sightingId }) => sightingId));
  await expect(fixture.storage.sightings.search({ ...range, cursor: 'x' })).rejects.toMatchObject({
    code: 'CURSOR_INVALID',
  });
});

test('when nothing is found it says what would find something', async () => {
  const { sightings } = fixture.storage;
  const earlier = { ...range, fromMs: nowMs - 10 * HOUR_MS, toMs: nowMs - 5 * HOUR_MS };
  expect((await sightings.search({ ...earlier, plate: '京A12345' })).widenings).toMatchObject([
    { kind: 'longer_time', count: 4 },
  ]);
  expect((await sightings.search({ ...range, plate: '沪B88888', cameraIds: ['cam-s'] })).widenings).toEqual([
    { kind: 'all_cameras', count: 1 },
  ]);
  expect((await sightings.search({ ...range, plate: '京A12385' })).widenings).toEqual([
    { kind: 'one_character_unknown', count: 4, plate: '京A123?5' },
  ]);
  expect((await sightings.search({ ...range, plate: '粤Z00000' })).widenings).toEqual([]);
});

test('a trajectory goes from the oldest sighting to the newest, and marks what one vehicle could hardly do', async () => {
  const trajectory = await fixture.storage.sightings.trajectory({ ...range, plate: '京A12345' });
  expect(trajectory.sightings.map(({ cameraName }) => cameraName)).toEqual(['North', 'South', 'North']);
  expect(trajectory.legs.map(({ isImplausible, durationSeconds }) => [isImplausible, durationSeconds])).toEqual([
    [true, 60],
    [false, 69 * 60],
  ]);
  expect(trajectory.legs[0]!.distanceMetres).toBeCloseTo(11_119, -1);
});

test('a sighting that is not there is said to be not there', async () => {
  for (const id of ['x', '00000000-0000-7000-8000-000000000000'])
    await expect(fixture.storage.sightings.get(id)).rejects.toMatchObject({ code: 'SIGHTING_NOT_FOUND' });
});
