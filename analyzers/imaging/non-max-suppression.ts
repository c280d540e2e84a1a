import type { Box } from '../detection.ts';

/** Shared area over joint area, 0..1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/**
 * Of boxes that overlap by more than `threshold` within a group, only the best is kept.
 * @param groupOf boxes of different groups never suppress each other
 * @returns best first
 */
export function suppressNonMaxima<T extends { readonly box: Box; readonly score: number }>(
  found: readonly T[],
  threshold: number,
  groupOf: (item: T) => string,
): T[] {
  const kept: T[] = [];
  for (const item of found.toSorted((a, b) => b.score - a.score)) {
    const group = groupOf(item);
    if (!kept.some((better) => groupOf(better) === group && overlap(better.box, item.box) > threshold)) kept.push(item);
  }
  return kept;
}
