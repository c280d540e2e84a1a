import type { Box } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';

/** Whole pixels. */
export interface PixelRectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Four corners in pixels: top left, top right, bottom right, bottom left of the thing, however it is turned. */
export type Quad = readonly [Point, Point, Point, Point];

/** A box in 0..1 as whole pixels, grown by `margin` of its size on every side and cut at the picture's edges. */
export function pixelRectangle(picture: Picture, box: Box, margin = 0): PixelRectangle {
  const left = Math.max(0, Math.floor((box.x - box.width * margin) * picture.widthPx));
  const top = Math.max(0, Math.floor((box.y - box.height * margin) * picture.heightPx));
  const right = Math.min(picture.widthPx, Math.ceil((box.x + box.width * (1 + margin)) * picture.widthPx));
  const bottom = Math.min(picture.heightPx, Math.ceil((box.y + box.height * (1 + margin)) * picture.heightPx));
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** The upright box, in 0..1 of the picture, around a quad in pixels. */
export function boxAroundQuad(picture: Picture, quad: Quad): Box {
  const clampX = (x: number): number => Math.min(1, Math.max(0, x / picture.widthPx));
  const clampY = (y: number): number => Math.min(1, Math.max(0, y / picture.heightPx));
  const xs = quad.map((point) => clampX(point.x));
  const ys = quad.map((point) => clampY(point.y));
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** Copies whole pixels out of a picture. */
export function cropPicture(picture: Picture, rectangle: PixelRectangle): Picture {
  const pixels = new Uint8Array(rectangle.width * rectangle.height * 3);
  copyPixels(picture, rectangle, pixels);
  return { pixels, widthPx: rectangle.width, heightPx: rectangle.height };
}

/** @param target uint8 [height,width,3] of the rectangle */
export function copyPixels(
  { pixels, widthPx }: Picture,
  { left, top, width, height }: PixelRectangle,
  target: Uint8Array,
): void {
  const start = 3 * (top * widthPx + left);
  if (width === widthPx) return target.set(pixels.subarray(start, start + 3 * width * height));
  for (let y = 0, from = start; y < height; y++, from += 3 * widthPx)
    target.set(pixels.subarray(from, from + 3 * width), 3 * y * width);
}

/**
 * Looks at a turned or slanted thing straight on: maps the quad's corners to those of a new picture, bilinear.
 * Good for quads that are nearly parallelograms, as plates are; a strong perspective would want a homography.
 */
export function straighten(picture: Picture, quad: Quad, widthPx: number, heightPx: number): Picture {
  const { pixels } = picture;
  const [topLeft, topRight, bottomRight, bottomLeft] = quad;
  const result = new Uint8Array(widthPx * heightPx * 3);
  const maxX = picture.widthPx - 1;
  const maxY = picture.heightPx - 1;
  for (let row = 0; row < heightPx; row++) {
    const v = (row + 0.5) / heightPx;
    for (let column = 0; column < widthPx; column++) {
      const u = (column + 0.5) / widthPx;
      const topX = topLeft.x + (topRight.x - topLeft.x) * u;
      const topY = topLeft.y + (topRight.y - topLeft.y) * u;
      const bottomX = bottomLeft.x + (bottomRight.x - bottomLeft.x) * u;
      const bottomY = bottomLeft.y + (bottomRight.y - bottomLeft.y) * u;
      const x = Math.min(maxX, Math.max(0, topX + (bottomX - topX) * v - 0.5));
      const y = Math.min(maxY, Math.max(0, topY + (bottomY - topY) * v - 0.5));
      const x0 = Math.floor(x);
      const y0 = Math.floor(y);
      const fx = x - x0;
      const fy = y - y0;
      const right = x0 < maxX ? 3 : 0;
      const down = y0 < maxY ? picture.widthPx * 3 : 0;
      const at = (y0 * picture.widthPx + x0) * 3;
      const out = (row * widthPx + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const p = at + channel;
        const above = (pixels[p] as number) * (1 - fx) + (pixels[p + right] as number) * fx;
        const below = (pixels[p + down] as number) * (1 - fx) + (pixels[p + down + right] as number) * fx;
        result[out + channel] = above * (1 - fy) + below * fy + 0.5;
      }
    }
  }
  return { pixels: result, widthPx, heightPx };
}
