import { expect, it } from 'vitest';
import { BoxFilter } from './kalman-filter.ts';

it('foresees where a box that moves at a constant speed will be', () => {
  const filter = new BoxFilter({ x: 0, y: 0.4, width: 0.1, height: 0.1 });
  for (let index = 1; index <= 8; index++) {
    filter.predict(0.25);
    filter.correct({ x: index * 0.05, y: 0.4, width: 0.1, height: 0.1 });
  }
  filter.predict(0.5);
  expect(filter.box.x).toBeCloseTo(0.5, 1);
  expect(filter.velocityPerS.x).toBeCloseTo(0.2, 1);
  expect(filter.velocityPerS.y).toBeCloseTo(0, 3);
});

it('smooths a trembling box', () => {
  const filter = new BoxFilter({ x: 0.5, y: 0.5, width: 0.1, height: 0.1 });
  for (let index = 0; index < 40; index++) {
    filter.predict(0.1);
    filter.correct({ x: 0.5 + (index % 2 === 0 ? 0.004 : -0.004), y: 0.5, width: 0.1, height: 0.1 });
  }
  expect(Math.abs(filter.box.x - 0.5)).toBeLessThan(0.004);
});

it('never gives a box of no size, however it shrinks', () => {
  const filter = new BoxFilter({ x: 0.5, y: 0.5, width: 0.2, height: 0.2 });
  filter.predict(0.1);
  filter.correct({ x: 0.5, y: 0.5, width: 0.1, height: 0.1 });
  filter.predict(5);
  expect(filter.box.width).toBeGreaterThan(0);
  expect(filter.box.height).toBeGreaterThan(0);
});
