import type { Point, Quad } from '../../imaging/crop.ts';
import type { FoundText } from './text-detector.ts';

/** The upper row is about half as high as the lower one and narrower. */
const UPPER_HEIGHT = { least: 0.35, most: 1.1 };
const UPPER_WIDTH = { least: 0.25, most: 1.05 };
/** Between the rows, of the lower row's height. */
const MOST_GAP = 0.5;
const MOST_OVERLAP = 0.3;
/** Their middles lie on one line down, within this share of the lower row's width. */
const MOST_ASIDE = 0.25;

/**
 * Lines of text that may be the two rows of one plate: a shorter one right above a longer one.
 * @returns a quad around each pair, in pixels
 */
export function rowPairs(texts: readonly FoundText[]): Quad[] {
  return texts.flatMap((lower) =>
    texts.filter((upper) => isRowAbove(upper, lower)).map((upper) => around(upper, lower)),
  );
}

function isRowAbove(upper: FoundText, lower: FoundText): boolean {
  if (upper === lower) return false;
  // The quads, which have the margin that the text detector's own sizes lack.
  const [short, long] = [sizeOf(upper.quad), sizeOf(lower.quad)];
  const height = short.heightPx / long.heightPx;
  const width = short.widthPx / long.widthPx;
  if (height < UPPER_HEIGHT.least || height > UPPER_HEIGHT.most) return false;
  if (width < UPPER_WIDTH.least || width > UPPER_WIDTH.most) return false;
  const [above, below] = [centreOf(upper.quad), centreOf(lower.quad)];
  const { across, down } = axesOf(lower.quad);
  const dx = above.x - below.x;
  const dy = above.y - below.y;
  const aside = Math.abs(dx * across.x + dy * across.y);
  const gap = -(dx * down.x + dy * down.y) - (short.heightPx + long.heightPx) / 2;
  return aside <= MOST_ASIDE * long.widthPx && gap >= -MOST_OVERLAP * long.heightPx && gap <= MOST_GAP * long.heightPx;
}

/** The lower row's quad, grown upward to take in the upper row. */
function around(upper: FoundText, lower: FoundText): Quad {
  const [topLeft, topRight, bottomRight, bottomLeft] = lower.quad;
  const { down } = axesOf(lower.quad);
  const heightOf = (point: Point): number => (point.x - topLeft.x) * down.x + (point.y - topLeft.y) * down.y;
  const rise = Math.min(...upper.quad.map(heightOf), 0);
  const raised = (point: Point): Point => ({ x: point.x + down.x * rise, y: point.y + down.y * rise });
  return [raised(topLeft), raised(topRight), bottomRight, bottomLeft];
}

function centreOf(quad: Quad): Point {
  return { x: quad.reduce((sum, { x }) => sum + x, 0) / 4, y: quad.reduce((sum, { y }) => sum + y, 0) / 4 };
}

function sizeOf([topLeft, topRight, , bottomLeft]: Quad): { readonly widthPx: number; readonly heightPx: number } {
  return {
    widthPx: Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y),
    heightPx: Math.hypot(bottomLeft.x - topLeft.x, bottomLeft.y - topLeft.y),
  };
}

/** Unit vectors along the quad's top side and down its left side. */
function axesOf([topLeft, topRight, , bottomLeft]: Quad): { readonly across: Point; readonly down: Point } {
  const unit = (from: Point, to: Point): Point => {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    return { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  };
  return { across: unit(topLeft, topRight), down: unit(topLeft, bottomLeft) };
}
