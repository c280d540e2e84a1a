import type { Point, Quad } from '../../imaging/crop.ts';
import { cornersOf, minimumRectangle } from '../../imaging/minimum-rectangle.ts';

/** A place that looks like a line of text. */
export interface TextRegion {
  /** In pixels of the probability map. */
  readonly quad: Quad;
  /** Mean probability inside, 0..1. */
  readonly score: number;
  /** Of the text itself, without the margin of `quad`. */
  readonly width: number;
  readonly height: number;
}

export interface TextRegionOptions {
  /** A pixel of a higher probability is text. */
  readonly pixelThreshold: number;
  /** A region of a lower mean is dropped. */
  readonly regionThreshold: number;
  /** The network is trained on shrunken text: a region is grown back by area × this / circumference. */
  readonly growth: number;
  readonly minimumHeight: number;
}

/**
 * Finds regions in the probability map of a differentiable-binarization network: connected pixels, the smallest turned
 * rectangle around them, grown back.
 *
 * @param map float32 [heightPx, widthPx], 0..1
 * @see Liao et al., Real-time Scene Text Detection with Differentiable Binarization, 2020, §3.2
 */
export function findTextRegions(
  map: Float32Array,
  widthPx: number,
  heightPx: number,
  options: TextRegionOptions,
): TextRegion[] {
  const seen = new Uint8Array(widthPx * heightPx);
  const regions: TextRegion[] = [];
  for (let start = 0; start < map.length; start++) {
    if (seen[start] || (map[start] ?? 0) <= options.pixelThreshold) continue;
    const region = grow(map, widthPx, heightPx, start, options.pixelThreshold, seen);
    if (region.mean < options.regionThreshold) continue;
    const rectangle = minimumRectangle(region.outline);
    if (Math.min(rectangle.width, rectangle.height) < options.minimumHeight) continue;
    const margin = (rectangle.width * rectangle.height * options.growth) / (2 * (rectangle.width + rectangle.height));
    regions.push({
      quad: cornersOf(rectangle, margin),
      score: region.mean,
      width: rectangle.width,
      height: rectangle.height,
    });
  }
  return regions;
}

/** Collects the connected pixels from `start`. @returns their mean and, per row, the outer corners of the two ends */
function grow(
  map: Float32Array,
  widthPx: number,
  heightPx: number,
  start: number,
  threshold: number,
  seen: Uint8Array,
): { mean: number; outline: Point[] } {
  const open = [start];
  const ends = new Map<number, { left: number; right: number }>();
  let sum = 0;
  let count = 0;
  seen[start] = 1;
  for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
    const x = pixel % widthPx;
    const y = (pixel - x) / widthPx;
    sum += map[pixel] ?? 0;
    count++;
    const row = ends.get(y);
    if (!row) ends.set(y, { left: x, right: x });
    else if (x < row.left) row.left = x;
    else if (x > row.right) row.right = x;
    const neighbours = [
      x > 0 ? pixel - 1 : -1,
      x < widthPx - 1 ? pixel + 1 : -1,
      y > 0 ? pixel - widthPx : -1,
      y < heightPx - 1 ? pixel + widthPx : -1,
    ];
    for (const next of neighbours) {
      if (next < 0 || seen[next] || (map[next] ?? 0) <= threshold) continue;
      seen[next] = 1;
      open.push(next);
    }
  }
  const outline = [...ends].flatMap(([y, { left, right }]) => [
    { x: left, y },
    { x: right + 1, y },
    { x: left, y: y + 1 },
    { x: right + 1, y: y + 1 },
  ]);
  return { mean: sum / count, outline };
}
