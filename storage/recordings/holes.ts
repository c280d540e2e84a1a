/** A stretch of wall time, UTC epoch milliseconds. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * What of a range nothing covers. Neighbours that are apart by no more than the tolerance cover what is between them.
 * @param covered in any order; they may overlap
 */
export function holesIn(range: Stretch, covered: readonly Stretch[], toleranceMs: number): readonly Stretch[] {
  const holes: Stretch[] = [];
  let atMs = range.startMs;
  for (const { startMs, endMs } of covered.toSorted((a, b) => a.startMs - b.startMs)) {
    if (endMs <= Math.max(atMs, startMs)) continue;
    if (startMs >= range.endMs) break;
    if (startMs - atMs > toleranceMs) holes.push({ startMs: atMs, endMs: startMs });
    atMs = endMs;
  }
  if (range.endMs - atMs > toleranceMs) holes.push({ startMs: atMs, endMs: range.endMs });
  return holes;
}
