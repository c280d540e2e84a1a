import type { Box } from '../detection.ts';
import type { Tensor } from '../onnx/onnx-session.ts';
import type { Picture } from '../packs/model-pack.ts';
import type { PixelRectangle } from './crop.ts';
import { sampleIntoTensor, type TensorEncoding } from './sample.ts';
import { type TensorLayout, planarLayout } from './tensor-layout.ts';

export interface LetterboxOptions extends TensorEncoding {
  /** letterbox: proportions are kept; stretch: the picture fills the tensor. @default letterbox */
  readonly fit?: 'letterbox' | 'stretch';
  /** Pixel value, 0..255, of the border that keeps the picture's proportions. */
  readonly border: number;
}

/** How a model takes its pictures, with mean and deviation in its own range and order of channels, as model cards have them. */
export interface InputEncoding {
  readonly pixelRange: 1 | 255;
  readonly colours: 'rgb' | 'bgr';
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  readonly fit?: 'letterbox' | 'stretch';
  readonly border?: number;
}

export function letterboxOptionsOf(input: InputEncoding): LetterboxOptions {
  const unit = 255 / input.pixelRange;
  const [a, b, c] = input.deviation;
  return {
    channels: input.colours,
    mean: [input.mean[0] * unit, input.mean[1] * unit, input.mean[2] * unit],
    scale: [1 / (a * unit), 1 / (b * unit), 1 / (c * unit)],
    ...(input.fit && { fit: input.fit }),
    border: input.border ?? 0,
  };
}

/** How large a whole picture is inside a tensor; its top left corner is the tensor's. */
export interface Letterbox {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The largest rectangle of the picture's proportions that fits into the tensor. */
export function fitLetterbox(picture: Letterbox, tensor: Letterbox): Letterbox {
  const scale = Math.min(tensor.widthPx / picture.widthPx, tensor.heightPx / picture.heightPx);
  return {
    widthPx: Math.max(1, Math.min(tensor.widthPx, Math.round(picture.widthPx * scale))),
    heightPx: Math.max(1, Math.min(tensor.heightPx, Math.round(picture.heightPx * scale))),
  };
}

/**
 * Scales a region of a picture into a model's input.
 * @param tensor float32 of one picture; every value is written, in the range that the options make
 * @param layout where the tensor keeps which pixel; left out: [1,3,h,w]
 * @returns how the region lies in it
 */
export function letterbox(
  picture: Picture,
  region: PixelRectangle,
  tensor: Tensor,
  options: LetterboxOptions,
  layout: TensorLayout = planarLayout({ heightPx: tensor.shape[2] ?? 0, widthPx: tensor.shape[3] ?? 0 }),
): Letterbox {
  const { widthPx, heightPx } = layout;
  const whole = { widthPx, heightPx };
  const fit =
    options.fit === 'stretch' ? whole : fitLetterbox({ widthPx: region.width, heightPx: region.height }, whole);
  sampleIntoTensor(picture, region, tensor.data, layout, fit, options);
  fillBorder(tensor.data, layout, fit, options);
  return fit;
}

function fillBorder(
  data: Float32Array,
  { widthPx, heightPx, channelStep, rows, columns }: TensorLayout,
  fit: Letterbox,
  { border, mean, scale }: LetterboxOptions,
): void {
  for (const channel of [0, 1, 2] as const) {
    const value = (border - mean[channel]) * scale[channel];
    for (let y = 0; y < heightPx; y++) {
      const row = channel * channelStep + (rows[y] as number);
      for (let x = y < fit.heightPx ? fit.widthPx : 0; x < widthPx; x++) data[row + (columns[x] as number)] = value;
    }
  }
}

/** Corners in pixels of the tensor to a box in 0..1 of the picture, cut at its edges. */
export function boxFromLetterbox(fit: Letterbox, left: number, top: number, right: number, bottom: number): Box {
  const clamp = (value: number): number => Math.min(1, Math.max(0, value));
  const x = clamp(left / fit.widthPx);
  const y = clamp(top / fit.heightPx);
  return {
    x,
    y,
    width: Math.max(0, clamp(right / fit.widthPx) - x),
    height: Math.max(0, clamp(bottom / fit.heightPx) - y),
  };
}
