import type { RecordingGap, SegmentRecord } from '#ingest/media.ts';
import type { SegmentLog } from '#ingest/ports.ts';
import type { EventSpool } from '../spool/event-spool.ts';

/**
 * Takes the recorder's rows into the local spool: on disk within 10 ms, whatever the state of the database.
 * Each call may throw `SPOOL_FULL`.
 */
export class SpooledSegmentLog implements SegmentLog {
  readonly #spool: EventSpool;

  constructor(deps: { readonly spool: EventSpool }) {
    this.#spool = deps.spool;
  }

  appendSegment(segment: SegmentRecord): void {
    this.#spool.appendSoon('segment', segment);
  }

  openGap(gap: RecordingGap): void {
    this.#spool.appendSoon('gap.opened', gap);
  }

  closeGap(gap: RecordingGap & { readonly endMs: number }): void {
    this.#spool.appendSoon('gap.closed', gap);
  }
}
