export interface Pair {
  readonly left: number;
  readonly right: number;
}

/**
 * Pairs left and right, each at most once, so that the sum of what fits is largest. Two neighbours that could both take the same partner
 * then get one each, where taking the best pair first would leave one of them alone.
 *
 * @param fit of left and right, above 0; `undefined` where they cannot be the same
 * @see Kuhn, The Hungarian method, 1955; the form with potentials, O(n³)
 */
export function assignBest(
  leftCount: number,
  rightCount: number,
  fit: (left: number, right: number) => number | undefined,
): Pair[] {
  if (leftCount === 0 || rightCount === 0) return [];
  const size = Math.max(leftCount, rightCount);
  const gains = Array.from({ length: size }, (_, left) =>
    Float64Array.from({ length: size }, (_unused, right) =>
      left < leftCount && right < rightCount ? Math.max(0, fit(left, right) ?? 0) : 0,
    ),
  );
  const leftOfRight = assignLeastCost(gains.map((row) => row.map((gain) => -gain)));
  const pairs: Pair[] = [];
  for (const [right, left] of leftOfRight.entries()) {
    if (left < leftCount && right < rightCount && (gains[left]?.[right] ?? 0) > 0) pairs.push({ left, right });
  }
  return pairs;
}

/** @param cost square. @returns for each column its row */
function assignLeastCost(cost: readonly Float64Array[]): number[] {
  const size = cost.length;
  const rowPotential = new Float64Array(size + 1);
  const columnPotential = new Float64Array(size + 1);
  // Rows and columns count from 1 here; column 0 is where each new row enters.
  const rowOfColumn = new Int32Array(size + 1);
  for (let row = 1; row <= size; row++) {
    const least = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const cameFrom = new Int32Array(size + 1);
    const isUsed = new Uint8Array(size + 1);
    rowOfColumn[0] = row;
    let column = 0;
    do {
      isUsed[column] = 1;
      const current = rowOfColumn[column] ?? 0;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let other = 1; other <= size; other++) {
        if (isUsed[other]) continue;
        const reduced =
          (cost[current - 1]?.[other - 1] ?? 0) - (rowPotential[current] ?? 0) - (columnPotential[other] ?? 0);
        if (reduced < (least[other] ?? 0)) {
          least[other] = reduced;
          cameFrom[other] = column;
        }
        if ((least[other] ?? 0) < delta) {
          delta = least[other] ?? 0;
          next = other;
        }
      }
      for (let other = 0; other <= size; other++) {
        if (isUsed[other]) {
          const owner = rowOfColumn[other] ?? 0;
          rowPotential[owner] = (rowPotential[owner] ?? 0) + delta;
          columnPotential[other] = (columnPotential[other] ?? 0) - delta;
        } else least[other] = (least[other] ?? 0) - delta;
      }
      column = next;
    } while (rowOfColumn[column] !== 0);
    while (column !== 0) {
      const before = cameFrom[column] ?? 0;
      rowOfColumn[column] = rowOfColumn[before] ?? 0;
      column = before;
    }
  }
  return Array.from({ length: size }, (_, index) => (rowOfColumn[index + 1] ?? 1) - 1);
}
