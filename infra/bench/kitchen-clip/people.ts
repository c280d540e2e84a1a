import type { Picture } from '#analyzers/packs/model-pack.ts';

/** A rectangle in whole pixels. */
interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A person cut out of a picture whose background is known. */
export interface CutOut {
  /** Seconds into the film. */
  readonly second: number;
  readonly body: Rectangle;
  /** uint8 [height, width, 3], RGB, of `body`. */
  readonly pixels: Uint8Array;
  /** 0..255, uint8 [height, width]. */
  readonly alpha: Uint8Array;
  /** In pixels of the cut-out. */
  readonly head: { readonly x: number; readonly y: number; readonly width: number };
}

/** Every so many bytes are compared to find the empty room; pictures of it differ by less, on the mean. */
const SPARSE = 101;
const SAME_BELOW = 4;
/** Pictures. */
const OTHER_TIME = 10;
const DIFFERS_BY = 42;
const CELL_PX = 4;
/** Of the picture's height: smaller is a person who comes or goes. */
const MIN_HEIGHT = 0.5;
/** Of a body, the share that the head takes from above. */
const HEAD_SHARE = 0.13;

/**
 * The empty room: the picture that is most like others from quite other times, and the median of all these. The median of
 * all pictures would not do, where somebody stands at the same place most of the time.
 */
export function backgroundOf(pictures: readonly Picture[]): Uint8Array {
  const small = pictures.map(({ pixels }) => pixels.filter((_, index) => index % SPARSE === 0));
  const likeness = (a: Uint8Array, b: Uint8Array): number =>
    a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
  const alike = small.map((one, i) =>
    pictures.filter((_, j) => Math.abs(i - j) > OTHER_TIME && likeness(one, small[j] ?? one) < SAME_BELOW),
  );
  const chosen = alike.toSorted((a, b) => b.length - a.length)[0] ?? [];
  const result = new Uint8Array(chosen[0]?.pixels.length ?? 0);
  const values = new Uint8Array(chosen.length);
  for (let k = 0; k < result.length; k++) {
    for (const [index, { pixels }] of chosen.entries()) values[index] = pixels[k] ?? 0;
    values.sort();
    result[k] = values[values.length >> 1] ?? 0;
  }
  return result;
}

/** The standing persons of a film that shows one at a time, one cut-out for each picture that has one whole. */
export function cutOuts(pictures: readonly Picture[], background: Uint8Array): CutOut[] {
  return pictures.flatMap((picture, second) => cutOut(picture, background, second) ?? []);
}

function cutOut(picture: Picture, background: Uint8Array, second: number): CutOut | undefined {
  const { widthPx, heightPx, pixels } = picture;
  const [columns, rows] = [Math.floor(widthPx / CELL_PX), Math.floor(heightPx / CELL_PX)];
  const moved = new Uint8Array(columns * rows);
  for (let cell = 0; cell < moved.length; cell++) {
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
    let different = 0;
    for (let y = row * CELL_PX; y < (row + 1) * CELL_PX; y++)
      for (let x = column * CELL_PX; x < (column + 1) * CELL_PX; x++)
        if (differenceAt(pixels, background, (y * widthPx + x) * 3) >= DIFFERS_BY) different++;
    moved[cell] = different * 3 >= CELL_PX * CELL_PX ? 1 : 0;
  }
  const largest = largestPart(moved, columns, rows);
  if (!largest) return undefined;
  const { cells, left, top, right, bottom } = largest;
  const isWhole = left > 0 && right < columns - 1 && bottom < rows - 1;
  if (!isWhole || (bottom - top + 1) / rows < MIN_HEIGHT || right - left > 0.5 * (bottom - top)) return undefined;
  const body = {
    left: left * CELL_PX,
    top: top * CELL_PX,
    width: (right - left + 1) * CELL_PX,
    height: (bottom - top + 1) * CELL_PX,
  };
  const alpha = new Uint8Array(body.width * body.height);
  const cut = new Uint8Array(alpha.length * 3);
  for (let y = 0; y < body.height; y++)
    for (let x = 0; x < body.width; x++) {
      const from = ((body.top + y) * widthPx + body.left + x) * 3;
      const to = y * body.width + x;
      cut.set(pixels.subarray(from, from + 3), to * 3);
      const cell = (top + Math.floor(y / CELL_PX)) * columns + left + Math.floor(x / CELL_PX);
      alpha[to] = cells.has(cell) ? 255 : 0;
    }
  return { second, body, pixels: cut, alpha: softened(alpha, body), head: headOf(alpha, body) };
}

function differenceAt(a: Uint8Array, b: Uint8Array, at: number): number {
  return (
    Math.abs((a[at] ?? 0) - (b[at] ?? 0)) +
    Math.abs((a[at + 1] ?? 0) - (b[at + 1] ?? 0)) +
    Math.abs((a[at + 2] ?? 0) - (b[at + 2] ?? 0))
  );
}

function largestPart(moved: Uint8Array, columns: number, rows: number) {
  const seen = new Uint8Array(moved.length);
  let best: { cells: Set<number>; left: number; top: number; right: number; bottom: number } | undefined;
  for (let start = 0; start < moved.length; start++) {
    if (moved[start] !== 1 || seen[start] === 1) continue;
    const part = { cells: new Set<number>(), left: columns, top: rows, right: 0, bottom: 0 };
    const open = [start];
    seen[start] = 1;
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      const [column, row] = [cell % columns, Math.floor(cell / columns)];
      part.cells.add(cell);
      part.left = Math.min(part.left, column);
      part.right = Math.max(part.right, column);
      part.top = Math.min(part.top, row);
      part.bottom = Math.max(part.bottom, row);
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        const [x, y] = [column + dx, row + dy];
        const next = y * columns + x;
        if (x < 0 || y < 0 || x >= columns || y >= rows || moved[next] !== 1 || seen[next] === 1) continue;
        seen[next] = 1;
        open.push(next);
      }
    }
    if (part.cells.size > (best?.cells.size ?? 0)) best = part;
  }
  return best;
}

/** The mean over 5×5 pixels: no hard edge around whoever was cut out. */
function softened(alpha: Uint8Array, { width, height }: Rectangle): Uint8Array {
  return alpha.map((_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    let sum = 0;
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++)
        if (x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height)
          sum += alpha[(y + dy) * width + x + dx] ?? 0;
    return sum / 25;
  });
}

/** Its middle and width, from the upper end of the outline. */
function headOf(alpha: Uint8Array, { width, height }: Rectangle): CutOut['head'] {
  const rows = Math.max(1, Math.round(height * HEAD_SHARE));
  const widths: number[] = [];
  let [sum, count] = [0, 0];
  for (let y = 0; y < rows; y++) {
    let inRow = 0;
    for (let x = 0; x < width; x++)
      if ((alpha[y * width + x] ?? 0) > 0) {
        inRow++;
        sum += x;
        count++;
      }
    widths.push(inRow);
  }
  widths.sort((a, b) => a - b);
  const headWidth = Math.min(widths[Math.floor(widths.length * 0.6)] ?? 0, height * 0.12);
  return { x: count === 0 ? width / 2 : sum / count, y: rows * 0.55, width: headWidth };
}
