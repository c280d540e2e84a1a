import { expect, it } from 'vitest';
import { touchesEdge } from '../tracking/box.ts';
import type { PathPoint } from '../tracking/track-path.ts';
import { travelDirection } from './travel-direction.ts';

const ASPECT = 16 / 9;

/** A box whose middle and width go evenly from one value to another. */
function path(
  from: readonly [x: number, y: number, width: number],
  to: readonly [number, number, number],
): PathPoint[] {
  return Array.from({ length: 9 }, (_, index) => {
    const at = (axis: 0 | 1 | 2): number => from[axis] + ((to[axis] - from[axis]) * index) / 8;
    const width = at(2);
    const box = { x: at(0) - width / 2, y: at(1) - width / 2, width, height: width };
    return { timeMs: index * 200, box, isCut: touchesEdge(box) };
  });
}

it.each([
  ['approaching', path([0.45, 0.3, 0.05], [0.55, 0.7, 0.2])],
  ['receding', path([0.55, 0.7, 0.2], [0.45, 0.3, 0.05])],
  ['rightward', path([0.2, 0.5, 0.1], [0.8, 0.52, 0.1])],
  ['leftward', path([0.8, 0.5, 0.1], [0.2, 0.48, 0.105])],
  ['standing', path([0.5, 0.5, 0.1], [0.505, 0.5, 0.102])],
  // Seen from above, a vehicle comes nearer without growing.
  ['approaching', path([0.5, 0.2, 0.1], [0.52, 0.8, 0.1])],
  // Far off it hardly moves in the picture, but it grows.
  ['approaching', path([0.5, 0.5, 0.04], [0.5, 0.51, 0.09])],
] as const)('calls it %s', (direction, points) => {
  expect(travelDirection(points, ASPECT)).toBe(direction);
});

it('is not misled by a box that grows because it comes into the frame', () => {
  // Drives to the right, out of the left edge: half a box, then a whole one.
  const entering = Array.from({ length: 9 }, (_, index): PathPoint => {
    const right = 0.02 + index * 0.08;
    const left = Math.max(0, right - 0.2);
    const box = { x: left, y: 0.4, width: right - left, height: 0.2 };
    return { timeMs: index * 200, box, isCut: touchesEdge(box) };
  });
  expect(travelDirection(entering, ASPECT)).toBe('rightward');
});

it('says nothing of a vehicle that was seen once', () => {
  expect(travelDirection(path([0.2, 0.5, 0.1], [0.8, 0.5, 0.1]).slice(0, 1), ASPECT)).toBeUndefined();
});
