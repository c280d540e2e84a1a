import { describe, expect, it } from 'vitest';
import type { Box } from '../detection.ts';
import { headRegion } from '../evidence/blur-heads.ts';
import { intersectionArea } from '../tracking/box.ts';
import { HeadsInTime } from './heads-in-time.ts';

const ASPECT = 16 / 9;
const person = (x: number, changes: Partial<Box> = {}): Box => ({ x, y: 0.2, width: 0.1, height: 0.6, ...changes });
/** Where the head itself is: the middle of what is covered. */
const head = (of: Box): Box => ({ x: of.x + 0.3 * of.width, y: of.y, width: 0.4 * of.width, height: 0.15 * of.height });

function heads(seen: readonly (readonly [timeMs: number, ...persons: Box[]])[]): HeadsInTime {
  const inTime = new HeadsInTime(ASPECT);
  for (const [timeMs, ...persons] of seen) inTime.add(timeMs, persons);
  return inTime;
}
const isCovered = (regions: readonly Box[], wanted: Box): boolean =>
  regions.some((region) => intersectionArea(region, wanted) > 0.999 * wanted.width * wanted.height);

describe('heads in time', () => {
  it('are covered where they are, and half a second before they are first seen', () => {
    const inTime = heads([[0], [500], [1000, person(0.3)], [1500, person(0.3)]]);
    expect(inTime.at(0)).toContainEqual(headRegion(person(0.3)));
    expect(isCovered(inTime.at(1000), head(person(0.3)))).toBe(true);
    expect(isCovered(inTime.at(1000), { x: 0.35, y: 0.6, width: 0.01, height: 0.1 })).toBe(false);
  });

  it('of somebody whom the detector misses for two looks stay covered, and are let go a second after the last', () => {
    const inTime = heads([[0, person(0.3)], [250], [500], [750, person(0.3)], [1000], [1250], [1500], [1750], [2000]]);
    for (const timeMs of [0, 250, 400, 600, 1740]) expect(isCovered(inTime.at(timeMs), head(person(0.3)))).toBe(true);
    expect(inTime.at(1760)).toEqual([]);
  });

  it('of somebody who stands there are covered over three seconds in which nobody is seen', () => {
    const looks = [250, 500, 750, 1000, 1250, 1500, 1750, 2000, 2250, 2500, 2750].map((timeMs) => [timeMs] as const);
    const inTime = heads([[0, person(0.3)], ...looks, [3000, person(0.31)]]);
    expect(isCovered(inTime.at(1500), head(person(0.305)))).toBe(true);
    // Who is seen elsewhere is somebody else, or has walked: nothing says that the way was straight.
    expect(heads([[0, person(0.3)], ...looks, [3000, person(0.6)]]).at(1500)).toEqual([]);
  });

  it('are covered on the whole way between two looks', () => {
    const inTime = heads([
      [0, person(0.3)],
      [250, person(0.38)],
    ]);
    for (const x of [0.3, 0.32, 0.34, 0.36, 0.38]) expect(isCovered(inTime.at(125), head(person(x)))).toBe(true);
  });

  it('of a bent or half hidden person may be anywhere in the upper half', () => {
    const bent = { x: 0.3, y: 0.4, width: 0.2, height: 0.3 };
    const inTime = heads([[0, bent]]);
    for (const x of [0.3, 0.4, 0.48])
      expect(isCovered(inTime.at(0), { x, y: 0.45, width: 0.02, height: 0.08 })).toBe(true);
  });
});
