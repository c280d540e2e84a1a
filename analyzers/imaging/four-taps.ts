import { readFileSync } from 'node:fs';
import type { Picture } from '../packs/model-pack.ts';
import { type PixelRectangle, copyPixels } from './crop.ts';
import type { TensorLayout } from './tensor-layout.ts';

/** Weights are told in steps of a 1024th: with bytes, four of them together stay below 2^28. */
export const WHOLE_WEIGHT = 1024;

/** For each column or row of the target the two of the picture that it is made of. */
export interface Taps {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Of the second, 0 to {@link WHOLE_WEIGHT}; the first has the rest. */
  readonly weights: Int32Array;
}

/** How bytes become values: value = byte × factor + shift, for red, green and blue. */
export interface Planes {
  /** Where their planes begin in the target. */
  readonly offsets: readonly [number, number, number];
  readonly factors: readonly [number, number, number];
  readonly shifts: readonly [number, number, number];
  readonly layout: TensorLayout;
}

/** As four-taps.wat exports it; all but width and height are addresses. */
type Sample = (
  pixels: number,
  left: number,
  right: number,
  across: number,
  above: number,
  below: number,
  down: number,
  columns: number,
  rows: number,
  width: number,
  height: number,
  red: number,
  green: number,
  blue: number,
  factors: number,
  shifts: number,
) => void;

const PAGE_BYTES = 65_536;
const ALIGNMENT = 16;
/** Four bytes are read for each pixel of three. */
const BEYOND_PICTURE_BYTES = 16;

/** One of each thread: pictures are scaled one at a time. */
const memory = new WebAssembly.Memory({ initial: 1 });
const compiled = new WebAssembly.Module(readFileSync(new URL('./four-taps.wasm', import.meta.url)));
const sample = new WebAssembly.Instance(compiled, { host: { memory } }).exports['sample'] as Sample;

/**
 * Makes each value of a target from four pixels. In WebAssembly, since this is done for every picture: a third of the time that the
 * same loop takes in JavaScript.
 *
 * @param across columns of the picture, all inside the region
 * @param down rows of the picture, all inside the region
 * @param target float32 of the layout's size; where there are no taps for its right and lower part, that holds anything afterwards
 */
export function sampleFourTaps(
  picture: Picture,
  region: PixelRectangle,
  across: Taps,
  down: Taps,
  target: Float32Array,
  { offsets, factors, shifts, layout }: Planes,
): void {
  const [width, height] = [across.first.length, down.first.length];
  const rowBytes = region.width * 3;
  let end = 0;
  const place = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return at;
  };
  const pixels = place(region.height * rowBytes + BEYOND_PICTURE_BYTES);
  const [left, right, weights, columns] = [place(4 * width), place(4 * width), place(4 * width), place(4 * width)];
  const [above, below, lower, rows] = [place(4 * height), place(4 * height), place(4 * height), place(4 * height)];
  const [factorsAt, shiftsAt, output] = [place(16), place(16), place(4 * target.length)];
  if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES));
  const { buffer } = memory;
  copyPixels(picture, region, new Uint8Array(buffer, pixels, region.height * rowBytes));
  fill(new Int32Array(buffer, left, width), across.first, (x) => (x - region.left) * 3);
  fill(new Int32Array(buffer, right, width), across.second, (x) => (x - region.left) * 3);
  // Two numbers of 16 bits: the weights of both pixels.
  fill(new Int32Array(buffer, weights, width), across.weights, (weight) => (weight << 16) | (WHOLE_WEIGHT - weight));
  fill(new Int32Array(buffer, columns, width), layout.columns, (column) => column * 4);
  fill(new Int32Array(buffer, above, height), down.first, (y) => (y - region.top) * rowBytes);
  fill(new Int32Array(buffer, below, height), down.second, (y) => (y - region.top) * rowBytes);
  fill(new Int32Array(buffer, lower, height), down.weights, (weight) => weight);
  fill(new Int32Array(buffer, rows, height), layout.rows, (row) => row * 4);
  new Float32Array(buffer, factorsAt, 3).set(factors.map((factor) => factor / WHOLE_WEIGHT ** 2));
  new Float32Array(buffer, shiftsAt, 3).set(shifts);
  const [red, green, blue] = [output + 4 * offsets[0], output + 4 * offsets[1], output + 4 * offsets[2]];
  sample(
    pixels,
    left,
    right,
    weights,
    above,
    below,
    lower,
    columns,
    rows,
    width,
    height,
    red,
    green,
    blue,
    factorsAt,
    shiftsAt,
  );
  target.set(new Float32Array(buffer, output, target.length));
}

function fill(target: Int32Array, source: Int32Array, change: (value: number) => number): void {
  for (let k = 0; k < target.length; k++) target[k] = change(source[k] as number);
}
