import sharp from 'sharp';
import type { Picture } from '#analyzers/packs/model-pack.ts';

/** What a worse camera would have made of a picture; drawn at random from these ranges. */
const SCALE = { least: 0.5, most: 1 };
/** Standard deviation of the blur, px of the scaled picture. */
const BLUR = { least: 0.3, most: 0.8 };
/** Standard deviation of the noise, of 255. */
const NOISE = { least: 2, most: 8 };
const JPEG_QUALITY = { least: 25, most: 75 };
/** Smaller pictures are not scaled down further. */
const LEAST_HEIGHT_PX = 10;

/** A source of numbers in 0..1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes a picture smaller, blurred, noisy and JPEG-compressed; how much of each follows from the seed. */
export async function degradePicture(picture: Picture, seed: number): Promise<Picture> {
  const random = seededRandom(seed);
  const between = ({ least, most }: { least: number; most: number }): number => least + random() * (most - least);
  const scale = Math.max(between(SCALE), Math.min(1, LEAST_HEIGHT_PX / picture.heightPx));
  const blur = between(BLUR);
  const noise = between(NOISE);
  const quality = Math.round(between(JPEG_QUALITY));
  const widthPx = Math.round(picture.widthPx * scale);
  const heightPx = Math.round(picture.heightPx * scale);
  const pixels = await sharp(picture.pixels, { raw: { width: picture.widthPx, height: picture.heightPx, channels: 3 } })
    .resize(widthPx, heightPx, { fit: 'fill', kernel: 'linear' })
    .blur(blur)
    .raw()
    .toBuffer();
  for (let i = 0; i < pixels.length; i++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    pixels[i] = Math.max(0, Math.min(255, Math.round((pixels[i] ?? 0) + noise * normal)));
  }
  const jpeg = await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { pixels: data, widthPx: info.width, heightPx: info.height };
}
