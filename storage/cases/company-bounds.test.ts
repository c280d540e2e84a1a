import { describe, expect, test } from 'vitest';
import { areaKm2, requireApart, requireShort, requireSmall } from './company-bounds.ts';

const HOUR_MS = 3_600_000;
const codeOf = (work: () => void): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('how wide a question over many vehicles may be', () => {
  test('an area shrinks towards the poles', () => {
    const square = (south: number) => areaKm2({ west: 117, south, east: 117.01, north: south + 0.01 });
    expect(square(0)).toBeCloseTo(1.239, 2);
    expect(square(60)).toBeCloseTo(0.62, 2);
  });

  test.each([
    ['5 km by 4.9 km', { west: 117.2, south: 31.8, east: 117.253, north: 31.844 }, undefined],
    ['5 km by 5.3 km', { west: 117.2, south: 31.8, east: 117.253, north: 31.848 }, 'CASE_QUESTION_TOO_WIDE'],
    ['backwards', { west: 117.3, south: 31.8, east: 117.2, north: 31.844 }, 'CASE_QUESTION_TOO_WIDE'],
    ['backwards twice', { west: 117.3, south: 31.9, east: 117.2, north: 31.8 }, 'CASE_QUESTION_TOO_WIDE'],
    ['without a width', { west: 117.2, south: 31.8, east: 117.2, north: 31.844 }, 'CASE_QUESTION_TOO_WIDE'],
  ])('an area %s', (_title, area, code) => {
    expect(codeOf(() => requireSmall(area, 'places.0.area'))).toBe(code);
  });

  test.each([
    [24 * HOUR_MS, undefined],
    [24 * HOUR_MS + 1, 'CASE_QUESTION_TOO_WIDE'],
    [0, 'CASE_QUESTION_TOO_WIDE'],
    [-1, 'CASE_QUESTION_TOO_WIDE'],
    [Number.NaN, 'CASE_QUESTION_TOO_WIDE'],
  ])('a time of %d ms', (lengthMs, code) => {
    expect(codeOf(() => requireShort({ fromMs: 0, toMs: lengthMs }, 'to'))).toBe(code);
  });

  test('two places have no camera in common at the same time', () => {
    const place = (cameraId: string, fromMs: number, toMs: number) => ({ cameraIds: [cameraId], fromMs, toMs });
    expect(codeOf(() => requireApart([place('a', 0, 9), place('b', 0, 9), place('a', 10, 19)]))).toBeUndefined();
    expect(codeOf(() => requireApart([place('a', 0, 9), place('b', 0, 9), place('a', 9, 19)]))).toBe(
      'CASE_PLACES_OVERLAP',
    );
  });
});
