import { type AppError, describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { StreamReader } from '../hub/stream-hub.ts';
import type { AccessUnit, CameraId, GapCause, RecordingGap, StreamKind, VideoFormat } from '../media.ts';
import type { SegmentLog } from '../ports.ts';
import { buildInitSegment } from './fmp4-boxes.ts';
import { Fmp4Muxer } from './fmp4-muxer.ts';
import { GapTracker } from './gap-tracker.ts';
import { SegmentFile } from './segment-file.ts';
import { segmentPath } from './segment-path.ts';

export interface RecorderDeps {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  /** Absolute. */
  readonly folder: string;
  readonly segmentSeconds: number;
  readonly minimumFreeMb: number;
  readonly segments: SegmentLog;
  readonly clock: Clock;
  readonly log: Log;
  /** Left open by the recorder before; closed when this one begins. */
  readonly openGap?: RecordingGap | undefined;
  /** Memory that may wait for the disk; 64 MB when left out. */
  readonly maxQueuedBytes?: number;
}

export interface RecorderCounters {
  readonly frames: number;
  readonly segments: number;
  readonly sizeBytes: number;
  readonly gaps: number;
  /** Of the last failure of the disk, while it lasts. */
  readonly errorCode: string | undefined;
}

interface OpenSegment {
  readonly segmentId: string;
  readonly path: string;
  readonly startMs: number;
  readonly startPts90k: number;
  readonly format: VideoFormat;
  readonly muxer: Fmp4Muxer;
  readonly file: SegmentFile;
}

const DEFAULT_MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const DISK_RETRY_MS = 10_000;

/**
 * Writes one stream to fragmented MP4 files, cut at key frames, and announces each when it is closed. Never slows the
 * camera: while the disk is full or too slow it refuses, opens a gap that says so, and tries again every 10 s.
 */
export class Recorder implements StreamReader {
  readonly name = 'recorder';
  readonly #deps: RecorderDeps;
  readonly #gaps: GapTracker;
  /** Closing files and opening gaps, one after the other, so that rows come in the order of what happened. */
  #work: Promise<void> = Promise.resolve();
  readonly #queue = { bytes: 0 };
  #segment: OpenSegment | undefined;
  #retryAtMs = 0;
  #lastEndMs: number | undefined;
  #errorCode: string | undefined;
  #frames = 0;
  #segments = 0;
  #sizeBytes = 0;
  #isClosed = false;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    const { cameraId, stream, segments: log, openGap: open } = deps;
    this.#gaps = new GapTracker({ cameraId, stream, log, open });
  }

  /** Of what is closed and announced. */
  get counters(): RecorderCounters {
    return {
      frames: this.#frames,
      segments: this.#segments,
      sizeBytes: this.#sizeBytes,
      gaps: this.#gaps.opened,
      errorCode: this.#errorCode,
    };
  }

  onAccessUnit(unit: AccessUnit): void {
    if (this.#isClosed) return;
    const segment = this.#segment;
    if (segment) {
      const isOver = unit.pts90k - segment.startPts90k >= this.#deps.segmentSeconds * 90_000;
      if (unit.format !== segment.format || (unit.isKeyFrame && isOver)) this.#endSegment(unit.pts90k);
    }
    if (!this.#segment) {
      if (!unit.isKeyFrame || this.#deps.clock.monotonicMs() < this.#retryAtMs) return;
      this.#segment = this.#startSegment(unit);
    }
    const fragment = this.#segment.muxer.push(unit);
    if (fragment) this.#segment.file.append(fragment);
  }

  onDiscontinuity(cause: GapCause): void {
    this.interrupt(cause, undefined);
  }

  /** The stream broke off: ends the file and opens a gap, unless one is open. */
  interrupt(cause: GapCause, errorCode: string | undefined): void {
    if (this.#isClosed) return;
    this.#endSegment(undefined);
    this.#openGapLater(cause, errorCode);
  }

  /** Ends the file, waits until all is written, and leaves a gap open that says why. Safe to call twice. */
  async close(cause: GapCause = 'service_stopped'): Promise<void> {
    if (!this.#isClosed) {
      this.#endSegment(undefined);
      this.#isClosed = true;
      this.#openGapLater(cause, undefined);
    }
    await this.#work;
  }

  #openGapLater(cause: GapCause, errorCode: string | undefined): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#doLater(() => this.#gaps.open(cause, this.#lastEndMs ?? nowMs, errorCode));
  }

  #doLater(work: () => void | Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#deps.log.error(`the recorder: ${describeError(error)}`);
    });
  }

  #startSegment(unit: AccessUnit): OpenSegment {
    const { cameraId, stream, folder, minimumFreeMb, maxQueuedBytes } = this.#deps;
    const startMs = unit.wallMs;
    const segmentId = uuidv7(startMs);
    const path = segmentPath({ cameraId, stream, segmentId, startMs });
    const file = new SegmentFile({
      folder,
      path,
      init: buildInitSegment(unit.format),
      after: this.#work,
      minimumFreeBytes: minimumFreeMb * 1e6,
      queue: this.#queue,
      maxQueuedBytes: maxQueuedBytes ?? DEFAULT_MAX_QUEUED_BYTES,
      onOpened: () => {
        this.#errorCode = undefined;
        this.#gaps.close(startMs);
      },
      onFailed: (error, written) => this.#fail(error, segmentId, startMs + Math.round(written.duration90k / 90)),
    });
    const { format, pts90k: startPts90k } = unit;
    return { segmentId, path, startMs, startPts90k, format, muxer: new Fmp4Muxer(), file };
  }

  #endSegment(nextPts90k: number | undefined): void {
    const segment = this.#segment;
    if (!segment) return;
    this.#segment = undefined;
    const last = nextPts90k === undefined ? segment.muxer.flushBroken() : segment.muxer.flush(nextPts90k);
    if (last) segment.file.append(last);
    this.#doLater(() => this.#finish(segment));
  }

  async #finish(segment: OpenSegment): Promise<void> {
    const { cameraId, stream, segments } = this.#deps;
    const written = await segment.file.finish();
    if (!written) return;
    this.#lastEndMs = endMs(segment, written.duration90k);
    this.#frames += written.frames;
    this.#segments++;
    this.#sizeBytes += written.sizeBytes;
    segments.appendSegment({
      segmentId: segment.segmentId,
      cameraId,
      stream,
      path: segment.path,
      startMs: segment.startMs,
      endMs: this.#lastEndMs,
      frames: written.frames,
      sizeBytes: written.sizeBytes,
      codecString: segment.format.codecString,
      widthPx: segment.format.widthPx,
      heightPx: segment.format.heightPx,
    });
  }

  /** @param lostFromMs where that file's pictures end */
  #fail(error: AppError, segmentId: string, lostFromMs: number): void {
    const { clock, log } = this.#deps;
    const failed = this.#segment?.segmentId === segmentId ? this.#segment : undefined;
    log.warn({ code: error.code }, describeError(error));
    if (failed) {
      this.#segment = undefined;
      this.#errorCode = error.code;
      this.#retryAtMs = clock.monotonicMs() + DISK_RETRY_MS;
      this.#doLater(() => this.#finish(failed));
    }
    this.#gaps.open(error.code === 'DISK_FULL' ? 'disk_full' : 'disk_error', lostFromMs, error.code);
    this.#lastEndMs = lostFromMs;
  }
}

function endMs(segment: OpenSegment, duration90k: number): number {
  return segment.startMs + Math.round(duration90k / 90);
}
