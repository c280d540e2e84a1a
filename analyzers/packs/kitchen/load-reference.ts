import { toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import type { BlobStore } from '#ingest/ports.ts';
import { decodePicture } from '../../imaging/scale.ts';
import type { Picture } from '../model-pack.ts';

export interface LoadReferenceDeps {
  readonly blobs: Pick<BlobStore, 'get'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** A store that is away for a while must not leave a kitchen without its reference until the next restart. */
const RETRY_MS = 30_000;

/**
 * Reads and decodes the reference picture of a kitchen; tries again while the store cannot be reached.
 * @returns undefined when aborted, when the store has no such picture, and when it cannot be decoded
 */
export async function loadReference(deps: LoadReferenceDeps, pictureKey: string): Promise<Picture | undefined> {
  const { blobs, clock, log, signal } = deps;
  while (!signal.aborted) {
    const jpeg = await blobs.get(pictureKey).catch((error: unknown) => toAppError(error));
    if ('body' in jpeg) {
      return decodePicture(jpeg.body).catch((error: unknown) => {
        log.error({ pictureKey, err: toAppError(error) }, 'reference picture cannot be decoded');
        return undefined;
      });
    }
    log.warn({ pictureKey, err: jpeg }, 'reference picture not loaded');
    if (jpeg.kind === 'not_found') return undefined;
    await sleep(RETRY_MS, clock, signal);
  }
  return undefined;
}
