import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../../detection.ts';
import { boundsOf, isInZone } from '../../rules/zone.ts';
import { clipToFrame } from '../../tracking/box.ts';
import type { Picture } from '../model-pack.ts';

/** A drawn zone cut into cells, so that its pictures can be compared cell by cell. */
export interface ZoneGrid {
  readonly columns: number;
  readonly rows: number;
  /** Of the whole grid in the frame. */
  readonly bounds: Box;
  /** 1 for each cell whose centre lies in the zone, row by row. */
  readonly isInside: Uint8Array;
}

/** @param margin how far the grid reaches beyond the zone's bounds, in shares of their size */
export function gridOver(zone: readonly Point[], cellsPerSide: number, margin: number): ZoneGrid {
  const tight = boundsOf(zone);
  const bounds = clipToFrame({
    x: tight.x - margin * tight.width,
    y: tight.y - margin * tight.height,
    width: tight.width * (1 + 2 * margin),
    height: tight.height * (1 + 2 * margin),
  });
  const isInside = new Uint8Array(cellsPerSide * cellsPerSide);
  const grid = { columns: cellsPerSide, rows: cellsPerSide, bounds, isInside };
  for (let cell = 0; cell < isInside.length; cell++) isInside[cell] = isInZone(cellCentre(grid, cell), zone) ? 1 : 0;
  return grid;
}

export function cellBox(grid: ZoneGrid, column: number, row: number): Box {
  const width = grid.bounds.width / grid.columns;
  const height = grid.bounds.height / grid.rows;
  return { x: grid.bounds.x + column * width, y: grid.bounds.y + row * height, width, height };
}

export function cellCentre(grid: ZoneGrid, cell: number): Point {
  const { x, y, width, height } = cellBox(grid, cell % grid.columns, Math.floor(cell / grid.columns));
  return { x: x + width / 2, y: y + height / 2 };
}

/** At most this many pixels are looked at along each side of a cell. */
const MAX_SAMPLES_PER_SIDE = 6;

/**
 * Calls `visit` for pixels of each cell; of large cells only for a sample of them.
 * @param visit gets the cell's index and red, green, blue 0..255
 */
export function visitCells(
  grid: ZoneGrid,
  picture: Picture,
  visit: (cell: number, red: number, green: number, blue: number) => void,
): void {
  const { pixels, widthPx, heightPx } = picture;
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      const box = cellBox(grid, column, row);
      const left = clampTo(box.x * widthPx, widthPx);
      const top = clampTo(box.y * heightPx, heightPx);
      const right = Math.max(left + 1, Math.min(widthPx, Math.floor((box.x + box.width) * widthPx)));
      const bottom = Math.max(top + 1, Math.min(heightPx, Math.floor((box.y + box.height) * heightPx)));
      const stepX = Math.max(1, Math.floor((right - left) / MAX_SAMPLES_PER_SIDE));
      const stepY = Math.max(1, Math.floor((bottom - top) / MAX_SAMPLES_PER_SIDE));
      const cell = row * grid.columns + column;
      for (let y = top; y < bottom; y += stepY) {
        for (let x = left; x < right; x += stepX) {
          const at = (y * widthPx + x) * 3;
          visit(cell, pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0);
        }
      }
    }
  }
}

function clampTo(value: number, lengthPx: number): number {
  return Math.max(0, Math.min(lengthPx - 1, Math.floor(value)));
}

/** Mean colour of each cell: float32 [rows, columns, 3], RGB, 0..255. */
export function meanColours(grid: ZoneGrid, picture: Picture): Float32Array {
  const cells = grid.rows * grid.columns;
  const means = new Float32Array(cells * 3);
  const counts = new Uint16Array(cells);
  visitCells(grid, picture, (cell, red, green, blue) => {
    means[cell * 3] = (means[cell * 3] ?? 0) + red;
    means[cell * 3 + 1] = (means[cell * 3 + 1] ?? 0) + green;
    means[cell * 3 + 2] = (means[cell * 3 + 2] ?? 0) + blue;
    counts[cell] = (counts[cell] ?? 0) + 1;
  });
  for (let index = 0; index < means.length; index++) {
    means[index] = (means[index] ?? 0) / Math.max(1, counts[Math.floor(index / 3)] ?? 1);
  }
  return means;
}
