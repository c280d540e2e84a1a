import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../detection.ts';

export function areaOf(box: Box): number {
  return box.width * box.height;
}

export function centreOf(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Where a vehicle or a person stands on the ground: the middle of the lower edge. */
export function footOf(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height };
}

export function intersectionArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union, 0..1. */
export function overlapOf(a: Box, b: Box): number {
  const shared = intersectionArea(a, b);
  return shared === 0 ? 0 : shared / (areaOf(a) + areaOf(b) - shared);
}

/** The part that lies in the frame; a box outside of it gets width or height 0. */
export function clipToFrame(box: Box): Box {
  const left = Math.min(1, Math.max(0, box.x));
  const top = Math.min(1, Math.max(0, box.y));
  const right = Math.min(1, Math.max(left, box.x + box.width));
  const bottom = Math.min(1, Math.max(top, box.y + box.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** True when the box ends at the edge of the frame, so that part of the object is probably not in the picture. */
export function touchesEdge(box: Box, margin = 0.01): boolean {
  return box.x < margin || box.y < margin || box.x + box.width > 1 - margin || box.y + box.height > 1 - margin;
}
