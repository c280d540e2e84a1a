import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../detection.ts';

/** True when the point lies in the polygon (even-odd rule). Fewer than three corners hold nothing. */
export function isInZone(point: Point, zone: readonly Point[]): boolean {
  let isInside = false;
  for (let index = 0; index < zone.length; index++) {
    const a = zone[index];
    const b = zone[(index + zone.length - 1) % zone.length];
    if (!a || !b || zone.length < 3) return false;
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) {
      isInside = !isInside;
    }
  }
  return isInside;
}

/** The smallest box around the polygon. */
export function boundsOf(zone: readonly Point[]): Box {
  if (zone.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const xs = zone.map((point) => point.x);
  const ys = zone.map((point) => point.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/**
 * On which side of the line through `from` and `to` the point lies: positive to the right of someone who walks from
 * `from` to `to` (the picture's y grows downwards), 0 on it. The size is the distance in frame units.
 */
export function sideOfLine(point: Point, from: Point, to: Point): number {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length === 0) return 0;
  return ((to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x)) / length;
}

/** True when the two stretches cross or touch. */
export function stretchesCross(a: Point, b: Point, c: Point, d: Point): boolean {
  const sideA = sideOfLine(a, c, d);
  const sideB = sideOfLine(b, c, d);
  const sideC = sideOfLine(c, a, b);
  const sideD = sideOfLine(d, a, b);
  return sideA * sideB <= 0 && sideC * sideD <= 0 && (sideA !== sideB || sideC !== sideD);
}
