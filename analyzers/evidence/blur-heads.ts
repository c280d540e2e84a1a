import sharp from 'sharp';
import type { Box } from '../detection.ts';
import { decodePicture } from '../imaging/scale.ts';
import { clipToFrame } from '../tracking/box.ts';
import type { Picture } from '../packs/model-pack.ts';
import { encodePixels } from './evidence-picture.ts';

/** The head is in the upper quarter of a person's box; hair, hats and the trembling of the box want more on each side. */
const HEAD_SHARE = 0.25;
const WIDER = 0.15;
const ABOVE = 0.06;
/** Blocks across a head: too few for a face, whatever is done to them later. */
const BLOCKS = 3;
const MIN_BLOCK_PX = 6;
/** Colours of blocks are rounded to steps of this, of 255, so that nothing can be read from small differences. */
const COLOUR_STEP = 24;

/**
 * Makes heads unrecognisable for good: each becomes about three blocks across of one rounded colour each. The rest of
 * the picture stays as it is.
 * @param persons boxes of whole persons, 0..1 of the frame
 * @returns a copy
 */
export function withHeadsBlurred(picture: Picture, persons: readonly Box[]): Picture {
  const { widthPx, heightPx } = picture;
  const blurred = { pixels: new Uint8Array(picture.pixels), widthPx, heightPx };
  fillRegions(blurred, persons.map(headRegion));
  return blurred;
}

/** The same in place, where it is known which regions of the picture hold heads. */
export function fillRegions(picture: Picture, regions: readonly Box[]): void {
  for (const region of regions) fillWithBlocks(picture, region);
}

/**
 * The same for a picture file, such as for an export.
 * @param source JPEG, PNG or WebP
 * @returns JPEG
 * @throws {Error} when it is no picture
 */
export async function blurHeads(source: Uint8Array, persons: readonly Box[]): Promise<Uint8Array> {
  if (persons.length === 0) return sharp(source).jpeg({ quality: 90 }).toBuffer();
  return encodePixels(withHeadsBlurred(await decodePicture(source), persons));
}

/** Where the head of a person is, with a margin. */
export function headRegion({ x, y, width, height }: Box): Box {
  return clipToFrame({
    x: x - WIDER * width,
    y: y - ABOVE * height,
    width: width * (1 + 2 * WIDER),
    height: height * (HEAD_SHARE + ABOVE),
  });
}

function fillWithBlocks({ pixels, widthPx, heightPx }: Picture, region: Box): void {
  const left = Math.floor(region.x * widthPx);
  const top = Math.floor(region.y * heightPx);
  const right = Math.min(widthPx, Math.ceil((region.x + region.width) * widthPx));
  const bottom = Math.min(heightPx, Math.ceil((region.y + region.height) * heightPx));
  const side = Math.max(MIN_BLOCK_PX, Math.ceil(Math.max(right - left, bottom - top) / BLOCKS));
  for (let y = top; y < bottom; y += side) {
    for (let x = left; x < right; x += side) {
      fillBlock(pixels, widthPx, x, y, Math.min(right, x + side), Math.min(bottom, y + side));
    }
  }
}

function fillBlock(
  pixels: Uint8Array,
  widthPx: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = (y * widthPx + left) * 3; at < (y * widthPx + right) * 3; at += 3) {
      red += pixels[at] as number;
      green += pixels[at + 1] as number;
      blue += pixels[at + 2] as number;
    }
  }
  const count = (right - left) * (bottom - top);
  [red, green, blue] = [coarse(red / count), coarse(green / count), coarse(blue / count)];
  for (let y = top; y < bottom; y++) {
    for (let at = (y * widthPx + left) * 3; at < (y * widthPx + right) * 3; at += 3) {
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    }
  }
}

function coarse(level: number): number {
  return Math.min(255, Math.round(level / COLOUR_STEP) * COLOUR_STEP);
}
