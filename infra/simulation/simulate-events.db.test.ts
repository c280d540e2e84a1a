import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { createTestDatabase } from '#storage/testing/test-database.ts';
import { withStorage } from '../processes/with-storage.ts';
import { City } from './city.ts';
import { type SimulationProgress, simulateEvents } from './simulate-events.ts';

const spec = { seed: 3, cameras: 60, vehicles: 3000, days: 3, firstDay: '2026-10-12' };
let folder: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let done: SimulationProgress;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-city-'));
  database = await createTestDatabase(inject('databaseUrl'));
  vi.stubEnv('DATABASE_URL', database.url);
  const truthFile = path.join(folder, 'truth.jsonl');
  done = await simulateEvents({ ...spec, dataFolder: folder, truthFile, onProgress: () => undefined });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('everything that cameras read is found by search, and the truth file says the same', async () => {
  const lines = (await readFile(path.join(folder, 'truth.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { plate: string; sightings: [string, string, number, string?][] });
  expect(lines).toHaveLength(1 + spec.vehicles);
  const all = lines.slice(1).flatMap(({ sightings }) => sightings);
  expect(all.length).toBe(done.sightings);
  expect(done.sightings).toBeGreaterThan(300);
  const city = new City(spec);
  await withStorage({ dataFolder: folder }, async (storage) => {
    expect(await storage.cameras.list()).toHaveLength(spec.cameras);
    const busiest = lines.slice(1).toSorted((a, b) => b.sightings.length - a.sightings.length)[0];
    const fromMs = Date.parse('2026-10-10');
    const toMs = Date.parse('2026-10-20');
    const found = await storage.sightings.search({ plate: busiest?.plate, fromMs, toMs, limit: 500 });
    const right = busiest?.sightings.filter(([, , , read]) => read === undefined) ?? [];
    expect(new Set(found.sightings.map(({ sightingId }) => sightingId))).toEqual(new Set(right.map(([id]) => id)));
    const [one] = found.sightings;
    expect(one).toMatchObject({ vehicleColour: { name: expect.any(String) }, direction: expect.any(String) });
    const picture = await storage.blobs.get(one?.pictureKey ?? '');
    expect(picture.body.subarray(0, 2).toString('hex')).toBe('ffd8');
    expect((await storage.roads.graph())?.cameraCount).toBe(spec.cameras);
    expect(city.vehicle(0).plate).toBe(lines[1]?.plate);
  });
});

test('a second city, or one among real cameras, is refused', async () => {
  const again = simulateEvents({ ...spec, dataFolder: folder, truthFile: undefined, onProgress: () => undefined });
  await expect(again).rejects.toMatchObject({ code: 'CITY_ALREADY_THERE' });
});
