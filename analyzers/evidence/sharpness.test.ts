import sharp from 'sharp';
import { expect, it } from 'vitest';
import { Canvas } from '../testing/pictures.ts';
import { sharpnessOf } from './sharpness.ts';

const box = { x: 0.1, y: 0.1, width: 0.8, height: 0.8 };

function striped(): Canvas {
  const canvas = new Canvas(200, 100, [90, 90, 90]);
  for (let column = 0; column < 8; column++) {
    canvas.fill({ x: column / 8, y: 0, width: 1 / 16, height: 1 }, [220, 220, 220]);
  }
  return canvas;
}

it('falls with every blur, and says nothing of a plain wall', async () => {
  const canvas = striped();
  const raw = { raw: { width: 200, height: 100, channels: 3 as const } };
  const blurred = async (sigma: number): Promise<number> => {
    const pixels = await sharp(canvas.pixels.slice(), raw).blur(sigma).raw().toBuffer();
    return sharpnessOf({ pixels, widthPx: 200, heightPx: 100 }, box);
  };
  const [sharpest, soft, softest] = [sharpnessOf(canvas, box), await blurred(1), await blurred(2.5)];
  expect(sharpest).toBeGreaterThan(soft * 1.1);
  expect(soft).toBeGreaterThan(softest * 1.1);
  expect(sharpnessOf(new Canvas(200, 100, [90, 90, 90]), box)).toBe(0);
});

it('says nothing of a box of a few pixels', () => {
  expect(sharpnessOf(striped(), { x: 0.5, y: 0.5, width: 0.02, height: 0.02 })).toBe(0);
});
