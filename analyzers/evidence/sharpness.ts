import type { Box } from '../detection.ts';
import { pixelRectangle } from '../imaging/crop.ts';
import type { Picture } from '../packs/model-pack.ts';

const MOST_ROWS = 48;
const MOST_COLUMNS = 96;
/** The share at which a crop counts as half sharp; clear edges come to a quarter. */
const HALF_SHARP = 0.1;
/** Squared grey levels: a plain wall has less contrast than that. */
const LEAST_CONTRAST = 16;

/**
 * How sharp a part of a picture is, 0..1, from the picture alone: the squared contrast between neighbouring pixels as a share of that between
 * pixels four apart. A blur takes the first and leaves the second. Looks at a few thousand places.
 */
export function sharpnessOf(picture: Picture, box: Box): number {
  const { left, top, width, height } = pixelRectangle(picture, box);
  if (width < 12 || height < 12) return 0;
  const { pixels, widthPx } = picture;
  const green = (x: number, y: number): number => pixels[(y * widthPx + x) * 3 + 1] ?? 0;
  const stepX = Math.max(1, Math.floor(width / MOST_COLUMNS));
  const stepY = Math.max(1, Math.floor(height / MOST_ROWS));
  let [near, far, count] = [0, 0, 0];
  for (let y = top; y < top + height - 4; y += stepY) {
    for (let x = left; x < left + width - 4; x += stepX) {
      const here = green(x, y);
      near += (green(x + 1, y) - here) ** 2 + (green(x, y + 1) - here) ** 2;
      far += (green(x + 4, y) - here) ** 2 + (green(x, y + 4) - here) ** 2;
      count++;
    }
  }
  if (count === 0 || far / count < LEAST_CONTRAST) return 0;
  const share = near / far;
  return share / (share + HALF_SHARP);
}
