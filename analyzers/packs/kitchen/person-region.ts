import type { Box } from '../../detection.ts';
import type { PixelRectangle } from '../../imaging/crop.ts';

/** The size of a picture. */
interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Of a body seen from head to foot, the share of its height that a square around the head takes; a head is over half of that. */
const HEAD_SHARE = 0.22;
/** Where less of the body is seen, as behind a counter, the head is more of it: for each unit of proportion below this one. */
const WHOLE_BODY_PROPORTION = 2;
const MORE_HEAD_SHARE = 0.12;
/** No head is wider than this share of its shoulders' box, arms and all. */
const HEAD_WIDTH_SHARE = 0.7;
/** Boxes cut a little off the hair. */
const ABOVE_SHARE = 0.1;
/** The nearer look at a head: side and upper edge, of the square that was looked at first. */
const NEARER_SHARE = 0.8;
const NEARER_TOP = 0.03;
/** In a box so much wider than the head, whoever leans or reaches out has the head anywhere along its upper edge. */
const WIDE_FROM = 1.75;

/**
 * Squares at the upper end of a person's box in one of which the head must be: one where the box is narrow, three side
 * by side where it is wide.
 * @param person in 0..1 of the picture
 * @returns whole pixels, cut at the picture's edges
 */
export function headRegions(person: Box, picture: Size): PixelRectangle[] {
  const width = person.width * picture.widthPx;
  const height = person.height * picture.heightPx;
  const proportion = height / Math.max(1, width);
  const share = HEAD_SHARE + MORE_HEAD_SHARE * Math.max(0, WHOLE_BODY_PROPORTION - proportion);
  const side = Math.min(HEAD_WIDTH_SHARE * width, share * height);
  const top = person.y * picture.heightPx - ABOVE_SHARE * side;
  const left = person.x * picture.widthPx;
  const middle = left + (width - side) / 2;
  const places = width / side >= WIDE_FROM ? [middle, left, left + width - side] : [middle];
  return places.map((x) => within(picture, x, top, side, side));
}

/** The same head, nearer: a face that both looks call the same is that. */
export function nearerHead({ left, top, width, height }: PixelRectangle): PixelRectangle {
  const size = {
    width: Math.max(1, Math.round(width * NEARER_SHARE)),
    height: Math.max(1, Math.round(height * NEARER_SHARE)),
  };
  return { left: left + Math.round((width - size.width) / 2), top: top + Math.round(height * NEARER_TOP), ...size };
}

/** Where the hands are of somebody who works or holds something before the chest: the box's middle, a little wider than the body. */
export function handsRegion(person: Box, picture: Size): PixelRectangle {
  const width = person.width * picture.widthPx;
  const height = person.height * picture.heightPx;
  const left = person.x * picture.widthPx - 0.15 * width;
  return within(picture, left, person.y * picture.heightPx + 0.15 * height, 1.3 * width, 0.5 * height);
}

export function regionOf(box: Box, { widthPx, heightPx }: Size): PixelRectangle {
  return within({ widthPx, heightPx }, box.x * widthPx, box.y * heightPx, box.width * widthPx, box.height * heightPx);
}

export function boxOf({ left, top, width, height }: PixelRectangle, { widthPx, heightPx }: Size): Box {
  return { x: left / widthPx, y: top / heightPx, width: width / widthPx, height: height / heightPx };
}

function within({ widthPx, heightPx }: Size, x: number, y: number, width: number, height: number): PixelRectangle {
  const left = Math.max(0, Math.min(widthPx - 1, Math.round(x)));
  const top = Math.max(0, Math.min(heightPx - 1, Math.round(y)));
  return {
    left,
    top,
    width: Math.max(1, Math.min(widthPx, Math.round(x + width)) - left),
    height: Math.max(1, Math.min(heightPx, Math.round(y + height)) - top),
  };
}
