/** Mean change of one cell of a zone against its reference picture, and the most in it. */
export interface CellChange {
  /** Of the logarithm of brightness, less what the whole zone changed by; undefined: the cell is hidden. */
  readonly mean: number | undefined;
  /** The brightest change in the cell, likewise. */
  readonly peak: number;
}

/** A cell is lighter or darker than the rest of the floor from this much on. */
const MIN_LEVEL = 0.12;
/** Things are smaller than so many cells; light, shadow and water are not. */
const MIN_CELLS = 5;
/** What shines this much amid a dark stretch is a mirror image: the floor is wet there. */
const MIN_SHINE = 0.22;

/** The sun lights whole cells evenly; paper on the floor never does. */
const EVEN_WITHIN = 0.16;
const MIN_EVEN_SHARE = 0.12;

/** Connected cells that all are lighter, or all darker, than the rest. */
export interface Stretch {
  readonly sign: -1 | 1;
  readonly cells: readonly number[];
}

/**
 * Finds where the light fell otherwise, among the wide stretches that are lighter or darker as a whole.
 * @param isLight whether such a stretch is sun or shadow, and not a thing
 * @returns 1 for each cell of such a stretch and its neighbours: edges there say nothing
 */
export function lightPatches(
  cells: readonly CellChange[],
  columns: number,
  rows: number,
  isLight: (stretch: Stretch) => boolean,
): Uint8Array {
  const marks = new Uint8Array(cells.length);
  const isDone = new Uint8Array(cells.length);
  for (let start = 0; start < cells.length; start++) {
    const sign = signOf(cells[start]);
    if (sign === 0 || isDone[start] === 1) continue;
    const stretch = connected(start, sign, cells, columns, rows, isDone);
    if (stretch.length < MIN_CELLS || !isLight({ sign, cells: stretch })) continue;
    for (const cell of stretch) for (const near of around(cell, columns, rows)) marks[near] = 1;
  }
  return marks;
}

function signOf(cell: CellChange | undefined): -1 | 0 | 1 {
  if (cell?.mean === undefined || Math.abs(cell.mean) < MIN_LEVEL) return 0;
  return cell.mean > 0 ? 1 : -1;
}

function connected(
  start: number,
  sign: number,
  cells: readonly CellChange[],
  columns: number,
  rows: number,
  isDone: Uint8Array,
): number[] {
  const found: number[] = [];
  const open = [start];
  isDone[start] = 1;
  for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
    found.push(cell);
    for (const near of around(cell, columns, rows)) {
      if (isDone[near] === 1 || signOf(cells[near]) !== sign) continue;
      isDone[near] = 1;
      open.push(near);
    }
  }
  return found;
}

/** True for a light stretch without cells that are lit evenly: many bright things close together. */
export function isLitter({ sign, cells: stretch }: Stretch, cells: readonly CellChange[]): boolean {
  if (sign < 0) return false;
  const even = stretch.filter((index) => {
    const cell = cells[index];
    return cell?.mean !== undefined && cell.peak - cell.mean < EVEN_WITHIN;
  });
  return even.length < MIN_EVEN_SHARE * stretch.length;
}

/** True for a wide dark stretch with bright spots in it: water, which mirrors lamps. */
export function isWater(
  { sign, cells: stretch }: Stretch,
  cells: readonly CellChange[],
  columns: number,
  rows: number,
): boolean {
  if (sign > 0) return false;
  // A mirror image may fill a cell that is dark around it; then that cell is a neighbour of the stretch.
  return stretch.some((cell) => around(cell, columns, rows).some((near) => isSpot(cells[near])));
}

/** Bright in places, but not as a whole: sunlight beside a shadow fills its cells. */
function isSpot(cell: CellChange | undefined): boolean {
  return cell?.mean !== undefined && cell.peak >= MIN_SHINE && cell.mean < MIN_LEVEL;
}

/** The cell and its neighbours, eight at most. */
function around(cell: number, columns: number, rows: number): number[] {
  const [x, y] = [cell % columns, Math.floor(cell / columns)];
  const cells: number[] = [];
  for (let nearY = Math.max(0, y - 1); nearY <= Math.min(rows - 1, y + 1); nearY++) {
    for (let nearX = Math.max(0, x - 1); nearX <= Math.min(columns - 1, x + 1); nearX++)
      cells.push(nearY * columns + nearX);
  }
  return cells;
}

/**
 * How the cells of a raster have changed.
 * @param difference of the logarithm of brightness from the reference, by place
 * @param counts 1 for the places that count
 * @param cell side of a cell in places
 */
export function changesOfCells(
  difference: Float32Array,
  counts: Uint8Array,
  raster: { readonly columns: number; readonly rows: number },
  cell: number,
): CellChange[] {
  const columns = Math.ceil(raster.columns / cell);
  const rows = Math.ceil(raster.rows / cell);
  const changes: CellChange[] = [];
  const means: number[] = [];
  for (let index = 0; index < columns * rows; index++) {
    const left = (index % columns) * cell;
    const top = Math.floor(index / columns) * cell;
    let [sum, seen, peak] = [0, 0, Number.NEGATIVE_INFINITY];
    for (let y = top; y < Math.min(raster.rows, top + cell); y++) {
      const end = y * raster.columns + Math.min(raster.columns, left + cell);
      for (let place = y * raster.columns + left; place < end; place++) {
        if (counts[place] !== 1) continue;
        const change = difference[place] as number;
        sum += change;
        seen++;
        if (change > peak) peak = change;
      }
    }
    const mean = seen < cell ? undefined : sum / seen;
    if (mean !== undefined) means.push(mean);
    changes.push({ mean, peak });
  }
  const usual = means.toSorted((a, b) => a - b)[Math.floor(means.length / 2)] ?? 0;
  return changes.map(({ mean, peak }) => ({ mean: mean === undefined ? undefined : mean - usual, peak: peak - usual }));
}
