import type { Point, Quad } from './crop.ts';

/** Twice the area of the triangle; positive when it turns left (y down: clockwise on screen is negative). */
function turn(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

function halfHull(sorted: Iterable<Point>): Point[] {
  const hull: Point[] = [];
  for (const point of sorted) {
    for (;;) {
      const [before, last] = [hull.at(-2), hull.at(-1)];
      if (!before || !last || turn(before, last, point) > 0) break;
      hull.pop();
    }
    hull.push(point);
  }
  return hull.slice(0, -1);
}

/** Corners of the smallest convex shape around the points (Andrew's monotone chain). */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  return [...halfHull(sorted), ...halfHull(sorted.toReversed())];
}

export interface TurnedRectangle {
  readonly centre: Point;
  /** Along the side that is nearer to horizontal. */
  readonly width: number;
  readonly height: number;
  /** Of that side against the horizontal, radians, −π/4..π/4; positive falls to the right (y down). */
  readonly angle: number;
}

/** The turned rectangle of least area around the points: one of its sides lies on the hull (Freeman and Shapira 1975). */
export function minimumRectangle(points: readonly Point[]): TurnedRectangle {
  const hull = convexHull(points);
  let best: TurnedRectangle | undefined;
  for (const [i, from] of hull.entries()) {
    const to = hull[(i + 1) % hull.length] ?? from;
    // Sides repeat every quarter turn; taking the angle nearest to zero makes width the level side.
    const raw = Math.atan2(to.y - from.y, to.x - from.x);
    const angle = raw - Math.round(raw / (Math.PI / 2)) * (Math.PI / 2);
    const candidate = rectangleAt(hull, angle);
    if (!best || candidate.width * candidate.height < best.width * best.height) best = candidate;
  }
  return best ?? { centre: { x: 0, y: 0 }, width: 0, height: 0, angle: 0 };
}

function rectangleAt(hull: readonly Point[], angle: number): TurnedRectangle {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = hull.map((point) => point.x * cos + point.y * sin);
  const across = hull.map((point) => point.y * cos - point.x * sin);
  const [left, right] = [Math.min(...along), Math.max(...along)];
  const [top, bottom] = [Math.min(...across), Math.max(...across)];
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  return { centre: { x: u * cos - v * sin, y: u * sin + v * cos }, width: right - left, height: bottom - top, angle };
}

/** Corners of a turned rectangle, grown by `margin` on every side. */
export function cornersOf({ centre, width, height, angle }: TurnedRectangle, margin = 0): Quad {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corner = (right: number, down: number): Point => {
    const u = right * (width / 2 + margin);
    const v = down * (height / 2 + margin);
    return { x: centre.x + u * cos - v * sin, y: centre.y + u * sin + v * cos };
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}
