import { describe, expect, it } from 'vitest';
import {
  crossesItself,
  forwardArrow,
  labelPlace,
  snapped,
  withInserted,
  withMoved,
  withShifted,
} from './zone-geometry.ts';

const size = { width: 1000, height: 500 };
const square = [
  { x: 0.2, y: 0.2 },
  { x: 0.4, y: 0.2 },
  { x: 0.4, y: 0.6 },
  { x: 0.2, y: 0.6 },
];

describe('snapped', () => {
  it('takes the nearest corner within reach', () => {
    expect(snapped({ x: 0.405, y: 0.205 }, square, size)).toEqual({ x: 0.4, y: 0.2 });
    expect(snapped({ x: 0.42, y: 0.2 }, square, size)).toEqual({ x: 0.42, y: 0.2 });
  });

  it('takes the edge of the picture, and never leaves the picture', () => {
    expect(snapped({ x: 0.005, y: 0.5 }, [], size)).toEqual({ x: 0, y: 0.5 });
    expect(snapped({ x: 0.995, y: 0.985 }, [], size)).toEqual({ x: 1, y: 1 });
    expect(snapped({ x: 1.4, y: -0.2 }, [], size)).toEqual({ x: 1, y: 0 });
  });
});

it('moves one corner, the whole as far as the picture reaches, and adds one in the middle of a side', () => {
  expect(withMoved(square, 1, { x: 0.5, y: 0.1 })[1]).toEqual({ x: 0.5, y: 0.1 });
  expect(withShifted(square, { x: -0.5, y: 0.1 }).map(({ x }) => x)).toEqual([0, 0.2, 0.2, 0]);
  expect(withInserted(square, 3)[4]).toEqual({ x: 0.2, y: 0.4 });
});

it('tells an area whose sides cross from one that is only hollow', () => {
  const [a, b, c, d] = square;
  if (!a || !b || !c || !d) throw new Error('four corners');
  expect(crossesItself(square)).toBe(false);
  expect(crossesItself([a, c, b, d])).toBe(true);
  expect(crossesItself([a, b, { x: 0.3, y: 0.3 }, c, d])).toBe(false);
});

it('points the arrow of a line to its right hand: down for a line drawn to the right', () => {
  const arrow = forwardArrow({ x: 0.2, y: 0.5 }, { x: 0.8, y: 0.5 }, size, 30);
  expect(arrow).toEqual({ from: { x: 500, y: 250 }, to: { x: 500, y: 280 } });
  const up = forwardArrow({ x: 0.5, y: 0.8 }, { x: 0.5, y: 0.2 }, size, 30);
  expect(up.to.x).toBe(530);
});

it('puts a name above the shape, or inside it at the upper edge; of points in their midst', () => {
  expect(labelPlace('area', square, size)).toEqual({ x: 200, y: 90 });
  expect(labelPlace('area', [{ x: 0, y: 0 }], size)).toEqual({ x: 8, y: 24 });
  const midst = labelPlace('points', square, size);
  expect([midst.x, midst.y].map(Math.round)).toEqual([300, 200]);
});
