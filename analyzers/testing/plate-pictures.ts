import type { Picture } from '../packs/model-pack.ts';

/** Pictures for tests of what is measured on plates before any network reads them. */

interface Stripes {
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** Width of a stroke; the ground between two is twice as wide. */
  readonly strokePx?: number;
  readonly ground?: readonly number[];
  readonly strokes?: readonly number[];
  /** Rows, as shares of the height, that the strokes fill; several for several rows of characters. */
  readonly rows?: readonly (readonly [number, number])[];
  /** Pixels down per pixel right. */
  readonly slope?: number;
}

/** Upright strokes on a ground, as characters are to the eye of a gradient. */
export function stripes({
  widthPx = 140,
  heightPx = 44,
  strokePx = 4,
  ground = [20, 60, 180],
  strokes = [240, 240, 240],
  rows = [[0, 1]],
  slope = 0,
}: Stripes = {}): Picture {
  const pixels = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const level = (y + 0.5 - slope * (x + 0.5 - widthPx / 2)) / heightPx;
      const isStroke = x % (3 * strokePx) < strokePx && rows.some(([from, to]) => level >= from && level < to);
      pixels.set(isStroke ? strokes : ground, (y * widthPx + x) * 3);
    }
  return { pixels, widthPx, heightPx };
}

/** Each pixel the mean of those up to `radiusPx` beside it in its row. */
export function blurred({ pixels, widthPx, heightPx }: Picture, radiusPx: number): Picture {
  const result = new Uint8Array(pixels.length);
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++)
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        let count = 0;
        for (let near = Math.max(0, x - radiusPx); near <= Math.min(widthPx - 1, x + radiusPx); near++, count++)
          sum += pixels[(y * widthPx + near) * 3 + channel] ?? 0;
        result[(y * widthPx + x) * 3 + channel] = Math.round(sum / count);
      }
  return { pixels: result, widthPx, heightPx };
}
