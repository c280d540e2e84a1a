import { expect, test } from 'vitest';
import { areaKm2, commonRequest, dayMs, type PlaceDraft, problemOf } from './company-places.ts';

const draft: PlaceDraft = { key: 1, cameraIds: ['c1'], area: undefined, fromMs: 0, toMs: dayMs };
const area = (degrees: number) => ({ west: 117, south: 0, east: 117 + degrees, north: degrees });

test('an area is measured in square kilometres, narrower towards the pole', () => {
  expect(areaKm2(area(0.1))).toBeCloseTo(123.9, 0);
  expect(areaKm2({ west: 0, south: 59.95, east: 0.1, north: 60.05 })).toBeCloseTo(62, 0);
});

test('says what the server would refuse', () => {
  expect(problemOf(draft)).toBeUndefined();
  expect(problemOf({ ...draft, toMs: dayMs + 1 })).toBe('too_long');
  expect(problemOf({ ...draft, toMs: 0 })).toBe('backwards');
  expect(problemOf({ ...draft, cameraIds: [] })).toBe('no_place');
  expect(problemOf({ ...draft, cameraIds: [], area: area(0.04) })).toBeUndefined();
  expect(problemOf({ ...draft, area: area(0.05) })).toBe('too_big');
});

test('a place is its area when one was drawn, else its cameras', () => {
  const { places } = commonRequest([draft, { ...draft, area: area(0.01) }]);
  expect(places[0]).toEqual({ cameraIds: ['c1'], from: '1970-01-01T00:00:00.000Z', to: '1970-01-02T00:00:00.000Z' });
  expect(places[1]).toMatchObject({ area: area(0.01) });
  expect(places[1]).not.toHaveProperty('cameraIds');
});
