import sharp from 'sharp';
import { ingestErrors } from '../errors.ts';
import type { AccessUnit, CameraId } from '../media.ts';
import type { KeyFrameDecoderPool } from './key-frame-decoder-pool.ts';

export interface StillOptions {
  readonly maxWidthPx: number;
  /** JPEG quality, 1..100. */
  readonly quality: number;
}

/**
 * A key frame as JPEG: what a tile shows until live pictures run. Two requests for one camera at a time: the older gives
 * way to the newer.
 *
 * @throws {AppError} `PICTURE_UNDECODABLE` with the reason
 */
export async function decodeKeyFrameToJpeg(
  decoders: KeyFrameDecoderPool,
  cameraId: CameraId,
  unit: AccessUnit,
  { maxWidthPx, quality }: StillOptions,
): Promise<Buffer> {
  const result = await decoders.decode(`${cameraId}/still`, unit);
  if (result.status !== 'decoded') throw ingestErrors.PICTURE_UNDECODABLE({ cameraId, reason: result.status });
  const { picture } = result;
  try {
    return await sharp(new Uint8Array(picture.pixels), {
      raw: { width: picture.widthPx, height: picture.heightPx, channels: 3 },
    })
      .resize({ width: maxWidthPx, withoutEnlargement: true, fit: 'inside' })
      .jpeg({ quality })
      .toBuffer();
  } finally {
    picture.release();
  }
}
