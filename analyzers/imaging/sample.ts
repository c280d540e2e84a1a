import type { Picture } from '../packs/model-pack.ts';
import type { PixelRectangle } from './crop.ts';
import { type Planes, type Taps, WHOLE_WEIGHT, sampleFourTaps } from './four-taps.ts';
import type { TensorLayout } from './tensor-layout.ts';

/** How pixels become tensor values. */
export interface TensorEncoding {
  readonly channels: 'rgb' | 'bgr';
  /** Tensor value = (pixel − mean) × scale, in the tensor's order of channels; pixels are 0..255. */
  readonly mean: readonly [number, number, number];
  readonly scale: readonly [number, number, number];
}

/** From this many pixels of the picture for one of the tensor on, pixels are averaged instead of interpolated. */
const AVERAGE_FROM = 1.5;

/**
 * Scales a region of a picture straight into the top left corner of a tensor, in one pass and without anything in
 * between. Enlarging and slight shrinking interpolate (bilinear); stronger shrinking takes the mean of 4, 9 or 16 pixels
 * spread evenly over what becomes one, so that thin things do not vanish.
 *
 * @param target float32 of one picture, laid out so; what is not covered holds anything afterwards
 * @param size of the part that is covered, from the top left
 */
export function sampleIntoTensor(
  picture: Picture,
  region: PixelRectangle,
  target: Float32Array,
  layout: TensorLayout,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  encoding: TensorEncoding,
): void {
  const { channelStep } = layout;
  const order = encoding.channels === 'rgb' ? ([0, 1, 2] as const) : ([2, 1, 0] as const);
  const of = (values: readonly [number, number, number]) =>
    order.map((channel) => values[channel]) as [number, number, number];
  const scales = of(encoding.scale);
  const means = of(encoding.mean);
  const planes: Planes = {
    offsets: [order[0] * channelStep, order[1] * channelStep, order[2] * channelStep],
    factors: scales,
    shifts: [-means[0] * scales[0], -means[1] * scales[1], -means[2] * scales[2]],
    layout,
  };
  const step = Math.max(region.width / widthPx, region.height / heightPx);
  if (step >= 3.5) return average(picture, region, target, widthPx, heightPx, planes, step < 5 ? 3 : 4);
  const taps = step < AVERAGE_FROM ? between : halves;
  sampleFourTaps(
    picture,
    region,
    taps(region.left, region.width, widthPx),
    taps(region.top, region.height, heightPx),
    target,
    planes,
  );
}

/** Pixels of a row or column, evenly spread: `taps` for each of `count` places. */
function spread(start: number, length: number, count: number, taps: number): Int32Array {
  const places = new Int32Array(count * taps);
  for (let k = 0; k < places.length; k++)
    places[k] = start + Math.min(length - 1, Math.floor(((k + 0.5) * length) / places.length));
  return places;
}

/** Two pixels for each place, evenly spread and of equal weight. */
function halves(start: number, length: number, count: number): Taps {
  const places = spread(start, length, count, 2);
  return {
    first: places.filter((_, k) => k % 2 === 0),
    second: places.filter((_, k) => k % 2 === 1),
    weights: new Int32Array(count).fill(WHOLE_WEIGHT / 2),
  };
}

