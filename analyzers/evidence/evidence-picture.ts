import sharp, { type SharpOptions } from 'sharp';
import type { Box } from '../detection.ts';
import { cropPicture, pixelRectangle } from '../imaging/crop.ts';
import type { Picture } from '../packs/model-pack.ts';

const PICTURE_QUALITY = 80;
const CROP_QUALITY = 92;
/** A plate's crop shows a little of what is around it. */
const CROP_MARGIN = 0.15;

export type EvidenceKind = 'picture' | 'plate';

/** `evidence/YYYY/MM/DD/<eventId>-picture.jpg`, by the UTC day of the picture. */
export function evidenceKey(eventId: string, timeMs: number, kind: EvidenceKind): string {
  const day = new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '/');
  return `evidence/${day}/${eventId}-${kind}.jpg`;
}

/** The whole picture as JPEG. The encoder works on a copy: it cannot read shared memory. */
export async function encodePicture(picture: Picture): Promise<Uint8Array> {
  const copy = picture.pixels.slice();
  try {
    // Tables of its own would make each picture a twentieth smaller, and take twice the time: more than the detector's scaling.
    return await sharp(copy, rawInput(picture)).jpeg({ quality: PICTURE_QUALITY, optimiseCoding: false }).toBuffer();
  } finally {
    // Megabytes that wait for the garbage collector keep it busy.
    if (copy.buffer instanceof ArrayBuffer) copy.buffer.transfer(0);
  }
}

/** A plate with a small margin, in the resolution of the picture. @returns undefined for an empty box */
export async function encodePlateCrop(picture: Picture, box: Box): Promise<Uint8Array | undefined> {
  const rectangle = pixelRectangle(picture, box, CROP_MARGIN);
  if (rectangle.width < 2 || rectangle.height < 2) return undefined;
  const crop = cropPicture(picture, rectangle);
  return sharp(crop.pixels, rawInput(crop)).jpeg({ quality: CROP_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer();
}

function rawInput({ widthPx, heightPx }: Picture): SharpOptions {
  return { raw: { width: widthPx, height: heightPx, channels: 3 } };
}
