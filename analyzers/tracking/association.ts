import type { Box, Detection } from '../detection.ts';
import { centreOf, intersectionArea, areaOf, overlapOf } from './box.ts';

export interface Pair {
  readonly left: number;
  readonly right: number;
}

/**
 * Pairs what fits best first, each side at most once.
 * @param fit of left and right; `undefined` where they cannot be the same
 */
export function pairBestFirst(
  leftCount: number,
  rightCount: number,
  fit: (left: number, right: number) => number | undefined,
): Pair[] {
  const candidates: (Pair & { readonly value: number })[] = [];
  for (let left = 0; left < leftCount; left++) {
    for (let right = 0; right < rightCount; right++) {
      const value = fit(left, right);
      if (value !== undefined) candidates.push({ left, right, value });
    }
  }
  candidates.sort((a, b) => b.value - a.value);
  const usedLeft = new Set<number>();
  const usedRight = new Set<number>();
  const pairs: Pair[] = [];
  for (const { left, right } of candidates) {
    if (usedLeft.has(left) || usedRight.has(right)) continue;
    usedLeft.add(left);
    usedRight.add(right);
    pairs.push({ left, right });
  }
  return pairs;
}

/** Persons, bicycles and motor vehicles never turn into one another; kinds of motor vehicles often do. */
export function canBeSameObject(a: Detection['label'], b: Detection['label']): boolean {
  return familyOf(a) === familyOf(b);
}

function familyOf(label: Detection['label']): string {
  if (label === 'person') return 'person';
  return label === 'bicycle' || label === 'motorcycle' ? 'two-wheeler' : 'vehicle';
}

/**
 * How near two boxes are although they need not overlap, 0..1; `undefined` when further apart than `reach` of their own
 * sizes, or of too different a size.
 */
export function nearnessOf(a: Box, b: Box, reach: number): number | undefined {
  const width = (a.width + b.width) / 2;
  const height = (a.height + b.height) / 2;
  const ratio = areaOf(a) / areaOf(b);
  if (ratio < 1 / 4 || ratio > 4) return undefined;
  const from = centreOf(a);
  const to = centreOf(b);
  const distance = Math.hypot((from.x - to.x) / width, (from.y - to.y) / height);
  return distance > reach ? undefined : 1 - distance / reach;
}

/**
 * Leaves one box per object: detectors like to report one vehicle as car and as truck, and as a part within the whole.
 * @param detections best first
 */
export function dropDuplicates(detections: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const detection of detections) {
    const isDuplicate = kept.some(
      (other) => canBeSameObject(other.label, detection.label) && isSameBox(other.box, detection.box),
    );
    if (!isDuplicate) kept.push(detection);
  }
  return kept;
}

function isSameBox(kept: Box, other: Box): boolean {
  if (overlapOf(kept, other) > 0.6) return true;
  const isInside = intersectionArea(kept, other) > 0.9 * areaOf(other);
  return isInside && areaOf(other) > 0.35 * areaOf(kept);
}
