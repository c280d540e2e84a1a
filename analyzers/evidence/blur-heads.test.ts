import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Box } from '../detection.ts';
import { decodePicture } from '../imaging/scale.ts';
import type { Picture } from '../packs/model-pack.ts';
import { Canvas } from '../testing/pictures.ts';
import { blurHeads, headRegion, withHeadsBlurred } from './blur-heads.ts';

const PERSON: Box = { x: 0.4, y: 0.2, width: 0.15, height: 0.6 };
const APRON: Box = { x: 0.42, y: 0.45, width: 0.1, height: 0.3 };

/** Fine squares all over: detail that a blur must take away, and only where it is meant to. */
function detailed(): Canvas {
  const canvas = new Canvas(640, 360, [128, 128, 128]);
  for (let y = 0; y < 360; y += 4)
    for (let x = 0; x < 640; x += 4)
      if ((x + y) % 8 === 0) canvas.fill({ x: x / 640, y: y / 360, width: 4 / 640, height: 4 / 360 }, [225, 190, 165]);
  return canvas;
}

/** Mean difference of neighbours in a box, 0..255. */
function detailIn({ pixels, widthPx, heightPx }: Picture, box: Box): number {
  let [sum, count] = [0, 0];
  for (let y = Math.ceil(box.y * heightPx); y < Math.floor((box.y + box.height) * heightPx); y++) {
    for (let x = Math.ceil(box.x * widthPx); x < Math.floor((box.x + box.width) * widthPx) - 1; x++) {
      const at = (y * widthPx + x) * 3;
      sum += Math.abs((pixels[at] ?? 0) - (pixels[at + 3] ?? 0));
      count++;
    }
  }
  return sum / count;
}

describe('blurred heads', () => {
  it('have lost their detail in the decoded picture, and nothing else has', async () => {
    const sharpPicture = detailed();
    const source = await sharp(sharpPicture.pixels, { raw: { width: 640, height: 360, channels: 3 } })
      .jpeg({ quality: 95 })
      .toBuffer();
    const head = headRegion(PERSON);
    const before = await decodePicture(source);
    const after = await decodePicture(await blurHeads(source, [PERSON]));
    expect(detailIn(before, head)).toBeGreaterThan(15);
    expect(detailIn(after, head)).toBeLessThan(1.5);
    expect(detailIn(after, APRON)).toBeGreaterThan(0.8 * detailIn(before, APRON));
    const elsewhere = { x: 0.02, y: 0.1, width: 0.3, height: 0.8 };
    expect(detailIn(after, elsewhere)).toBeGreaterThan(0.8 * detailIn(before, elsewhere));
  });

  it('are the same for two heads that differ in detail only, so that nothing can be brought back', () => {
    const [one, other] = [new Canvas(640, 360, [160, 130, 110]), new Canvas(640, 360, [160, 130, 110])];
    const eyes = (canvas: Canvas, apart: number): Canvas =>
      canvas
        .fill({ x: 0.475 - apart, y: 0.26, width: 0.006, height: 0.01 }, [40, 30, 30])
        .fill({ x: 0.475 + apart, y: 0.26, width: 0.006, height: 0.01 }, [40, 30, 30]);
    const pixels = [eyes(one, 0.008), eyes(other, 0.016)].map((canvas) => withHeadsBlurred(canvas, [PERSON]).pixels);
    expect(pixels[0]).toEqual(pixels[1]);
  });

  it('reach to the edge of the picture and no further', () => {
    const atEdge = { x: 0.95, y: -0.1, width: 0.2, height: 0.5 };
    const blurred = withHeadsBlurred(detailed(), [atEdge]);
    expect(detailIn(blurred, headRegion(atEdge))).toBeLessThan(1);
    expect(detailIn(blurred, { x: 0, y: 0, width: 0.5, height: 1 })).toBeGreaterThan(15);
  });

  it('do not touch the picture they are made from', () => {
    const canvas = detailed();
    const before = new Uint8Array(canvas.pixels);
    withHeadsBlurred(canvas, [PERSON]);
    expect(canvas.pixels).toEqual(before);
  });
});
