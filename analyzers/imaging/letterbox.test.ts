import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../packs/model-pack.ts';
import type { Tensor } from '../onnx/onnx-session.ts';
import { boxFromLetterbox, fitLetterbox, letterbox, type LetterboxOptions } from './letterbox.ts';
import { type TensorLayout, phasedLayout, planarLayout } from './tensor-layout.ts';

const TENSOR = { widthPx: 512, heightPx: 288 };
const OPTIONS = {
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

function emptyTensor(widthPx: number, heightPx: number): Tensor {
  return { data: new Float32Array(3 * widthPx * heightPx), shape: [1, 3, heightPx, widthPx] };
}

function boxed(picture: Picture, options: LetterboxOptions) {
  const tensor = emptyTensor(TENSOR.widthPx, TENSOR.heightPx);
  const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
  return { tensor, fit: letterbox(picture, whole, tensor, options) };
}

describe('letterbox', () => {
  it('gives back the box that went in, for pictures of any shape', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 4000 }), fc.integer({ min: 40, max: 4000 }), unit, unit, (w, h, u, v) => {
        const fit = fitLetterbox({ widthPx: w, heightPx: h }, TENSOR);
        expect(fit.widthPx === TENSOR.widthPx || fit.heightPx === TENSOR.heightPx).toBe(true);
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

  it('keeps proportions with a border, and puts colours into the planes that the model wants', () => {
    const { tensor, fit } = boxed(plainPicture(100, 100, [10, 20, 30]), { ...OPTIONS, channels: 'bgr' });
    expect(fit).toEqual({ widthPx: 288, heightPx: 288 });
    const plane = 512 * 288;
    expect([tensor.data[0], tensor.data[plane], tensor.data[2 * plane]]).toEqual([30, 20, 10]);
    expect(tensor.data[300]).toBe(114);
    expect(tensor.data.every((value) => [10, 20, 30, 114].includes(value))).toBe(true);
  });

  it('fills the whole tensor when the model was trained on stretched pictures', () => {
    const { tensor, fit } = boxed(plainPicture(100, 100, [50, 50, 50]), { ...OPTIONS, fit: 'stretch' });
    expect(fit).toEqual({ widthPx: 512, heightPx: 288 });
    expect(tensor.data.every((value) => value === 50)).toBe(true);
  });

  it('takes mean and scale of each channel, in the order of the model', () => {
    const { tensor } = boxed(plainPicture(1280, 720, [10, 20, 30]), {
      ...OPTIONS,
      channels: 'bgr',
      mean: [30, 10, 10],
      scale: [1, 0.5, 2],
    });
    const plane = 512 * 288;
    expect([tensor.data[5], tensor.data[plane + 5], tensor.data[2 * plane + 5]]).toEqual([0, 5, 0]);
  });

  it('takes pictures that lie in memory shared between threads', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(100 * 100 * 3)).fill(50);
    expect(boxed({ pixels: shared, widthPx: 100, heightPx: 100 }, OPTIONS).tensor.data[0]).toBe(50);
  });

  it('puts the same values where a layout in four phases has them, border and all', () => {
    const phases = [0, 1, 2, 3].map((k) => ({ row: (k % 2) as 0 | 1, column: (k >> 1) as 0 | 1 }));
    const phased = phasedLayout(TENSOR, phases);
    const planar = planarLayout(TENSOR);
    for (const [widthPx, heightPx] of [
      [640, 360],
      [700, 300],
      [1100, 900],
      [4000, 3000],
    ] as const) {
      const pixels = new Uint8Array(3 * widthPx * heightPx).map((_value, index) => (index * 7919) >> 3);
      const picture = { pixels, widthPx, heightPx };
      const whole = { left: 0, top: 0, width: widthPx, height: heightPx };
      const plain = emptyTensor(TENSOR.widthPx, TENSOR.heightPx);
      const other = { data: new Float32Array(plain.data.length), shape: [1, 12, 144, 256] };
      letterbox(picture, whole, plain, OPTIONS);
      letterbox(picture, whole, other, OPTIONS, phased);
      let differing = 0;
      for (let channel = 0; channel < 3; channel++)
        for (let y = 0; y < TENSOR.heightPx; y++)
          for (let x = 0; x < TENSOR.widthPx; x++) {
            const place = (layout: TensorLayout) => channel * layout.channelStep + layout.rows[y]! + layout.columns[x]!;
            if (plain.data[place(planar)] !== other.data[place(phased!)]) differing++;
          }
      expect(differing).toBe(0);
    }
  });

  it('looks at nothing beyond the region', () => {
    const picture = plainPicture(400, 300, [0, 0, 0]);
    for (let y = 100; y < 200; y++) picture.pixels.fill(200, (y * 400 + 100) * 3, (y * 400 + 300) * 3);
    for (const [width, height] of [
      [200, 100],
      [64, 32],
      [100, 50],
      [512, 256],
      [30, 15],
    ] as const) {
      const tensor = emptyTensor(width, height);
      letterbox(picture, { left: 100, top: 100, width: 200, height: 100 }, tensor, OPTIONS);
      expect(tensor.data.every((value) => Math.abs(value - 200) < 1e-3)).toBe(true);
    }
  });

  it('averages what it shrinks: noise is halved at least', () => {
    for (const factor of [2, 2.5, 4, 5, 8]) {
      const picture = plainPicture(128 * factor, 64 * factor, [0, 0, 0]);
      let state = 7;
      picture.pixels.forEach((_, at) => {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        picture.pixels[at] = (state >>> 16) % 2 === 0 ? 50 : 150;
      });
      const tensor = emptyTensor(128, 64);
      letterbox(picture, { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx }, tensor, OPTIONS);
      const variance = tensor.data.reduce((sum, value) => sum + (value - 100) ** 2, 0) / tensor.data.length;
      expect(Math.sqrt(variance)).toBeLessThan(27);
      expect(Math.sqrt(variance)).toBeGreaterThan(5);
    }
  });
});
