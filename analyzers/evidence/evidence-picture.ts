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
  return `${dayFolder(timeMs)}/${eventId}-${kind}.jpg`;
}

/** `evidence/YYYY/MM/DD/<violationId>-clip.mp4`, by the UTC day that it begins on. */
export function clipKey(violationId: string, timeMs: number): string {
  return `${dayFolder(timeMs)}/${violationId}-clip.mp4`;
}

function dayFolder(timeMs: number): string {
  return `evidence/${new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '/')}`;
}

/**
 * A whole picture as JPEG, in one pass: tables of its own would make it a twentieth smaller and take twice the time.
 * @param picture not in shared memory, which the encoder cannot read
 */
export async function encodePixels(picture: Picture): Promise<Uint8Array> {
  return sharp(picture.pixels, rawInput(picture)).jpeg({ quality: PICTURE_QUALITY, optimiseCoding: false }).toBuffer();
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
