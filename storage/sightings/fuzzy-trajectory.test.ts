import { expect, test } from 'vitest';
import { type Candidate, joinCandidates } from './fuzzy-trajectory.ts';
import { type Roads, travelBetween } from './travel.ts';

/** Cameras on one straight road, named by their kilometre; driven at 60 km/h, a kilometre a minute. */
const roads: Roads = {
  routeBetween(from, to) {
    const kilometres = Math.abs(Number(to) - Number(from));
    return { distanceMetres: kilometres * 1000, fastestSeconds: kilometres * 60, line: [] };
  },
};
const pass = (minute: number, kilometre: number, likelihood: number): Candidate => ({
  timeMs: minute * 60_000,
  cameraId: String(kilometre),
  latitude: undefined,
  longitude: undefined,
  likelihood,
});
const joined = (candidates: readonly Candidate[], network: Roads | undefined = roads) =>
  joinCandidates(candidates, (from, to) => travelBetween(from, to, network));
const places = (candidates: readonly Candidate[]): string[] =>
  joined(candidates).map(({ candidate }) => `${candidate.timeMs / 60_000}:${candidate.cameraId}`);

test('a misread pass on the way between two sure ones is joined, and likelier than its reading alone', () => {
  const found = joined([pass(0, 0, 1), pass(6, 5, 0.4), pass(12, 10, 1)]);
  expect(found.map(({ candidate }) => candidate.cameraId)).toEqual(['0', '5', '10']);
  expect(found.map(({ likelihood }) => likelihood)).toEqual([1, expect.closeTo(0.99, 2), 1]);
});

test('one that cannot be driven to is not, however alike it looks', () => {
  expect(places([pass(0, 0, 1), pass(6, 60, 0.98), pass(12, 10, 1)])).toEqual(['0:0', '12:10']);
  expect(places([pass(0, 0, 0.9), pass(1, 60, 1)])).toEqual(['1:60']);
});

test('one that could be there but is hardly alike is left to other vehicles', () => {
  expect(places([pass(0, 0, 1), pass(300, 5, 0.2), pass(600, 10, 1)])).toEqual(['0:0', '600:10']);
});

test('of two that exclude each other the likelier chain stays', () => {
  // At the same time at kilometre 5 and 30; the second has a companion that fits it.
  const candidates = [pass(0, 0, 1), pass(60, 5, 0.8), pass(60, 30, 0.7), pass(61, 31, 0.7), pass(200, 10, 1)];
  expect(places(candidates)).toEqual(['0:0', '60:30', '61:31', '200:10']);
});

test('sure passes stay, also where they contradict each other', () => {
  expect(places([pass(0, 0, 1), pass(1, 100, 1), pass(2, 0, 1)])).toEqual(['0:0', '1:100', '2:0']);
});

test('a plate that was misread every time still has a way', () => {
  expect(places([pass(0, 0, 0.7), pass(5, 5, 0.3), pass(6, 90, 0.6), pass(10, 10, 0.7)])).toEqual([
    '0:0',
    '5:5',
    '10:10',
  ]);
});

test('without a road network only straight lines above 150 km/h are left out', () => {
  const near = { ...pass(60, 1, 0.7), latitude: 39.9, longitude: 116.4 };
  const far = { ...pass(61, 2, 0.7), latitude: 41, longitude: 116.4 };
  const start = { ...pass(0, 0, 1), latitude: 39.8, longitude: 116.4 };
  const found = joinCandidates([start, near, far], (from, to) => travelBetween(from, to, undefined));
  expect(found.map(({ candidate }) => candidate.cameraId)).toEqual(['0', '1']);
});
