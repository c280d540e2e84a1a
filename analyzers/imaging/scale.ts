import sharp from 'sharp';
import type { Tensor } from '../onnx/onnx-session.ts';
import type { Picture } from '../packs/model-pack.ts';
import type { PixelRectangle } from './crop.ts';
import { sampleRegion, type TensorEncoding } from './sample.ts';

// One thread per call: the workers are the parallelism, and a picture is used once.
sharp.concurrency(1);
sharp.cache(false);

/** Scales a region of a picture. Small regions by far outnumber large ones: no call into libvips, no copy of the picture. */
export async function scaleRegion(
  picture: Picture,
  region: PixelRectangle,
  widthPx: number,
  heightPx: number,
): Promise<Picture> {
  return sampleRegion(picture, region, widthPx, heightPx);
}

/**
 * Writes a picture into the top left corner of a tensor of one image.
 * @param tensor float32 [1,3,h,w], at least as large as the picture; what the picture does not cover stays as it is
 */
export function writeIntoTensor(picture: Picture, tensor: Tensor, encoding: TensorEncoding): void {
  const [, , heightPx = 0, widthPx = 0] = tensor.shape;
  const { data } = tensor;
  const plane = widthPx * heightPx;
  for (const channel of [0, 1, 2] as const) {
    const mean = encoding.mean[channel];
    const scale = encoding.scale[channel];
    let from = encoding.channels === 'rgb' ? channel : 2 - channel;
    for (let y = 0; y < picture.heightPx; y++) {
      let to = channel * plane + y * widthPx;
      for (let x = 0; x < picture.widthPx; x++, from += 3, to++)
        data[to] = ((picture.pixels[from] as number) - mean) * scale;
    }
  }
}

/** Reads a picture file or its bytes. @throws {Error} when it is none */
export async function decodePicture(source: string | Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(source)
    .rotate()
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: data, widthPx: info.width, heightPx: info.height };
}
