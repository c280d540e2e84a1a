import { describe, expect, it } from 'vitest';
import { plateColour } from './plate-colour.ts';

/** A plate of one ground colour with stripes, as wide as strokes, of another. */
function plate(ground: readonly number[], strokes: readonly number[]) {
  const [widthPx, heightPx] = [140, 44];
  const pixels = new Uint8Array(widthPx * heightPx * 3);
  for (let i = 0; i < widthPx * heightPx; i++) pixels.set((i % widthPx) % 10 < 3 ? strokes : ground, i * 3);
  return { pixels, widthPx, heightPx };
}

describe('plateColour', () => {
  it.each([
    ['blue', [20, 60, 180], [240, 240, 240]],
    ['blue', [90, 215, 220], [250, 250, 250]],
    ['green', [110, 200, 130], [20, 20, 20]],
    ['green', [90, 210, 180], [20, 20, 20]],
    ['yellow', [240, 190, 30], [20, 20, 20]],
    ['white', [230, 230, 230], [20, 20, 20]],
    ['black', [20, 20, 22], [230, 230, 230]],
    ['unknown', [120, 120, 120], [130, 130, 130]],
  ])('sees %s', (colour, ground, strokes) => {
    expect(plateColour(plate(ground, strokes))).toBe(colour);
  });
});
