import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Taps, WHOLE_WEIGHT, sampleFourTaps } from './four-taps.ts';
import { planarLayout } from './tensor-layout.ts';

const side = fc.integer({ min: 1, max: 24 });
const weight = fc.integer({ min: 0, max: WHOLE_WEIGHT });

/** Any pixels of a part of a picture, with any weights. */
const cases = fc
  .record({ left: side, top: side, width: side, height: side, right: side, below: side })
  .chain((area) => {
    const tapsOf = (from: number, length: number) =>
      fc
        .array(fc.tuple(fc.integer({ min: 0, max: length - 1 }), fc.integer({ min: 0, max: length - 1 }), weight), {
          minLength: 1,
          maxLength: 40,
        })
        .map(
          (taps): Taps => ({
            first: Int32Array.from(taps, ([first]) => from + first),
            second: Int32Array.from(taps, ([, second]) => from + second),
            weights: Int32Array.from(taps, ([, , share]) => share),
          }),
        );
    const widthPx = area.left + area.width + area.right;
    const heightPx = area.top + area.height + area.below;
    return fc.record({
      region: fc.constant({ left: area.left, top: area.top, width: area.width, height: area.height }),
      picture: fc
        .uint8Array({ minLength: 3 * widthPx * heightPx, maxLength: 3 * widthPx * heightPx })
        .map((pixels) => ({ pixels, widthPx, heightPx })),
      across: tapsOf(area.left, area.width),
      down: tapsOf(area.top, area.height),
    });
  });

test('each value is the weighted mean of its four pixels, in its plane, times its factor and shifted', () => {
  fc.assert(
    fc.property(cases, ({ region, picture, across, down }) => {
      const size = { widthPx: across.first.length, heightPx: down.first.length };
      const layout = planarLayout(size);
      const [plane, factors, shifts] = [size.widthPx * size.heightPx, [1, 0.5, -2], [0, 10, 3]] as const;
      const target = new Float32Array(3 * plane);
      const offsets = [2 * plane, 0, plane] as const;
      sampleFourTaps(picture, region, across, down, target, { offsets, factors, shifts, layout });
      const pixelAt = (x: number, y: number, channel: number): number =>
        picture.pixels[3 * (y * picture.widthPx + x) + channel]!;
      for (let y = 0; y < size.heightPx; y++)
        for (let x = 0; x < size.widthPx; x++)
          for (const channel of [0, 1, 2] as const) {
            const [a, d] = [across.weights[x]! / WHOLE_WEIGHT, down.weights[y]! / WHOLE_WEIGHT];
            const row = (at: number): number =>
              pixelAt(across.first[x]!, at, channel) * (1 - a) + pixelAt(across.second[x]!, at, channel) * a;
            const mean = row(down.first[y]!) * (1 - d) + row(down.second[y]!) * d;
            expect(target[offsets[channel] + y * size.widthPx + x]).toBeCloseTo(
              mean * factors[channel] + shifts[channel],
              3,
            );
          }
    }),
  );
});
