export interface Point {
  readonly x: number;
  readonly y: number;
}

/** y = intercept + slope · x, by least squares; `r2` is the share of the variance that the line explains, 0..1. */
export interface LineFit {
  readonly intercept: number;
  readonly slope: number;
  readonly r2: number;
}

/** @returns undefined when the points lie on fewer than two places: no line is the best one then */
export function fitLine(points: readonly Point[]): LineFit | undefined {
  const n = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  const sxx = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const syy = points.reduce((sum, { y }) => sum + (y - meanY) ** 2, 0);
  const sxy = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  if (n < 2 || sxx === 0) return undefined;
  const slope = sxy / sxx;
  const r2 = syy === 0 ? 1 : (sxy * sxy) / (sxx * syy);
  return { intercept: meanY - slope * meanX, slope, r2 };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
