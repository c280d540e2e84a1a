import type { Grid, Place } from './grid.ts';

/** How much larger a tile of an alert is drawn: small tiles need it, large ones are seen as they are. */
const scaleOf = (grid: Grid): number =>
  grid.columns >= 6 ? 2.4 : grid.columns >= 4 ? 1.8 : grid.columns >= 3 ? 1.35 : 1;

interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const share = (start: number, length: number, whole: number): number =>
  whole === length ? 0.5 : start / (whole - length);

/** Where a place comes to lie when it grows towards the middle of the grid, so that it never leaves the wall. */
function grown({ column, row, columns, rows }: Place, grid: Grid, scale: number): Area {
  const width = columns * (scale - 1);
  const height = rows * (scale - 1);
  const x = share(column, columns, grid.columns);
  const y = share(row, rows, grid.rows);
  return {
    left: column - width * x,
    right: column + columns + width * (1 - x),
    top: row - height * y,
    bottom: row + rows + height * (1 - y),
  };
}

const meet = (a: Area, b: Area): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * Draws a tile larger, over its neighbours but never over another alert: then only as large as both have room.
 * @param out all tiles that stand out
 */
export function forwardStyle(
  grid: Grid,
  index: number,
  out: readonly number[],
): { transform: string; transformOrigin: string; zIndex: number } | undefined {
  const place = grid.places[index];
  if (!place || place.columns > 1) return undefined;
  const others = out.flatMap((one) => (one === index ? [] : (grid.places[one] ?? [])));
  let scale = scaleOf(grid);
  const clashes = (): boolean =>
    others.some((other) => meet(grown(place, grid, scale), grown(other, grid, other.columns > 1 ? 1 : scale)));
  while (scale > 1.05 && clashes()) scale -= 0.1;
  if (scale <= 1.05) return undefined;
  const x = share(place.column, place.columns, grid.columns) * 100;
  const y = share(place.row, place.rows, grid.rows) * 100;
  return { transform: `scale(${scale.toFixed(2)})`, transformOrigin: `${x.toFixed(1)}% ${y.toFixed(1)}%`, zIndex: 7 };
}
