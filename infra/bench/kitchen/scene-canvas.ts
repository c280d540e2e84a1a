import type { Point } from '#ingest/cameras/camera.ts';

/** Size of the made pictures: that of a modest sub-stream. */
export const WIDTH_PX = 320;
export const HEIGHT_PX = 180;
export const PLACES = WIDTH_PX * HEIGHT_PX;

export type Rgb = readonly [red: number, green: number, blue: number];

/** float32 [180, 320, 3], RGB; light of 1 gives 0..255. Coordinates of all drawing are 0..1 of the frame. */
export type SceneCanvas = Float32Array;

export function newCanvas(): SceneCanvas {
  return new Float32Array(PLACES * 3);
}

/** Colour `into` the place, of which `share` is covered, 0..1. */
function blend(canvas: SceneCanvas, place: number, [red, green, blue]: Rgb, share: number): void {
  const at = place * 3;
  canvas[at] = (canvas[at] as number) * (1 - share) + red * share;
  canvas[at + 1] = (canvas[at + 1] as number) * (1 - share) + green * share;
  canvas[at + 2] = (canvas[at + 2] as number) * (1 - share) + blue * share;
}

export function fillRectangle(
  canvas: SceneCanvas,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: Rgb,
  share = 1,
): void {
  const [fromX, toX] = [clampX(left * WIDTH_PX), clampX((left + width) * WIDTH_PX)];
  const [fromY, toY] = [clampY(top * HEIGHT_PX), clampY((top + height) * HEIGHT_PX)];
  for (let y = fromY; y < toY; y++) for (let x = fromX; x < toX; x++) blend(canvas, y * WIDTH_PX + x, colour, share);
}

/** Visits the places of an ellipse with how deep inside they lie: 0 at the edge, 1 in the middle. */
function visitEllipse(
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  visit: (place: number, depth: number) => void,
): void {
  const [centreX, centreY, wide, high] = [x * WIDTH_PX, y * HEIGHT_PX, radiusX * WIDTH_PX, radiusY * HEIGHT_PX];
  for (let row = clampY(centreY - high); row < clampY(centreY + high + 1); row++) {
    for (let column = clampX(centreX - wide); column < clampX(centreX + wide + 1); column++) {
      const distance = ((column + 0.5 - centreX) / wide) ** 2 + ((row + 0.5 - centreY) / high) ** 2;
      if (distance < 1) visit(row * WIDTH_PX + column, 1 - distance);
    }
  }
}

export function fillEllipse(
  canvas: SceneCanvas,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  colour: Rgb,
  share = 1,
): void {
  visitEllipse(x, y, radiusX, radiusY, (place, depth) => blend(canvas, place, colour, share * Math.min(1, depth * 4)));
}

/** Multiplies with `factor` in the middle, fading to 1 at the edge over `softness` (0 hard, 1 from the middle on). */
export function shadeEllipse(
  canvas: SceneCanvas,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  factor: number,
  softness: number,
): void {
  visitEllipse(x, y, radiusX, radiusY, (place, depth) => {
    const share = Math.min(1, depth / Math.max(0.05, softness));
    const gain = 1 + (factor - 1) * share;
    for (let at = place * 3; at < place * 3 + 3; at++) canvas[at] = (canvas[at] as number) * gain;
  });
}

/** Adds light to an ellipse, most in its middle. */
export function glowEllipse(
  canvas: SceneCanvas,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  [red, green, blue]: Rgb,
): void {
  visitEllipse(x, y, radiusX, radiusY, (place, depth) => {
    const at = place * 3;
    canvas[at] = (canvas[at] as number) + red * depth;
    canvas[at + 1] = (canvas[at + 1] as number) + green * depth;
    canvas[at + 2] = (canvas[at + 2] as number) + blue * depth;
  });
}

/** Visits the places of a polygon, row by row (even-odd). */
export function visitPolygon(corners: readonly Point[], visit: (place: number, x: number, y: number) => void): void {
  for (let row = 0; row < HEIGHT_PX; row++) {
    const y = (row + 0.5) / HEIGHT_PX;
    const cuts: number[] = [];
    for (let index = 0; index < corners.length; index++) {
      const [a, b] = [corners[index], corners[(index + 1) % corners.length]];
      if (!a || !b || a.y > y === b.y > y) continue;
      cuts.push(a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y));
    }
    cuts.sort((a, b) => a - b);
    for (let index = 0; index + 1 < cuts.length; index += 2) {
      const toX = clampX((cuts[index + 1] as number) * WIDTH_PX + 0.5);
      for (let column = clampX((cuts[index] as number) * WIDTH_PX + 0.5); column < toX; column++) {
        visit(row * WIDTH_PX + column, (column + 0.5) / WIDTH_PX, y);
      }
    }
  }
}

function clampX(x: number): number {
  return Math.max(0, Math.min(WIDTH_PX, Math.floor(x)));
}

function clampY(y: number): number {
  return Math.max(0, Math.min(HEIGHT_PX, Math.floor(y)));
}
