import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { createTestDatabase } from '#storage/testing/test-database.ts';
import { withStorage } from '../processes/with-storage.ts';
import { importRoads } from './import-roads.ts';

let folder: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-roads-'));
  database = await createTestDatabase(inject('databaseUrl'));
  vi.stubEnv('DATABASE_URL', database.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('the lines of a GeoJSON file become the base map and the road graph', async () => {
  const file = path.join(folder, 'roads.geojson');
  const line = (coordinates: number[][]) => ({
    type: 'Feature',
    properties: {},
    geometry: { type: 'LineString', coordinates },
  });
  const features = [
    line([
      [117.2, 31.8],
      [117.22, 31.8],
    ]),
    line([
      [117.21, 31.79],
      [117.21, 31.81],
    ]),
  ];
  await writeFile(file, JSON.stringify({ type: 'FeatureCollection', features }));
  expect(await importRoads(file, folder)).toEqual({ roads: 2, nodes: 5, segments: 4 });
  await withStorage({ dataFolder: folder }, async (storage) => {
    expect((await storage.map.get()).features).toEqual(features);
    expect(await storage.roads.graph()).toBeDefined();
  });
});

test.each([
  ['is not there', undefined],
  ['is not JSON', '{'],
  ['has no lines', '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null}]}'],
])('a file that %s is refused in one sentence', async (_, content) => {
  const file = path.join(folder, 'bad.geojson');
  if (content !== undefined) await writeFile(file, content);
  await expect(importRoads(file, folder)).rejects.toMatchObject({ code: 'ROADS_UNREADABLE' });
});
