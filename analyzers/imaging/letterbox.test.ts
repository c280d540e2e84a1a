import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../packs/model-pack.ts';
import { boxFromLetterbox, fitLetterbox, letterbox } from './letterbox.ts';

const OPTIONS = {
  widthPx: 512,
  heightPx: 288,
  channels: 'rgb',
  mean: [0, 0, 0],
  scale: [1, 1, 1],
  border: 114,
} as const;

function plainPicture(widthPx: number, heightPx: number, [r, g, b]: readonly [number, number, number]): Picture {
  const pixels = new Uint8Array(widthPx * heightPx * 3);
  for (let i = 0; i < pixels.length; i += 3) pixels.set([r, g, b], i);
  return { pixels, widthPx, heightPx };
}

describe('letterbox', () => {
  it('gives back the box that went in, for pictures of any shape', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 4000 }), fc.integer({ min: 40, max: 4000 }), unit, unit, (w, h, u, v) => {
        const fit = fitLetterbox({ widthPx: w, heightPx: h }, OPTIONS);
        expect(fit.widthPx === OPTIONS.widthPx || fit.heightPx === OPTIONS.heightPx).toBe(true);
        const [left, top] = [Math.min(u, 0.9) * fit.widthPx, Math.min(v, 0.9) * fit.heightPx];
        const box = boxFromLetterbox(fit, left, top, left + 0.1 * fit.widthPx, top + 0.1 * fit.heightPx);
        expect(box.x).toBeCloseTo(Math.min(u, 0.9), 6);
        expect(box.y).toBeCloseTo(Math.min(v, 0.9), 6);
        expect(box.width).toBeCloseTo(0.1, 6);
        expect(box.height).toBeCloseTo(0.1, 6);
      }),
    );
  });

  it('cuts a box at the edges of the picture', () => {
    expect(boxFromLetterbox({ widthPx: 512, heightPx: 288 }, -20, -20, 600, 144)).toEqual({
      x: 0,
      y: 0,
      width: 1,
      height: 0.5,
    });
  });

  it('keeps proportions with a border, and puts colours into the planes that the model wants', async () => {
    const { tensor, fit } = await letterbox(plainPicture(100, 100, [10, 20, 30]), { ...OPTIONS, channels: 'bgr' });
    expect(fit).toEqual({ widthPx: 288, heightPx: 288 });
    expect(tensor.shape).toEqual([1, 3, 288, 512]);
    const plane = 512 * 288;
    expect([tensor.data[0], tensor.data[plane], tensor.data[2 * plane]]).toEqual([30, 20, 10]);
    expect(tensor.data[300]).toBe(114);
  });

  it('takes pictures that lie in memory shared between threads', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(100 * 100 * 3)).fill(50);
    const { tensor } = await letterbox({ pixels: shared, widthPx: 100, heightPx: 100 }, OPTIONS);
    expect(tensor.data[0]).toBe(50);
  });
});
