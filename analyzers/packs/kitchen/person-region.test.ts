import { expect, it } from 'vitest';
import { boxOf, handsRegion, headRegions, nearerHead, regionOf } from './person-region.ts';

const PICTURE = { widthPx: 640, heightPx: 360 };
const person = (width: number, height: number) => ({ x: 0.3, y: 0.2, width: width / 640, height: height / 360 });

it('looks for the head of somebody who stands in one square at the upper end, about twice a head high', () => {
  const [region, ...others] = headRegions(person(60, 220), PICTURE);
  expect(others).toEqual([]);
  expect(region?.width).toBe(region?.height);
  expect(region?.width).toBeGreaterThan(220 / 7.5);
  expect(region?.width).toBeLessThan((220 / 7.5) * 2.2);
  const nearer = region && nearerHead(region);
  expect(nearer?.width).toBeGreaterThan(220 / 7.5);
  expect(nearer?.width).toBeLessThan(region?.width ?? 0);
  expect((region?.left ?? 0) + (region?.width ?? 0) / 2).toBeCloseTo(0.3 * 640 + 30, -0.5);
});

it('takes more of the box where less of the body is seen', () => {
  const behindCounter = headRegions(person(80, 110), PICTURE)[0];
  const whole = headRegions(person(80, 220), PICTURE)[0];
  expect((behindCounter?.width ?? 0) / 110).toBeGreaterThan((whole?.width ?? 0) / 220);
});

it('looks along the upper edge of a wide box, where who leans may have the head', () => {
  const regions = headRegions(person(140, 200), PICTURE);
  expect(regions).toHaveLength(3);
  expect(new Set(regions.map(({ left }) => left)).size).toBe(3);
});

it('stays inside of the picture', () => {
  for (const box of [
    { x: 0, y: 0, width: 0.2, height: 1 },
    { x: 0.9, y: 0.9, width: 0.1, height: 0.1 },
  ])
    for (const region of [...headRegions(box, PICTURE), handsRegion(box, PICTURE), regionOf(box, PICTURE)]) {
      expect(region.left).toBeGreaterThanOrEqual(0);
      expect(region.top).toBeGreaterThanOrEqual(0);
      expect(region.left + region.width).toBeLessThanOrEqual(640);
      expect(region.top + region.height).toBeLessThanOrEqual(360);
      expect(Math.min(region.width, region.height)).toBeGreaterThan(0);
    }
});

it('gives boxes in shares of the picture', () => {
  expect(boxOf({ left: 64, top: 36, width: 320, height: 180 }, PICTURE)).toEqual({
    x: 0.1,
    y: 0.1,
    width: 0.5,
    height: 0.5,
  });
});
