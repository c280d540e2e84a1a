import path from 'node:path';
import { encodePixels } from '#analyzers/evidence/evidence-picture.ts';
import { type RecordedPicture, readRecordedPictures } from '#ingest/frames/recorded-pictures.ts';
import type { CameraId } from '#ingest/media.ts';
import type { Storage } from '#storage/storage.ts';
import { apiErrors } from '../errors.ts';

const WITHIN_MS = 2000;

/**
 * The first sound picture of the recording at that time or just after it.
 * @throws {AppError} `KITCHEN_NOT_RECORDED`, `PICTURE_UNDECODABLE`
 */
export async function recordedPicture(
  deps: { readonly storage: Pick<Storage, 'segments'>; readonly recordingFolder: string; readonly maxWidthPx: number },
  cameraId: CameraId,
  timeMs: number,
): Promise<{ readonly jpeg: Uint8Array; readonly takenAtMs: number }> {
  const { segments } = await deps.storage.segments.timeline({ cameraId, fromMs: timeMs, toMs: timeMs + WITHIN_MS });
  for (const { path: name, startMs } of segments) {
    const file = path.join(deps.recordingFolder, name);
    const picture = await firstPicture(file, Math.max(0, timeMs - startMs), deps.maxWidthPx);
    if (picture) return { jpeg: await encodePixels(picture), takenAtMs: Math.round(startMs + picture.timeMs) };
  }
  throw apiErrors.KITCHEN_NOT_RECORDED({ cameraId });
}

async function firstPicture(file: string, fromMs: number, maxWidthPx: number): Promise<RecordedPicture | undefined> {
  const range = { fromMs, toMs: fromMs + WITHIN_MS };
  const { signal } = new AbortController();
  for await (const picture of readRecordedPictures({ file, pick: { fps: 10 }, range, maxWidthPx, signal }))
    if (!picture.isFaulty) return picture;
  return undefined;
}
