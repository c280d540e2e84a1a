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
  const line = widthPx * 3;
  const stepX = Math.max(1, Math.floor(width / MOST_COLUMNS));
  const stepY = Math.max(1, Math.floor(height / MOST_ROWS));
  let [near, far, count] = [0, 0, 0];
  for (let y = top; y < top + height - 4; y += stepY) {
    // Green of this place, in bytes.
    let at = (y * widthPx + left) * 3 + 1;
    for (let x = left; x < left + width - 4; x += stepX, at += 3 * stepX) {
      const here = pixels[at] as number;
      const right = (pixels[at + 3] as number) - here;
      const below = (pixels[at + line] as number) - here;
      const farRight = (pixels[at + 12] as number) - here;
      const farBelow = (pixels[at + 4 * line] as number) - here;
      near += right * right + below * below;
      far += farRight * farRight + farBelow * farBelow;
      count++;
    }
  }
  if (count === 0 || far / count < LEAST_CONTRAST) return 0;
  const share = near / far;
  return share / (share + HALF_SHARP);
}
