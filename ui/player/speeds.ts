export const speeds = [0.25, 0.5, 1, 2, 4, 8, 16] as const;

/** The next slower or faster one; the same at the end. */
export function stepSpeed(current: number, by: 1 | -1): number {
  const at = speeds.findIndex((speed) => speed === current);
  return speeds[Math.min(speeds.length - 1, Math.max(0, (at < 0 ? 2 : at) + by))] ?? 1;
}
