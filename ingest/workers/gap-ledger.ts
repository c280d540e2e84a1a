import { describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { CameraId, RecordingGap, SegmentRecord, StreamKind } from '../media.ts';
import type { SegmentLog } from '../ports.ts';

export interface GapLedgerDeps {
  readonly segments: SegmentLog;
  readonly clock: Clock;
  readonly log: Log;
}

/** Longer than a recovery looks back. */
const ANNOUNCED_MS = 5 * 60_000;
const RETRY_MS = 1000;
const MAX_WAITING_ROWS = 50_000;

/**
 * Passes the recorders' rows on, and knows of each stream which gap is open, which files came last and where its
 * recording ends: what a thread that dies takes with it. A row that is refused waits here, and those after it too, so
 * that their order holds.
 */
export class GapLedger implements SegmentLog {
  readonly #deps: GapLedgerDeps;
  readonly #open = new Map<string, RecordingGap>();
  readonly #endsMs = new Map<string, number>();
  /** In the order in which they came. */
  readonly #announcedMs = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #timer: { cancel(): void } | undefined;

  constructor(deps: GapLedgerDeps) {
    this.#deps = deps;
  }

  /** Rows that are not taken yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  openGapOf(cameraId: CameraId, stream: StreamKind): RecordingGap | undefined {
    return this.#open.get(`${cameraId}/${stream}`);
  }

  appendSegment(segment: SegmentRecord): void {
    const key = `${segment.cameraId}/${segment.stream}`;
    this.#endsMs.set(key, Math.max(this.#endsMs.get(key) ?? 0, segment.endMs));
    this.#remember(segment.segmentId);
    this.#pass(() => this.#deps.segments.appendSegment(segment));
  }

  /** Of a segment whose file was finished in the last minutes: whether its row has come. */
  isAnnounced(segmentId: string): boolean {
    return this.#announcedMs.has(segmentId);
  }

  openGap(gap: RecordingGap): void {
    this.#open.set(`${gap.cameraId}/${gap.stream}`, gap);
    this.#pass(() => this.#deps.segments.openGap(gap));
  }

  closeGap(gap: RecordingGap & { readonly endMs: number }): void {
    const key = `${gap.cameraId}/${gap.stream}`;
    this.#open.delete(key);
    this.#endsMs.set(key, Math.max(this.#endsMs.get(key) ?? 0, gap.endMs));
    this.#pass(() => this.#deps.segments.closeGap(gap));
  }

  /**
   * A recorder ended without a word: opens the gap that it would have, from where its recording is known to end.
   * @param atMs for a stream of which nothing was recorded
   */
  interrupted(cameraId: CameraId, stream: StreamKind, { atMs, code }: { atMs: number; code: string }): void {
    const key = `${cameraId}/${stream}`;
    if (this.#open.has(key)) return;
    const startMs = this.#endsMs.get(key) ?? atMs;
    const cause = 'service_stopped';
    this.openGap({ gapId: uuidv7(startMs), cameraId, stream, startMs, endMs: undefined, cause, errorCode: code });
  }

  /** A last try for rows that wait. */
  close(): void {
    this.#timer?.cancel();
    this.#flush();
    if (this.#waiting.length > 0) this.#deps.log.error({ rows: this.#waiting.length }, 'rows of recordings are lost');
  }

  #remember(segmentId: string): void {
    const nowMs = this.#deps.clock.monotonicMs();
    this.#announcedMs.set(segmentId, nowMs);
    for (const [oldest, atMs] of this.#announcedMs) {
      if (nowMs - atMs < ANNOUNCED_MS) break;
      this.#announcedMs.delete(oldest);
    }
  }

  #pass(row: () => void): void {
    if (this.#waiting.length >= MAX_WAITING_ROWS) {
      this.#deps.log.error('a row of a recording is lost: too many wait already');
      return;
    }
    this.#waiting.push(row);
    if (this.#waiting.length === 1) this.#flush();
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (;;) {
      const [row] = this.#waiting;
      if (!row) return;
      try {
        row();
        this.#waiting.shift();
      } catch (error) {
        this.#deps.log.error(`a row of a recording waits: ${describeError(error)}`);
        this.#timer = this.#deps.clock.setTimeout(() => this.#flush(), RETRY_MS);
        return;
      }
    }
  }
}
