import { describe, expect, it } from 'vitest';
import { blurred, stripes } from '../../testing/plate-pictures.ts';
import { plateSharpness } from './plate-sharpness.ts';

describe('plateSharpness', () => {
  it('falls with every blur', () => {
    const sharp = stripes({ heightPx: 24, strokePx: 8 });
    const values = [sharp, blurred(sharp, 1), blurred(sharp, 3), blurred(sharp, 6)].map(plateSharpness);
    expect(values[0]).toBeGreaterThan(0.9);
    for (const [i, value] of values.entries()) if (i > 0) expect(value).toBeLessThan(values[i - 1]!);
  });

  it('does not take a dim plate for a blurred one', () => {
    const dim = stripes({ ground: [20, 20, 60], strokes: [70, 70, 90] });
    expect(plateSharpness(dim)).toBeCloseTo(plateSharpness(stripes()), 1);
  });

  it('is nothing where there is nothing to see', () => {
    expect(plateSharpness(stripes({ ground: [90, 90, 90], strokes: [92, 92, 92] }))).toBe(0);
    expect(plateSharpness({ pixels: new Uint8Array(3), widthPx: 1, heightPx: 1 })).toBe(0);
  });

  it('lets a larger plate spread its edges over more pixels', () => {
    const large = stripes({ heightPx: 96, widthPx: 384, strokePx: 24 });
    const small = stripes({ heightPx: 24, widthPx: 96, strokePx: 6 });
    expect(plateSharpness(blurred(large, 2))).toBeGreaterThan(plateSharpness(blurred(small, 2)));
  });
});
