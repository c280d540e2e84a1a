/** Where a tensor of one picture keeps its values: pixel x, y of channel c at `c * channelStep + rows[y] + columns[x]`. */
export interface TensorLayout {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channelStep: number;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A plane for each channel, row by row: [1,3,h,w]. */
export function planarLayout({ widthPx, heightPx }: Size): TensorLayout {
  return {
    widthPx,
    heightPx,
    channelStep: widthPx * heightPx,
    rows: Int32Array.from({ length: heightPx }, (_, y) => y * widthPx),
    columns: Int32Array.from({ length: widthPx }, (_, x) => x),
  };
}

/**
 * Four pictures of half the size after each other, each with every second row and column: [1,12,h/2,w/2].
 * @param phases which rows and columns the first, second, third and fourth are made of
 * @returns undefined when the size is odd or there is no such layout: rows and columns must each move a pixel by themselves
 */
export function phasedLayout(
  { widthPx, heightPx }: Size,
  phases: readonly { readonly row: 0 | 1; readonly column: 0 | 1 }[],
): TensorLayout | undefined {
  const placeOf = (row: number, column: number): number =>
    phases.findIndex((phase) => phase.row === row && phase.column === column);
  const [rowStep, columnStep] = [placeOf(1, 0), placeOf(0, 1)];
  const isSeparable = placeOf(0, 0) === 0 && placeOf(1, 1) === rowStep + columnStep;
  if (!isSeparable || widthPx % 2 !== 0 || heightPx % 2 !== 0) return undefined;
  const [halfWidth, halfHeight] = [widthPx / 2, heightPx / 2];
  const channelStep = halfWidth * halfHeight;
  return {
    widthPx,
    heightPx,
    channelStep,
    rows: Int32Array.from({ length: heightPx }, (_, y) => (y % 2) * rowStep * 3 * channelStep + (y >> 1) * halfWidth),
    columns: Int32Array.from({ length: widthPx }, (_, x) => (x % 2) * columnStep * 3 * channelStep + (x >> 1)),
  };
}
