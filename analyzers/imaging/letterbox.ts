import type { Box } from '../detection.ts';
import type { Tensor } from '../onnx/onnx-session.ts';
import type { Picture } from '../packs/model-pack.ts';
import { scaleRegion, type TensorEncoding, writeIntoTensor } from './scale.ts';

export interface LetterboxOptions extends TensorEncoding {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Pixel value, 0..255, of the border that keeps the picture's proportions. */
  readonly border: number;
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
 * Scales a whole picture into a model's input.
 * @returns float32 [1, 3, heightPx, widthPx] NCHW in the range that the options make, and how it lies in it
 */
export async function letterbox(
  picture: Picture,
  options: LetterboxOptions,
): Promise<{ tensor: Tensor; fit: Letterbox }> {
  const plane = options.widthPx * options.heightPx;
  const tensor = { data: new Float32Array(3 * plane), shape: [1, 3, options.heightPx, options.widthPx] };
  const fit = fitLetterbox(picture, options);
  if (fit.widthPx < options.widthPx || fit.heightPx < options.heightPx)
    for (const channel of [0, 1, 2] as const) {
      const value = (options.border - options.mean[channel]) * options.scale[channel];
      tensor.data.fill(value, channel * plane, (channel + 1) * plane);
    }
  const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
  writeIntoTensor(await scaleRegion(picture, whole, fit.widthPx, fit.heightPx), tensor, options);
  return { tensor, fit };
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
