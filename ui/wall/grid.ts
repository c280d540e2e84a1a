/** Where a tile lies, in cells of its grid. */
export interface Place {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** One for each tile, large ones first, then as one reads. */
  readonly places: readonly Place[];
}

const mostAcross = 8;

/** Layouts by name: the number of their tiles. Large tiles are `[column, row, columns, rows]`. */
const named: Readonly<
  Record<string, readonly [size: number, ...large: (readonly [number, number, number, number])[]]>
> = {
  '1': [1],
  '4': [2],
  '6': [3, [0, 0, 2, 2]],
  '8': [4, [0, 0, 3, 3]],
  '9': [3],
  '10': [4, [0, 0, 2, 2], [2, 0, 2, 2]],
  '13': [4, [1, 1, 2, 2]],
  '16': [4],
  '25': [5],
  '36': [6],
  '49': [7],
  '64': [8],
};

/** Those with a name, from few tiles to many. */
export const layoutNames: readonly string[] = Object.keys(named).sort((a, b) => Number(a) - Number(b));

function build(columns: number, rows: number, large: readonly Place[]): Grid {
  const isCovered = (column: number, row: number): boolean =>
    large.some(
      (place) =>
        column >= place.column &&
        column < place.column + place.columns &&
        row >= place.row &&
        row < place.row + place.rows,
    );
  const places = [...large];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      if (!isCovered(column, row)) places.push({ column, row, columns: 1, rows: 1 });
  }
  return { columns, rows, places };
}

/**
 * The grid of a layout: one with a name, or a free one: `4x3`, `4x3-2x2` (its first tile spans 2 × 2), `4x3-2x2-1-0` (from column 1, row 0).
 * @returns undefined for what is none
 */
export function gridOf(layout: string): Grid | undefined {
  const known = Object.hasOwn(named, layout) ? named[layout] : undefined;
  if (known) {
    const [size, ...large] = known;
    return build(
      size,
      size,
      large.map(([column, row, columns, rows]) => ({ column, row, columns, rows })),
    );
  }
  const match = /^(\d)x(\d)(?:-(\d)x(\d)(?:-(\d)-(\d))?)?$/.exec(layout);
  if (!match) return undefined;
  const [columns = 0, rows = 0, wide = 1, high = 1, column = 0, row = 0] = match
    .slice(1)
    .map((digit) => (digit === undefined ? undefined : Number(digit)));
  if (columns < 1 || rows < 1 || columns > mostAcross || rows > mostAcross) return undefined;
  if (wide < 1 || high < 1 || column + wide > columns || row + high > rows) return undefined;
  return build(columns, rows, wide * high > 1 ? [{ column, row, columns: wide, rows: high }] : []);
}

/** The tile an arrow leads to: the nearest whose edge lies beyond; the same at the edge of the grid. */
export function neighbour({ places }: Grid, index: number, key: string): number {
  const from = places[index];
  if (!from) return index;
  const isAcross = key === 'ArrowLeft' || key === 'ArrowRight';
  const sign = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1;
  const span = (place: Place, across: boolean): [number, number] =>
    across ? [place.column, place.column + place.columns] : [place.row, place.row + place.rows];
  const [start, end] = span(from, isAcross);
  const [sideStart, sideEnd] = span(from, !isAcross);
  let best = index;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const [at, place] of places.entries()) {
    const [otherStart, otherEnd] = span(place, isAcross);
    const distance = sign < 0 ? start - otherEnd : otherStart - end;
    const [otherSideStart, otherSideEnd] = span(place, !isAcross);
    const overlap = Math.min(sideEnd, otherSideEnd) - Math.max(sideStart, otherSideStart);
    if (distance < 0 || overlap <= 0) continue;
    const aside = Math.abs(sideStart - otherSideStart);
    const cost = distance * 100 + aside;
    if (cost < bestCost) {
      best = at;
      bestCost = cost;
    }
  }
  return best;
}
