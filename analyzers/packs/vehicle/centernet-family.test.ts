import { describe, expect, it } from 'vitest';
import { OBJECT_LABELS, type ObjectLabel } from '../../detection.ts';
import { decodeCenterNet } from './centernet-family.ts';
import type { DecodeContext } from './detector-family.ts';

const [WIDTH, HEIGHT] = [128, 72];
const SIZE = { widthPx: 512, heightPx: 288 };
const CLASSES: readonly (ObjectLabel | undefined)[] = [...OBJECT_LABELS, undefined, undefined];
const context = (least: number): DecodeContext => ({
  size: SIZE,
  fit: SIZE,
  labels: CLASSES,
  leastScore: Object.fromEntries(OBJECT_LABELS.map((label) => [label, least])) as Record<ObjectLabel, number>,
});
const classOf = (label: ObjectLabel): number => OBJECT_LABELS.indexOf(label);

function outputs(peaks: readonly { classIndex: number; x: number; y: number; score: number }[]) {
  const heat = new Float32Array(CLASSES.length * WIDTH * HEIGHT);
  for (const { classIndex, x, y, score } of peaks) heat[(classIndex * HEIGHT + y) * WIDTH + x] = score;
  const sizes = new Float32Array(4 * WIDTH * HEIGHT).fill(32);
  return {
    heat: { data: heat, shape: [1, CLASSES.length, HEIGHT, WIDTH] },
    sizes: { data: sizes, shape: [1, 4, HEIGHT, WIDTH] },
  };
}

describe('decodeCenterNet', () => {
  it('places the box around the peak', () => {
    const { heat, sizes } = outputs([{ classIndex: classOf('car'), x: 64, y: 36, score: 0.8 }]);
    const [car] = decodeCenterNet(heat, sizes, context(0.3));
    expect(car?.label).toBe('car');
    expect(car?.score).toBeCloseTo(0.8);
    expect(car?.box.x).toBeCloseTo((256 - 32) / 512);
    expect(car?.box.height).toBeCloseTo(64 / 288);
  });

  it('gives one vehicle where car, truck and bus are each half sure, and is surer of it than any of them', () => {
    const at = { x: 64, y: 36 };
    const { heat, sizes } = outputs([
      { classIndex: classOf('car'), ...at, score: 0.25 },
      { classIndex: classOf('truck'), ...at, score: 0.28 },
      { classIndex: classOf('bus'), ...at, score: 0.2 },
    ]);
    const found = decodeCenterNet(heat, sizes, context(0.3));
    expect(found.map(({ label }) => label)).toEqual(['truck']);
    expect(found[0]!.score).toBeGreaterThan(0.4);
    expect(found[0]!.score).toBeLessThan(1 - 0.75 * 0.72 * 0.8);
  });

  it('lets no class out but those of the contract', () => {
    const peaks = CLASSES.map((_, classIndex) => ({ classIndex, x: 10 + 14 * classIndex, y: 20, score: 0.9 }));
    const { heat, sizes } = outputs(peaks);
    const labels = decodeCenterNet(heat, sizes, context(0.3)).map(({ label }) => label);
    expect(labels.toSorted()).toEqual([...OBJECT_LABELS].toSorted());
  });

  it('keeps to the least score of each label', () => {
    const { heat, sizes } = outputs([
      { classIndex: classOf('car'), x: 20, y: 20, score: 0.45 },
      { classIndex: classOf('person'), x: 80, y: 20, score: 0.45 },
    ]);
    const strict = { ...context(0.3), leastScore: { ...context(0.3).leastScore, person: 0.5 } };
    expect(decodeCenterNet(heat, sizes, strict).map(({ label }) => label)).toEqual(['car']);
  });
});
