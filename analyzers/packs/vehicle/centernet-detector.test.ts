import { describe, expect, it } from 'vitest';
import { OBJECT_LABELS } from '../../detection.ts';
import { COCO_LABELS } from './coco-labels.ts';
import { decodeCenterNet } from './centernet-detector.ts';

const [WIDTH, HEIGHT] = [128, 72];
const FIT = { widthPx: 512, heightPx: 288 };

function outputs(peaks: readonly { classIndex: number; x: number; y: number; score: number }[]) {
  const heat = new Float32Array(80 * WIDTH * HEIGHT);
  for (const { classIndex, x, y, score } of peaks) heat[(classIndex * HEIGHT + y) * WIDTH + x] = score;
  const sizes = new Float32Array(4 * WIDTH * HEIGHT).fill(32);
  return {
    heat: { data: heat, shape: [1, 80, HEIGHT, WIDTH] },
    sizes: { data: sizes, shape: [1, 4, HEIGHT, WIDTH] },
  };
}

describe('decodeCenterNet', () => {
  it('places the box around the peak', () => {
    const { heat, sizes } = outputs([{ classIndex: 2, x: 64, y: 36, score: 0.8 }]);
    const [car] = decodeCenterNet(heat, sizes, FIT, 0.3);
    expect(car?.label).toBe('car');
    expect(car?.score).toBeCloseTo(0.8);
    expect(car?.box.x).toBeCloseTo((256 - 32) / 512);
    expect(car?.box.height).toBeCloseTo(64 / 288);
  });

  it('gives one vehicle where car, truck and bus are each half sure, and is surer of it than any of them', () => {
    const at = { x: 64, y: 36 };
    const { heat, sizes } = outputs([
      { classIndex: 2, ...at, score: 0.25 },
      { classIndex: 7, ...at, score: 0.28 },
      { classIndex: 5, ...at, score: 0.2 },
    ]);
    const found = decodeCenterNet(heat, sizes, FIT, 0.3);
    expect(found.map(({ label }) => label)).toEqual(['truck']);
    expect(found[0]!.score).toBeGreaterThan(0.4);
    expect(found[0]!.score).toBeLessThan(1 - 0.75 * 0.72 * 0.8);
  });

  it('lets no class out but those of the contract', () => {
    const peaks = Array.from({ length: 80 }, (_, classIndex) => ({
      classIndex,
      x: 4 + 12 * (classIndex % 10),
      y: 4 + 8 * Math.floor(classIndex / 10),
      score: 0.9,
    }));
    const { heat, sizes } = outputs(peaks);
    const labels = decodeCenterNet(heat, sizes, FIT, 0.3).map(({ label }) => label);
    expect(new Set(labels)).toEqual(new Set(OBJECT_LABELS));
    expect(labels).toHaveLength(COCO_LABELS.length);
  });
});
