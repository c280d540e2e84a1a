import { describe, expect, it } from 'vitest';
import { overlap, suppressNonMaxima } from './non-max-suppression.ts';

const box = (x: number, y: number, width = 0.2, height = 0.2) => ({ x, y, width, height });

describe('overlap', () => {
  it('is one for the same box, zero for boxes that touch, a third for half-covered ones', () => {
    expect(overlap(box(0.1, 0.1), box(0.1, 0.1))).toBeCloseTo(1);
    expect(overlap(box(0.1, 0.1), box(0.3, 0.1))).toBeCloseTo(0);
    expect(overlap(box(0.1, 0.1), box(0.2, 0.1))).toBeCloseTo(1 / 3);
  });
});

describe('suppressNonMaxima', () => {
  it('keeps the best of those that overlap, and gives them best first', () => {
    const found = [
      { score: 0.4, box: box(0.6, 0.6), label: 'car' },
      { score: 0.5, box: box(0.1, 0.1), label: 'car' },
      { score: 0.9, box: box(0.11, 0.1), label: 'car' },
    ];
    expect(suppressNonMaxima(found, 0.5, () => 'vehicle').map(({ score }) => score)).toEqual([0.9, 0.4]);
  });

  it('lets boxes of different groups lie on each other', () => {
    const found = [
      { score: 0.9, box: box(0.1, 0.1), label: 'motorcycle' },
      { score: 0.8, box: box(0.1, 0.1), label: 'person' },
    ];
    expect(suppressNonMaxima(found, 0.5, ({ label }) => label)).toHaveLength(2);
    expect(suppressNonMaxima(found, 0.5, () => 'all')).toHaveLength(1);
  });
});
