import sharp from 'sharp';
import { expect, it } from 'vitest';
import { Canvas } from '../testing/pictures.ts';
import { HeldPictures } from './held-pictures.ts';
import { PictureEncodings } from './picture-encodings.ts';

const SIZE_BYTES = 64 * 36 * 3;
const grey = (level: number): Canvas => new Canvas(64, 36, [level, level, level]);
const fail = (error: unknown): never => {
  throw error;
};

async function levelOf(jpeg: Uint8Array | undefined): Promise<number> {
  const { data } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return data[0] ?? -1;
}

it('shows the picture as it was when it was held, whatever its memory holds by now', async () => {
  const pictures = new HeldPictures({ maxSizeBytes: 10 * SIZE_BYTES });
  const canvas = grey(100);
  const held = pictures.hold(canvas, fail);
  canvas.fill({ x: 0, y: 0, width: 1, height: 1 }, [200, 200, 200]);
  expect(Math.abs((await levelOf(await held.jpeg())) - 100)).toBeLessThan(4);
  expect(pictures.sizeBytes).toBe(0);
});

it('lets go of what is dropped, and of it alone', async () => {
  const pictures = new HeldPictures({ maxSizeBytes: 10 * SIZE_BYTES });
  const [first, second] = [pictures.hold(grey(40), fail), pictures.hold(grey(160), fail)];
  first.drop();
  first.drop();
  expect(pictures.sizeBytes).toBe(SIZE_BYTES);
  expect(await first.jpeg()).toBeUndefined();
  pictures.hold(grey(90), fail);
  expect(Math.abs((await levelOf(await second.jpeg())) - 160)).toBeLessThan(4);
});

it('encodes the oldest when there are too many, and loses none', async () => {
  const pictures = new HeldPictures({ maxSizeBytes: 2 * SIZE_BYTES });
  const levels = [30, 80, 130, 180, 230];
  const all = levels.map((level) => pictures.hold(grey(level), fail));
  expect(pictures.sizeBytes).toBe(2 * SIZE_BYTES);
  for (const [index, held] of all.entries())
    expect(Math.abs((await levelOf(await held.jpeg())) - (levels[index] ?? 0))).toBeLessThan(4);
});

it('reports a picture that cannot be encoded and gives none', async () => {
  const errors: unknown[] = [];
  const pictures = new HeldPictures({ maxSizeBytes: 10 * SIZE_BYTES });
  const broken = { pixels: new Uint8Array(5), widthPx: 64, heightPx: 36 };
  expect(await pictures.hold(broken, (error) => errors.push(error)).jpeg()).toBeUndefined();
  expect(errors).toHaveLength(1);
});

it('keeps the picture of a frame until the last vehicle in it has a better one', async () => {
  const pictures = new HeldPictures({ maxSizeBytes: 10 * SIZE_BYTES });
  const encodings = new PictureEncodings(grey(120), pictures, fail);
  const [one, other] = [encodings.later(), encodings.later()];
  expect(pictures.sizeBytes).toBe(SIZE_BYTES);
  one.drop();
  one.drop();
  expect(await levelOf(await other.jpeg())).toBeGreaterThan(110);
});

it('gives a picture that is needed now even when the vehicles in it have dropped it', async () => {
  const pictures = new HeldPictures({ maxSizeBytes: 10 * SIZE_BYTES });
  const encodings = new PictureEncodings(grey(120), pictures, fail);
  encodings.later().drop();
  expect(pictures.sizeBytes).toBe(0);
  expect(await encodings.whole()).toBeDefined();
  await encodings.settled();
});
