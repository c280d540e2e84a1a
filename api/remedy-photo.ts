import sharp from 'sharp';
import { apiErrors } from './errors.ts';

const MOST_BYTES = 8_000_000;
const LONGEST_SIDE_PX = 1600;
/** Of a decoded picture; telephones take up to 50 million. */
const MOST_PIXELS = 64_000_000;

/** First bytes of the formats that telephones and browsers send; nothing else is given to a decoder. */
function isPicture(bytes: Buffer): boolean {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
  const isPng = bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  const isWebp = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isJpeg || isPng || isWebp;
}

/**
 * A photo that somebody sent, decoded and encoded anew: upright, at most 1600 px long, and without what the camera wrote into it (place, time,
 * owner of the telephone).
 * @param base64 JPEG, PNG or WebP of at most 8 MB
 * @returns JPEG
 * @throws {AppError} `REQUEST_TOO_LARGE`, `PHOTO_UNREADABLE`
 */
export async function cleanPhoto(base64: string): Promise<Buffer> {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > MOST_BYTES) throw apiErrors.REQUEST_TOO_LARGE({ field: 'photo' });
  if (!isPicture(bytes)) throw apiErrors.PHOTO_UNREADABLE({ field: 'photo' });
  try {
    // Without `keepMetadata` nothing of it is written.
    return await sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
      .rotate()
      .resize({ width: LONGEST_SIDE_PX, height: LONGEST_SIDE_PX, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: 80 })
      .toBuffer();
  } catch (error) {
    throw apiErrors.PHOTO_UNREADABLE({ field: 'photo' }, error);
  }
}
