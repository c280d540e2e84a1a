import { describe, expect, it } from 'vitest';
import { stripes } from '../../testing/plate-pictures.ts';
import { findTextLine, levelQuad } from './text-line.ts';

describe('findTextLine', () => {
  it.each([-0.15, -0.06, 0, 0.1, 0.2])('finds a line that falls by %f', (slope) => {
    const line = findTextLine(stripes({ widthPx: 120, heightPx: 48, rows: [[0.35, 0.65]], slope }));
    expect(line.slope).toBeCloseTo(slope, 1);
    expect(Math.abs(line.slope - slope)).toBeLessThanOrEqual(0.03);
  });

  it('finds the rows that the line fills', () => {
    const { top, bottom } = findTextLine(stripes({ heightPx: 50, rows: [[0.3, 0.7]] }));
    expect(top).toBeGreaterThanOrEqual(13);
    expect(top).toBeLessThanOrEqual(16);
    expect(bottom).toBeGreaterThanOrEqual(34);
    expect(bottom).toBeLessThanOrEqual(37);
  });

  it('leaves a picture without strokes as it is', () => {
    const empty = { pixels: new Uint8Array(90 * 30 * 3).fill(120), widthPx: 90, heightPx: 30 };
    expect(findTextLine(empty)).toEqual({ slope: 0, top: 0, bottom: 30 });
  });
});

describe('levelQuad', () => {
  it('follows the slope on both sides and leaves a margin', () => {
    const picture = { pixels: new Uint8Array(), widthPx: 100, heightPx: 30 };
    const [topLeft, topRight, bottomRight, bottomLeft] = levelQuad(picture, { slope: 0.1, top: 10, bottom: 20 });
    expect([topLeft.y, topRight.y, bottomRight.y, bottomLeft.y]).toEqual([3.5, 13.5, 26.5, 16.5]);
  });
});
