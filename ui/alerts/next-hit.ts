/** Which hit comes after one that was decided: the one behind it, else the one before; undefined when it was the last. */
export function nextHit(ids: readonly string[], decided: string): string | undefined {
  const index = ids.indexOf(decided);
  return index < 0 ? ids[0] : (ids[index + 1] ?? ids[index - 1]);
}

/** The next or previous one, staying at the ends. */
export function stepHit(ids: readonly string[], current: string | undefined, by: 1 | -1): string | undefined {
  const index = current === undefined ? -1 : ids.indexOf(current);
  return ids[Math.max(0, Math.min(ids.length - 1, index + by))];
}
