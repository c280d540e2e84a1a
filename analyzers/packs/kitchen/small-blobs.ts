/** A connected group of marked places of a raster; all in places. */
export interface Blob {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  readonly bottom: number;
  readonly size: number;
}

/** Places this far apart still belong together: noise tears thin things into pieces. */
const REACH = 2;

/**
 * Groups the marked places of a raster.
 * @param marks 1 where marked; is cleared
 */
export function findBlobs(marks: Uint8Array, columns: number, rows: number): Blob[] {
  const blobs: Blob[] = [];
  const open: number[] = [];
  for (let start = 0; start < marks.length; start++) {
    if (marks[start] !== 1) continue;
    marks[start] = 0;
    open.push(start);
    let [left, top, right, bottom] = [columns, rows, 0, 0];
    let [sumX, sumY, size] = [0, 0, 0];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const x = place % columns;
      const y = (place - x) / columns;
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x + 1);
      bottom = Math.max(bottom, y + 1);
      sumX += x;
      sumY += y;
      size++;
      for (let nearY = Math.max(0, y - REACH); nearY <= Math.min(rows - 1, y + REACH); nearY++) {
        for (let nearX = Math.max(0, x - REACH); nearX <= Math.min(columns - 1, x + REACH); nearX++) {
          const near = nearY * columns + nearX;
          if (marks[near] !== 1) continue;
          marks[near] = 0;
          open.push(near);
        }
      }
    }
    blobs.push({ x: sumX / size + 0.5, y: sumY / size + 0.5, left, top, right, bottom, size });
  }
  return blobs;
}
