import { expect, test } from 'vitest';
import type { Camera } from '#api/contract/cameras.ts';
import type { Sighting, Trajectory } from '#api/contract/sightings.ts';
import { buildScene } from './scene.ts';

const camera = (id: string, longitude: number | undefined) =>
  ({ id, name: id, ...(longitude === undefined ? {} : { longitude, latitude: 31.8 }) }) as Camera;
const pass = (id: string, cameraId: string, minutes: number, longitude: number | undefined) =>
  ({
    sightingId: id,
    cameraId,
    time: new Date(2026, 10, 26, 18, minutes).toISOString(),
    ...(longitude === undefined ? {} : { longitude, latitude: 31.8 }),
  }) as Sighting;

const sightings = [
  pass('s1', 'a', 0, 117.1),
  pass('s2', 'b', 5, 117.2),
  pass('s3', 'a', 9, 117.1),
  pass('s4', 'x', 12, undefined),
];
const trajectory = (legs: Trajectory['legs']): Trajectory => ({ plate: '皖A12345', sightings, legs });
const base = {
  roads: undefined,
  cameras: [camera('a', 117.1), camera('b', 117.2), camera('nowhere', undefined)],
  sightings: [],
  trajectory: undefined,
  highlighted: undefined,
  highlightedCamera: undefined,
  area: undefined,
  words: { implausible: (facts: string) => `no: ${facts}`, stop: (duration: string) => `stop ${duration}` },
};

test('counts the passes at each camera, and leaves out cameras without a place', () => {
  const scene = buildScene({ ...base, sightings });
  expect(scene.cameras.map(({ cameraId, passes, order }) => [cameraId, passes, order])).toEqual([
    ['a', 2, undefined],
    ['b', 1, undefined],
  ]);
  expect(scene.legs).toEqual([]);
});

test('numbers the stations of a trajectory; a camera passed twice has both numbers and both times', () => {
  const scene = buildScene({ ...base, trajectory: trajectory([]) });
  expect(scene.cameras.map(({ order, times }) => [order, times])).toEqual([
    ['1 · 3', '18:00 18:09'],
    ['2', '18:05'],
  ]);
});

test('draws the road where it is known and a straight line where it is not, and nothing to a camera without a place', () => {
  const route = {
    distanceMetres: 9000,
    fastestSeconds: 240,
    line: [
      [117.1, 31.8],
      [117.15, 31.85],
      [117.2, 31.8],
    ],
  };
  const { legs } = buildScene({
    ...base,
    trajectory: trajectory([
      { fromSightingId: 's1', toSightingId: 's2', durationSeconds: 300, isImplausible: false, route },
      { fromSightingId: 's2', toSightingId: 's3', durationSeconds: 240, distanceMetres: 9400, isImplausible: false },
      { fromSightingId: 's3', toSightingId: 's4', durationSeconds: 180, isImplausible: false },
    ]),
  });
  expect(legs.map(({ points, isRoute, note }) => [points.length, isRoute, note])).toEqual([
    [3, true, '9.0 km / 5 min'],
    // The way back says nothing: it would cover the note of the way there.
    [2, false, undefined],
  ]);
});

test('says what is implausible and where it stopped', () => {
  const { legs } = buildScene({
    ...base,
    highlighted: 's2',
    trajectory: trajectory([
      { fromSightingId: 's1', toSightingId: 's2', durationSeconds: 60, distanceMetres: 9400, isImplausible: true },
      { fromSightingId: 's2', toSightingId: 's3', durationSeconds: 3600, isImplausible: false, stopSeconds: 3000 },
    ]),
  });
  expect(legs.map(({ note, isStop, isHighlighted }) => [note, isStop, isHighlighted])).toEqual([
    ['no: 9.4 km / 1 min', false, true],
    [undefined, true, false],
  ]);
});

test('where it stopped is said when nothing else is to be said there', () => {
  const stop = {
    fromSightingId: 's2',
    toSightingId: 's3',
    durationSeconds: 3600,
    isImplausible: false,
    stopSeconds: 3000,
  };
  expect(buildScene({ ...base, trajectory: trajectory([stop]) }).legs[0]?.note).toBe('stop 50 min');
});
