/** 0..1 of the picture, origin top left. */
export interface ZonePoint {
  readonly x: number;
  readonly y: number;
}

/** What is drawn: a closed area, a line with a direction, or single points in an order. */
export type ZoneKind = 'area' | 'line' | 'points';

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** How many corners finish a drawing by themselves; an area is finished by its person. */
export function cornersOf(kind: ZoneKind): { readonly least: number; readonly most: number } {
  if (kind === 'line') return { least: 2, most: 2 };
  return kind === 'points' ? { least: 4, most: 4 } : { least: 3, most: 32 };
}

const snapPx = 9;
const digits = 10_000;

/** Drawn to the nearest corner of something else, or to the edge of the picture, when it is within a finger's breadth. */
export function snapped(point: ZonePoint, corners: readonly ZonePoint[], size: PixelSize): ZonePoint {
  let best: ZonePoint | undefined;
  let bestPx = snapPx;
  for (const corner of corners) {
    const px = distancePx(point, corner, size);
    if (px <= bestPx) {
      best = corner;
      bestPx = px;
    }
  }
  if (best) return best;
  const edge = (value: number, length: number): number => {
    if (value * length <= snapPx) return 0;
    return (1 - value) * length <= snapPx ? 1 : value;
  };
  return rounded({ x: edge(point.x, size.width), y: edge(point.y, size.height) });
}

/** Inside the picture, and with no more digits than a pixel of any camera needs. */
export function rounded({ x, y }: ZonePoint): ZonePoint {
  const clamp = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * digits) / digits;
  return { x: clamp(x), y: clamp(y) };
}

export function distancePx(a: ZonePoint, b: ZonePoint, size: PixelSize): number {
  return Math.hypot((a.x - b.x) * size.width, (a.y - b.y) * size.height);
}

export function withMoved(points: readonly ZonePoint[], index: number, to: ZonePoint): ZonePoint[] {
  return points.map((point, at) => (at === index ? rounded(to) : point));
}

/** Moves the whole, as far as the picture reaches. */
export function withShifted(points: readonly ZonePoint[], by: ZonePoint): ZonePoint[] {
  const bound = (value: number, values: readonly number[]): number =>
    Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), value));
  const x = bound(
    by.x,
    points.map((point) => point.x),
  );
  const y = bound(
    by.y,
    points.map((point) => point.y),
  );
  return points.map((point) => rounded({ x: point.x + x, y: point.y + y }));
}

/** A new corner in the middle of the side that begins at `index`. */
export function withInserted(points: readonly ZonePoint[], index: number): ZonePoint[] {
  const from = points[index];
  const to = points[(index + 1) % points.length];
  if (!from || !to) return [...points];
  return points.toSpliced(index + 1, 0, rounded({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }));
}

/** True when sides of an area cross one another: what is inside is then hard to say. */
export function crossesItself(points: readonly ZonePoint[]): boolean {
  const count = points.length;
  for (let first = 0; first < count; first++) {
    for (let second = first + 2; second < count; second++) {
      if (first === 0 && second === count - 1) continue;
      const [a, b] = [points[first], points[(first + 1) % count]];
      const [c, d] = [points[second], points[(second + 1) % count]];
      if (a && b && c && d && sidesCross(a, b, c, d)) return true;
    }
  }
  return false;
}

function sidesCross(a: ZonePoint, b: ZonePoint, c: ZonePoint, d: ZonePoint): boolean {
  const side = (from: ZonePoint, to: ZonePoint, point: ZonePoint): number =>
    Math.sign((to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/**
 * The arrow of a line: from its middle to the side that counts as forward, which is to the right of someone who walks from its first point
 * to its second. In pixels.
 */
export function forwardArrow(
  from: ZonePoint,
  to: ZonePoint,
  size: PixelSize,
  lengthPx: number,
): { readonly from: PixelPoint; readonly to: PixelPoint } {
  const dx = (to.x - from.x) * size.width;
  const dy = (to.y - from.y) * size.height;
  const length = Math.hypot(dx, dy) || 1;
  const middle = { x: ((from.x + to.x) / 2) * size.width, y: ((from.y + to.y) / 2) * size.height };
  return { from: middle, to: { x: middle.x - (dy / length) * lengthPx, y: middle.y + (dx / length) * lengthPx } };
}

interface PixelPoint {
  readonly x: number;
  readonly y: number;
}

/** Where the name of a shape stands: above its highest corner, or below where there is no room; of points in their midst. In pixels. */
export function labelPlace(kind: ZoneKind, points: readonly ZonePoint[], size: PixelSize): PixelPoint {
  if (kind === 'points' && points.length > 0) {
    const mean = (pick: (point: ZonePoint) => number): number =>
      points.reduce((sum, point) => sum + pick(point), 0) / points.length;
    return { x: mean(({ x }) => x) * size.width, y: mean(({ y }) => y) * size.height };
  }
  const top = points.toSorted((a, b) => a.y - b.y)[0] ?? { x: 0, y: 0 };
  const x = Math.min(size.width - 8, Math.max(8, top.x * size.width));
  const y = top.y * size.height;
  return { x, y: y < 26 ? y + 24 : y - 10 };
}
