import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { sampleCamera } from '../testing/sample-events.ts';
import { openTestStorage } from '../testing/test-database.ts';
import { buildRoadNetwork } from './road-network.ts';

let fixture: Awaited<ReturnType<typeof openTestStorage>>;
beforeAll(async () => {
  fixture = await openTestStorage(inject('databaseUrl'));
});
afterAll(() => fixture.close());

test('the network comes back as it was put, with the cameras on it, and a new one replaces it', async () => {
  const { cameras, roads } = fixture.storage;
  expect(await roads.graph()).toBeUndefined();
  await cameras.create(sampleCamera({ latitude: 31.8, longitude: 117.2 }), cameraId('west'));
  await cameras.create(sampleCamera({ latitude: 31.8, longitude: 117.21 }), cameraId('east'));
  await cameras.create(sampleCamera({ latitude: undefined, longitude: undefined }), cameraId('nowhere'));
  const line = (speedKmh: number) =>
    buildRoadNetwork([
      {
        points: [
          [117.19, 31.8],
          [117.22, 31.8],
        ],
        speedKmh,
        isOneWay: false,
        level: 0,
      },
    ]);
  await roads.put(line(36));
  const route = (await roads.graph())?.routeBetween('west', 'east');
  expect(route?.distanceMetres).toBeGreaterThan(900);
  expect(route?.fastestSeconds).toBeCloseTo((route?.distanceMetres ?? 0) / 10, 0);
  expect((await roads.graph())?.cameraCount).toBe(2);
  await roads.put(line(72));
  expect((await roads.graph())?.routeBetween('west', 'east')?.fastestSeconds).toBeCloseTo(
    (route?.fastestSeconds ?? 0) / 2,
    0,
  );
});
