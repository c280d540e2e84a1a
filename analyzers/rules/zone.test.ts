import { expect, it } from 'vitest';
import { boundsOf, isInZone, sideOfLine, stretchesCross } from './zone.ts';

const L_SHAPE = [
  { x: 0, y: 0 },
  { x: 0.6, y: 0 },
  { x: 0.6, y: 0.3 },
  { x: 0.3, y: 0.3 },
  { x: 0.3, y: 0.6 },
  { x: 0, y: 0.6 },
];

it('knows the inside of a zone with a bay', () => {
  expect(isInZone({ x: 0.1, y: 0.5 }, L_SHAPE)).toBe(true);
  expect(isInZone({ x: 0.5, y: 0.1 }, L_SHAPE)).toBe(true);
  expect(isInZone({ x: 0.5, y: 0.5 }, L_SHAPE)).toBe(false);
});

it('holds nothing in a zone of two corners', () => {
  expect(isInZone({ x: 0.1, y: 0.1 }, L_SHAPE.slice(0, 2))).toBe(false);
});

it('calls right what lies to the right of someone who walks the line', () => {
  // Walking down the picture, the right hand points to its left edge.
  expect(sideOfLine({ x: 0.2, y: 0.5 }, { x: 0.5, y: 0 }, { x: 0.5, y: 1 })).toBeGreaterThan(0);
  expect(sideOfLine({ x: 0.8, y: 0.5 }, { x: 0.5, y: 0 }, { x: 0.5, y: 1 })).toBeLessThan(0);
});

it('tells a crossing from passing beside the end of a line', () => {
  const line = [
    { x: 0.5, y: 0.4 },
    { x: 0.5, y: 0.6 },
  ] as const;
  expect(stretchesCross({ x: 0.4, y: 0.5 }, { x: 0.6, y: 0.5 }, ...line)).toBe(true);
  expect(stretchesCross({ x: 0.4, y: 0.7 }, { x: 0.6, y: 0.7 }, ...line)).toBe(false);
});

it('bounds a zone', () => {
  expect(boundsOf(L_SHAPE)).toEqual({ x: 0, y: 0, width: 0.6, height: 0.6 });
});