function average(
  { pixels, widthPx: pictureWidth }: Picture,
  region: PixelRectangle,
  target: Float32Array,
  widthPx: number,
  heightPx: number,
  { offsets, factors, shifts, layout }: Planes,
  taps: number,
): void {
  const columns = spread(region.left, region.width, widthPx, taps).map((x) => x * 3);
  const rows = spread(region.top, region.height, heightPx, taps).map((y) => y * pictureWidth * 3);
  const share = 1 / (taps * taps);
  const [redAt, greenAt, blueAt] = offsets;
  const [redFactor, greenFactor, blueFactor] = [factors[0] * share, factors[1] * share, factors[2] * share];
  const places = layout.columns;
  const [redShift, greenShift, blueShift] = shifts;
  for (let y = 0; y < heightPx; y++) {
    const start = layout.rows[y] as number;
    for (let x = 0; x < widthPx; x++) {
      const to = start + (places[x] as number);
      let [red, green, blue] = [0, 0, 0];
      for (let i = y * taps; i < (y + 1) * taps; i++) {
        const row = rows[i] as number;
        for (let j = x * taps; j < (x + 1) * taps; j++) {
          const at = row + (columns[j] as number);
          red += pixels[at] as number;
          green += pixels[at + 1] as number;
          blue += pixels[at + 2] as number;
        }
      }
      target[redAt + to] = red * redFactor + redShift;
      target[greenAt + to] = green * greenFactor + greenShift;
      target[blueAt + to] = blue * blueFactor + blueShift;
    }
  }
}

/** For each place the two pixels that it lies between, and how near it is to the second. */
function between(start: number, length: number, count: number): Taps {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const weights = new Int32Array(count);
  for (let k = 0; k < count; k++) {
    const at = Math.min(length - 1, Math.max(0, ((k + 0.5) * length) / count - 0.5));
    const low = Math.floor(at);
    first[k] = start + low;
    second[k] = start + Math.min(length - 1, low + 1);
    weights[k] = Math.round((at - low) * WHOLE_WEIGHT);
  }
  return { first, second, weights };
}

/**
 * Scales a region to a picture of its own: as {@link sampleIntoTensor} does, with the values rounded to bytes.
 */
export function sampleRegion(picture: Picture, region: PixelRectangle, widthPx: number, heightPx: number): Picture {
  const { pixels, widthPx: pictureWidth } = picture;
  const result = new Uint8Array(widthPx * heightPx * 3);
  const step = Math.max(region.width / widthPx, region.height / heightPx);
  if (step >= AVERAGE_FROM) {
    const taps = step < 3.5 ? 2 : step < 5 ? 3 : 4;
    const columns = spread(region.left, region.width, widthPx, taps).map((x) => x * 3);
    const rows = spread(region.top, region.height, heightPx, taps).map((y) => y * pictureWidth * 3);
    const share = 1 / (taps * taps);
    for (let y = 0, to = 0; y < heightPx; y++)
      for (let x = 0; x < widthPx; x++) {
        for (let channel = 0; channel < 3; channel++, to++) {
          let sum = 0;
          for (let i = y * taps; i < (y + 1) * taps; i++)
            for (let j = x * taps; j < (x + 1) * taps; j++)
              sum += pixels[(rows[i] as number) + (columns[j] as number) + channel] as number;
          result[to] = sum * share + 0.5;
        }
      }
    return { pixels: result, widthPx, heightPx };
  }
  const columns = between(region.left, region.width, widthPx);
  const rows = between(region.top, region.height, heightPx);
  const rowLength = pictureWidth * 3;
  for (let y = 0, to = 0; y < heightPx; y++) {
    const above = (rows.first[y] as number) * rowLength;
    const below = (rows.second[y] as number) * rowLength;
    const down = (rows.weights[y] as number) / WHOLE_WEIGHT;
    for (let x = 0; x < widthPx; x++) {
      const left = (columns.first[x] as number) * 3;
      const right = (columns.second[x] as number) * 3;
      const across = (columns.weights[x] as number) / WHOLE_WEIGHT;
      for (let channel = 0; channel < 3; channel++, to++) {
        const upper = pixels[above + left + channel] as number;
        const lower = pixels[below + left + channel] as number;
        const top = upper + ((pixels[above + right + channel] as number) - upper) * across;
        const bottom = lower + ((pixels[below + right + channel] as number) - lower) * across;
        result[to] = top + (bottom - top) * down + 0.5;
      }
    }
  }
  return { pixels: result, widthPx, heightPx };
}
