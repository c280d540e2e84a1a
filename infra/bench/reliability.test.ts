import { describe, expect, it } from 'vitest';
import { degradePicture } from './degrade-picture.ts';
import { fitLogistic } from './logistic-fit.ts';
import { calibrationError, reliabilityTable } from './reliability.ts';

describe('reliabilityTable', () => {
  it('puts answers of like confidence side by side with how often they were right', () => {
    const answers = [
      { confidence: 0.95, isRight: true },
      { confidence: 0.93, isRight: true },
      { confidence: 1, isRight: false },
      { confidence: 0.1, isRight: false },
    ];
    const table = reliabilityTable(answers, [0, 0.5, 0.9, 1]);
    expect(table).toEqual([
      { from: 0, to: 0.5, n: 1, meanConfidence: 0.1, accuracy: 0 },
      { from: 0.9, to: 1, n: 3, meanConfidence: 0.96, accuracy: 2 / 3 },
    ]);
    expect(calibrationError(table)).toBeCloseTo(0.25 * 0.1 + 0.75 * (0.96 - 2 / 3));
  });
});

describe('fitLogistic', () => {
  it('finds the curve that cases were drawn from', () => {
    const cases = Array.from({ length: 4000 }, (_, i) => {
      const x = (i % 80) / 10 - 4;
      const p = 1 / (1 + Math.exp(-(0.5 + 1.5 * x)));
      // Each x fifty times, in the share that its probability says.
      return { features: [x], isTrue: (Math.floor(i / 80) + 0.5) / 50 < p };
    });
    const [constant, slope] = fitLogistic(cases);
    expect(constant).toBeCloseTo(0.5, 1);
    expect(slope).toBeCloseTo(1.5, 1);
  });

  it('stays finite where one feature tells all', () => {
    const weights = fitLogistic([-2, -1, 1, 2].map((x) => ({ features: [x], isTrue: x > 0 })));
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(weights[1]).toBeGreaterThan(1);
  });
});

describe('degradePicture', () => {
  it('makes the same of the same picture and seed, and something else of another', async () => {
    const picture = { pixels: new Uint8Array(90 * 30 * 3).map((_, i) => (i * 37) % 256), widthPx: 90, heightPx: 30 };
    const [once, twice, other] = await Promise.all([5, 5, 6].map((seed) => degradePicture(picture, seed)));
    expect(once).toEqual(twice);
    expect(other).not.toEqual(once);
    expect(once!.widthPx).toBeLessThanOrEqual(90);
  });
});
