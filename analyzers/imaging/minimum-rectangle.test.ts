import { describe, expect, it } from 'vitest';
import { cornersOf, minimumRectangle } from './minimum-rectangle.ts';

describe('minimumRectangle', () => {
  it.each([-40, -12, 0, 7, 30])('finds the size and the turn of a plate turned by %i degrees', (degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const turned = { centre: { x: 200, y: 100 }, width: 90, height: 24, angle };
    const found = minimumRectangle([...cornersOf(turned), { x: 200, y: 100 }, { x: 205, y: 101 }]);
    expect(found.width).toBeCloseTo(90, 6);
    expect(found.height).toBeCloseTo(24, 6);
    expect(found.angle).toBeCloseTo(angle, 6);
    expect(found.centre.x).toBeCloseTo(200, 6);
  });

  it('survives points that all lie on one line', () => {
    const found = minimumRectangle([0, 1, 2, 3].map((x) => ({ x, y: 5 })));
    expect([found.width, found.height]).toEqual([3, 0]);
  });
});
