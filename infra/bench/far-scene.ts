import type { Box } from '#analyzers/detection.ts';
import { scaleRegion } from '#analyzers/imaging/scale.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';

const WIDTH_PX = 1280;
const HEIGHT_PX = 720;
const GREY = 114;
/** The scene's picture lies in its upper part, as what is far does. */
const LOWEST_SHARE = 0.55;

/**
 * Makes a picture's content small and far: it is scaled to a share of the height of a grey 1280×720 picture and put
 * somewhere into its upper part.
 *
 * @param index decides where
 * @returns the new picture, and where a box of the old one is in it
 */
export async function asFarScene(
  picture: Picture,
  share: number,
  index: number,
): Promise<{ readonly picture: Picture; readonly place: (box: Box) => Box }> {
  const scale = Math.min((HEIGHT_PX * share) / picture.heightPx, WIDTH_PX / picture.widthPx);
  const width = Math.round(picture.widthPx * scale);
  const height = Math.round(picture.heightPx * scale);
  const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
  const small = await scaleRegion(picture, whole, width, height);
  const left = Math.round((WIDTH_PX - width) * ((index * 0.37) % 1));
  const top = Math.round(Math.max(0, LOWEST_SHARE * HEIGHT_PX - height) * ((index * 0.61) % 1));
  const pixels = new Uint8Array(WIDTH_PX * HEIGHT_PX * 3).fill(GREY);
  for (let y = 0; y < height; y++)
    pixels.set(small.pixels.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * WIDTH_PX + left) * 3);
  return {
    picture: { pixels, widthPx: WIDTH_PX, heightPx: HEIGHT_PX },
    place: (box) => ({
      x: (left + box.x * width) / WIDTH_PX,
      y: (top + box.y * height) / HEIGHT_PX,
      width: (box.width * width) / WIDTH_PX,
      height: (box.height * height) / HEIGHT_PX,
    }),
  };
}
