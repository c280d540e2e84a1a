import { expect, test } from 'vitest';
import type { Camera } from '#api/contract/cameras.ts';
import { nextStep, readTour, stepBy, tourOfCameras } from './tour.ts';

const camera = (id: string, status = 'live'): Camera => ({ id, state: { status } }) as Camera;

test('takes the cameras a wall full at a time, and leaves out those that are switched off', () => {
  const cameras = [camera('a'), camera('b', 'disabled'), camera('c', 'offline'), camera('d'), camera('e'), camera('f')];
  const tour = tourOfCameras('东区', cameras, '4', 10);
  expect(tour.steps.map(({ tiles }) => tiles)).toEqual([
    ['a', 'c', 'd', 'e'],
    ['f', null, null, null],
  ]);
  expect(nextStep(tour)?.tiles[0]).toBe('f');
  expect(stepBy(tour, 1).at).toBe(1);
  expect(stepBy(stepBy(tour, 1), 1).at).toBe(0);
  expect(stepBy(tour, -1).at).toBe(1);
});

test('comes back paused after a reload, and not at all from what is none', () => {
  const tour = stepBy(tourOfCameras('x', [camera('a'), camera('b')], '1', 10), 1);
  expect(readTour(JSON.stringify(tour))).toEqual({ ...tour, isPaused: true });
  for (const text of [undefined, 'x', '{}', '{"name":"x","steps":[],"dwellSeconds":1,"at":0}'])
    expect(readTour(text)).toBeUndefined();
});
