import { expect, test } from 'vitest';
import type { Sighting } from '#api/contract/sightings.ts';
import { routeStretches } from './route-plan.ts';

const pass = (cameraId: string, seconds: number, isRecorded = true) =>
  ({
    sightingId: `${cameraId}${seconds}`,
    cameraId,
    time: new Date(seconds * 1000).toISOString(),
    isRecorded,
  }) as Sighting;

test('plays each recorded pass with so many seconds before and after', () => {
  const stretches = routeStretches([pass('a', 100), pass('b', 200, false), pass('c', 300)], 10_000);
  expect(stretches.map(({ sighting, fromMs, toMs }) => [sighting.cameraId, fromMs, toMs])).toEqual([
    ['a', 90_000, 110_000],
    ['c', 290_000, 310_000],
  ]);
});

test('shows no second twice when a camera was passed twice in a short time', () => {
  const stretches = routeStretches([pass('a', 100), pass('a', 115), pass('b', 118), pass('a', 120)], 10_000);
  expect(stretches.map(({ sighting, fromMs, toMs }) => [sighting.cameraId, fromMs, toMs])).toEqual([
    ['a', 90_000, 125_000],
    ['b', 108_000, 128_000],
    ['a', 110_000, 130_000],
  ]);
});
