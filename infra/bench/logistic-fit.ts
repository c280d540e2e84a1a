/** A case to fit to: numbers that are known of it, and whether it came true. */
export interface LogisticCase {
  readonly features: readonly number[];
  readonly isTrue: boolean;
}

const ROUNDS = 50;
/** Keeps weights finite where the cases can be told apart without a mistake. */
const RIDGE = 1e-3;

/**
 * Weights of a logistic curve by maximum likelihood (Newton's method).
 * @returns the constant, then one weight per feature
 */
export function fitLogistic(cases: readonly LogisticCase[]): number[] {
  const size = (cases[0]?.features.length ?? 0) + 1;
  let weights = Array.from({ length: size }, () => 0);
  for (let round = 0; round < ROUNDS; round++) {
    const gradient = weights.map((weight) => -RIDGE * weight);
    const curvature = weights.map((_, i) => weights.map((__, j): number => (i === j ? RIDGE : 0)));
    for (const { features, isTrue } of cases) {
      const x = [1, ...features];
      const p = 1 / (1 + Math.exp(-x.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0)));
      for (let i = 0; i < size; i++) {
        const xi = x[i] ?? 0;
        gradient[i] = (gradient[i] ?? 0) + xi * ((isTrue ? 1 : 0) - p);
        const row = curvature[i] ?? [];
        for (let j = 0; j < size; j++) row[j] = (row[j] ?? 0) + xi * (x[j] ?? 0) * p * (1 - p);
      }
    }
    const step = solve(curvature, gradient);
    weights = weights.map((weight, i) => weight + (step[i] ?? 0));
    if (step.every((change) => Math.abs(change) < 1e-9)) break;
  }
  return weights;
}

/** Solves a small linear system (Gauss-Jordan with pivoting). */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const at = (row: number): number => Math.abs(rows[row]?.[column] ?? 0);
    let pivot = column;
    for (let row = column + 1; row < size; row++) if (at(row) > at(pivot)) pivot = row;
    const chosen = rows[pivot] ?? [];
    rows[pivot] = rows[column] ?? [];
    const scale = chosen[column] ?? 1;
    const normal = chosen.map((value) => value / scale);
    for (let row = 0; row < size; row++) {
      const factor = rows[row]?.[column] ?? 0;
      if (row !== column) rows[row] = (rows[row] ?? []).map((value, i) => value - factor * (normal[i] ?? 0));
    }
    rows[column] = normal;
  }
  return rows.map((row) => row[size] ?? 0);
}
