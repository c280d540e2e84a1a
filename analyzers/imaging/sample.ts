import type { Picture } from '../packs/model-pack.ts';
import type { PixelRectangle } from './crop.ts';
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

/** Where a place lies between two pixels is told in steps of a 1024th: with bytes, four weights together stay below 2^28. */
const STEP_BITS = 10;
const WHOLE = 1 << (2 * STEP_BITS);

interface Planes {
  /** Where the tensor's planes for red, green and blue begin. */
  readonly offsets: readonly [number, number, number];
  /** Tensor value = pixel × factor + shift, for red, green and blue. */
  readonly factors: readonly [number, number, number];
  readonly shifts: readonly [number, number, number];
  readonly layout: TensorLayout;
}

/**
 * Scales a region of a picture straight into the top left corner of a tensor, in one pass and without anything in
 * between. Enlarging and slight shrinking interpolate (bilinear); stronger shrinking takes the mean of 4, 9 or 16 pixels
 * spread evenly over what becomes one, so that thin things do not vanish.
 *
 * @param target float32 of one picture, laid out so; what is not covered stays as it is
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
  if (step < AVERAGE_FROM) interpolate(picture, region, target, widthPx, heightPx, planes);
  else if (step < 3.5) averageFour(picture, region, target, widthPx, heightPx, planes);
  else average(picture, region, target, widthPx, heightPx, planes, step < 5 ? 3 : 4);
}

/** Pixels of a row or column, evenly spread: `taps` for each of `count` places. */
function spread(start: number, length: number, count: number, taps: number): Int32Array {
  const places = new Int32Array(count * taps);
  for (let k = 0; k < places.length; k++)
    places[k] = start + Math.min(length - 1, Math.floor(((k + 0.5) * length) / places.length));
  return places;
}

/** As `average` with two by two pixels, written out: it runs for every picture of most cameras. */
function averageFour(
  { pixels, widthPx: pictureWidth }: Picture,
  region: PixelRectangle,
  target: Float32Array,
  widthPx: number,
  heightPx: number,
  { offsets, factors, shifts, layout }: Planes,
): void {
  const columns = spread(region.left, region.width, widthPx, 2).map((x) => x * 3);
  const rows = spread(region.top, region.height, heightPx, 2).map((y) => y * pictureWidth * 3);
  const [redAt, greenAt, blueAt] = offsets;
  const [redFactor, greenFactor, blueFactor] = [factors[0] / 4, factors[1] / 4, factors[2] / 4];
  const places = layout.columns;
  const [redShift, greenShift, blueShift] = shifts;
  for (let y = 0; y < heightPx; y++) {
    const above = rows[2 * y] as number;
    const below = rows[2 * y + 1] as number;
    const row = layout.rows[y] as number;
    for (let x = 0; x < widthPx; x++) {
      const to = row + (places[x] as number);
      const left = columns[2 * x] as number;
      const right = columns[2 * x + 1] as number;
      const [a, b, c, d] = [above + left, above + right, below + left, below + right];
      target[redAt + to] =
        ((pixels[a] as number) + (pixels[b] as number) + (pixels[c] as number) + (pixels[d] as number)) * redFactor +
        redShift;
      target[greenAt + to] =
        ((pixels[a + 1] as number) +
          (pixels[b + 1] as number) +
          (pixels[c + 1] as number) +
          (pixels[d + 1] as number)) *
          greenFactor +
        greenShift;
      target[blueAt + to] =
        ((pixels[a + 2] as number) +
          (pixels[b + 2] as number) +
          (pixels[c + 2] as number) +
          (pixels[d + 2] as number)) *
          blueFactor +
        blueShift;
    }
  }
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

function interpolate(
  { pixels, widthPx: pictureWidth }: Picture,
  region: PixelRectangle,
  target: Float32Array,
  widthPx: number,
  heightPx: number,
  { offsets, factors, shifts, layout }: Planes,
): void {
  const columns = between(region.left, region.width, widthPx, 3);
  const rows = between(region.top, region.height, heightPx, pictureWidth * 3);
  const [acrosses, downs] = [inSteps(columns.shares), inSteps(rows.shares)];
  const [redAt, greenAt, blueAt] = offsets;
  const [redFactor, greenFactor, blueFactor] = [factors[0] / WHOLE, factors[1] / WHOLE, factors[2] / WHOLE];
  const [redShift, greenShift, blueShift] = shifts;
  const places = layout.columns;
  const { first, second } = columns;
  for (let y = 0; y < heightPx; y++) {
    const above = rows.first[y] as number;
    const below = rows.second[y] as number;
    const down = downs[y] as number;
    const row = layout.rows[y] as number;
    for (let x = 0; x < widthPx; x++) {
      const to = row + (places[x] as number);
      const left = first[x] as number;
      const right = second[x] as number;
      const across = acrosses[x] as number;
      const bottomRight = Math.imul(across, down);
      const topRight = (across << STEP_BITS) - bottomRight;
      const bottomLeft = (down << STEP_BITS) - bottomRight;
      const topLeft = WHOLE - (across << STEP_BITS) - bottomLeft;
      const [a, b, c, d] = [above + left, above + right, below + left, below + right];
      target[redAt + to] =
        ((Math.imul(pixels[a] as number, topLeft) +
          Math.imul(pixels[b] as number, topRight) +
          Math.imul(pixels[c] as number, bottomLeft) +
          Math.imul(pixels[d] as number, bottomRight)) |
          0) *
          redFactor +
        redShift;
      target[greenAt + to] =
        ((Math.imul(pixels[a + 1] as number, topLeft) +
          Math.imul(pixels[b + 1] as number, topRight) +
          Math.imul(pixels[c + 1] as number, bottomLeft) +
          Math.imul(pixels[d + 1] as number, bottomRight)) |
          0) *
          greenFactor +
        greenShift;
      target[blueAt + to] =
        ((Math.imul(pixels[a + 2] as number, topLeft) +
          Math.imul(pixels[b + 2] as number, topRight) +
          Math.imul(pixels[c + 2] as number, bottomLeft) +
          Math.imul(pixels[d + 2] as number, bottomRight)) |
          0) *
          blueFactor +
        blueShift;
    }
  }
}

/** Shares as whole steps: sums of four weighted bytes are whole numbers then, which cost a fifth less. */
function inSteps(shares: Float32Array): Int32Array {
  return Int32Array.from(shares, (share) => Math.round(share * (1 << STEP_BITS)));
}

/** For each place the two pixels that it lies between, as byte offsets, and how near it is to the second. */
function between(start: number, length: number, count: number, stride: number) {
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const shares = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const at = Math.min(length - 1, Math.max(0, ((k + 0.5) * length) / count - 0.5));
    const low = Math.floor(at);
    first[k] = (start + low) * stride;
    second[k] = (start + Math.min(length - 1, low + 1)) * stride;
    shares[k] = at - low;
  }
  return { first, second, shares };
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
  const columns = between(region.left, region.width, widthPx, 3);
  const rows = between(region.top, region.height, heightPx, pictureWidth * 3);
  for (let y = 0, to = 0; y < heightPx; y++) {
    const above = rows.first[y] as number;
    const below = rows.second[y] as number;
    const down = rows.shares[y] as number;
    for (let x = 0; x < widthPx; x++) {
      const left = columns.first[x] as number;
      const right = columns.second[x] as number;
      const across = columns.shares[x] as number;
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
