const Z_95 = 1.96;

/** Within which share of right answers the true one lies with 95 % (Wilson's score interval). @returns [0, 1] when there were none */
export function wilsonInterval(right: number, n: number): readonly [number, number] {
  if (n === 0) return [0, 1];
  const share = right / n;
  const square = Z_95 ** 2;
  const middle = share + square / (2 * n);
  const reach = Z_95 * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n));
  const scale = 1 + square / n;
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)];
}
