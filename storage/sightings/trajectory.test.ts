import { expect, test } from 'vitest';
import { cameraId } from '#ingest/media.ts';
import { type Roads, rememberingWays } from './travel.ts';
import type { Sighting } from './sighting.ts';
import { legsBetween } from './trajectory.ts';

function sighting(minute: number, camera: string, latitude: number): Sighting {
  return {
    sightingId: `s${minute}`,
    timeMs: minute * 60_000,
    firstSeenMs: minute * 60_000,
    lastSeenMs: minute * 60_000,
    cameraId: cameraId(camera),
    cameraName: camera,
    latitude,
    longitude: 117,
    trackId: 't',
    vehicleType: 'car',
    vehicleColour: undefined,
    direction: undefined,
    speedKmh: undefined,
    lengthMetres: undefined,
    score: 1,
    box: { x: 0, y: 0, width: 1, height: 1 },
    plate: undefined,
    withheldPlateKind: undefined,
    pictureKey: 'p',
    plateCropKey: undefined,
    isRecorded: false,
  };
}
/** Ten kilometres of road in ten minutes, whatever the cameras. */
const roads: Roads = {
  routeBetween: (from, to) =>
    to === 'off-road' || from === 'off-road'
      ? undefined
      : { distanceMetres: 10_000, fastestSeconds: 600, line: [[117, 30]] },
};

test('a leg has the way over the roads, and says when nobody drives it so fast', () => {
  const [fast, slow] = legsBetween([sighting(0, 'a', 30), sighting(4, 'b', 30.05), sighting(13, 'c', 30)], roads);
  expect(fast).toMatchObject({ durationSeconds: 240, isImplausible: true, route: { fastestSeconds: 600 } });
  expect(slow).toMatchObject({ isImplausible: false, stopSeconds: undefined });
});

test('who takes much longer than the way takes has stopped', () => {
  const [leg] = legsBetween([sighting(0, 'a', 30), sighting(75, 'b', 30.05)], roads);
  expect(leg).toMatchObject({ isImplausible: false, stopSeconds: 75 * 60 - 900 });
});

test('at one camera there is no way, only a stop', () => {
  const [short, long] = legsBetween([sighting(0, 'a', 30), sighting(5, 'a', 30), sighting(65, 'a', 30)], roads);
  expect(short).toMatchObject({ route: undefined, stopSeconds: undefined, isImplausible: false });
  expect(long).toMatchObject({ route: undefined, stopSeconds: 3600 });
});

test('without a network, or off it, the straight line at 150 km/h decides', () => {
  for (const network of [undefined, roads]) {
    // 11 km in four minutes, then in six.
    const [fast, slow] = legsBetween(
      [sighting(0, 'a', 30), sighting(4, 'off-road', 30.1), sighting(10, 'b', 30)],
      network,
    );
    expect([fast!.isImplausible, slow!.isImplausible]).toEqual([true, false]);
    expect(fast!.distanceMetres).toBeCloseTo(11_119, -1);
    expect(fast!.route).toBeUndefined();
  }
});

test('a way that was asked for is remembered, also that there is none', () => {
  const asked: string[] = [];
  const remembering = rememberingWays({
    routeBetween(from, to) {
      asked.push(`${from} ${to}`);
      return roads.routeBetween(from, to);
    },
  });
  for (const to of ['b', 'off-road', 'b', 'off-road']) remembering?.routeBetween('a', to);
  expect(asked).toEqual(['a b', 'a off-road']);
  expect(rememberingWays(undefined)).toBeUndefined();
});
