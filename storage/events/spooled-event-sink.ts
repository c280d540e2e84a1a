import type { AnalysisEvent, EvidencePicture } from '#analyzers/analysis-event.ts';
import type { EventSink } from '#analyzers/ports.ts';
import type { BlobStore } from '#ingest/ports.ts';
import type { EventSpool } from '../spool/event-spool.ts';

/** Takes events for good: pictures first, so that no event ever points to one that was not kept. */
export class SpooledEventSink implements EventSink {
  readonly #spool: EventSpool;
  readonly #blobs: BlobStore;

  constructor(deps: { readonly spool: EventSpool; readonly blobs: BlobStore }) {
    this.#spool = deps.spool;
    this.#blobs = deps.blobs;
  }

  /**
   * Resolves when pictures and event are on disk.
   * @throws {AppError} `SPOOL_FULL`, `SPOOL_FAILED`, `BLOB_STORE_FAILED`, `BLOB_KEY_INVALID`
   */
  async emit(event: AnalysisEvent, pictures: readonly EvidencePicture[]): Promise<void> {
    await Promise.all(pictures.map(({ key, jpeg }) => this.#blobs.put(key, jpeg, 'image/jpeg')));
    await this.#spool.append('event', event);
  }
}
