import sharp from 'sharp';
import { analyzerErrors } from '#analyzers/errors.ts';
import type { SourcePicture } from './analysis-source.ts';

/** Reads one picture file, upright. @throws {AppError} `SOURCE_UNREADABLE` */
export async function readPictureFile(file: string): Promise<SourcePicture> {
  try {
    const { data, info } = await sharp(file)
      .rotate()
      .flatten({ background: '#000' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const pixels = new SharedArrayBuffer(info.width * info.height * 3);
    const target = new Uint8Array(pixels);
    if (info.channels === 3) target.set(data);
    else
      for (let index = 0; index < target.length; index++)
        target[index] = data[Math.floor(index / 3) * info.channels] ?? 0;
    return { frame: 0, timeMs: 0, widthPx: info.width, heightPx: info.height, pixels };
  } catch (cause) {
    throw analyzerErrors.SOURCE_UNREADABLE({ source: file }, cause);
  }
}
