import { describe, expect, it } from 'vitest';
import { findTextRegions } from './text-regions.ts';

const OPTIONS = { pixelThreshold: 0.3, regionThreshold: 0.5, growth: 1.6, minimumHeight: 3 };

function mapWith(rectangles: readonly { x: number; y: number; w: number; h: number; value: number }[]) {
  const map = new Float32Array(200 * 100);
  for (const { x, y, w, h, value } of rectangles)
    for (let row = y; row < y + h; row++) map.fill(value, row * 200 + x, row * 200 + x + w);
  return map;
}

describe('findTextRegions', () => {
  it('finds each line of text and grows it by what the network shrank', () => {
    const map = mapWith([
      { x: 20, y: 30, w: 80, h: 10, value: 0.9 },
      { x: 140, y: 70, w: 40, h: 8, value: 0.8 },
    ]);
    const regions = findTextRegions(map, 200, 100, OPTIONS);
    expect(regions).toHaveLength(2);
    const [first] = regions;
    expect([first?.width, first?.height]).toEqual([80, 10]);
    const margin = (80 * 10 * 1.6) / (2 * 90);
    expect(first?.quad[0].x).toBeCloseTo(20 - margin);
    expect(first?.quad[2].y).toBeCloseTo(40 + margin);
    expect(first?.score).toBeCloseTo(0.9);
  });

  it('drops what is faint or too low', () => {
    const map = mapWith([
      { x: 20, y: 30, w: 80, h: 10, value: 0.4 },
      { x: 20, y: 60, w: 80, h: 2, value: 0.9 },
    ]);
    expect(findTextRegions(map, 200, 100, OPTIONS)).toEqual([]);
  });
});
