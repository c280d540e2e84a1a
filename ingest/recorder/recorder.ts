import { type AppError, describeError } from '#infra/runtime/app-error.ts';
import { backoffDelayMs } from '#infra/runtime/backoff.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type {
  AccessUnit,
  AudioFormat,
  AudioFrame,
  CameraId,
  GapCause,
  PlannedGapCause,
  RecordingGap,
  StreamKind,
  VideoFormat,
} from '../media.ts';
import type { SegmentLog } from '../ports.ts';
import { buildInitSegment } from './fmp4-boxes.ts';
import { Fmp4Muxer } from './fmp4-muxer.ts';
import { GapTracker } from './gap-tracker.ts';
import { PendingSound } from './pending-sound.ts';
import type { RecordingDisk } from './recording-disk.ts';
import { type OpenFile, SegmentFile } from './segment-file.ts';
import { segmentPath } from './segment-path.ts';
import type { PausableRecorder, RecorderCounters } from './stream-recording.ts';

export interface RecorderDeps {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  /** Absolute. */
  readonly folder: string;
  readonly segmentSeconds: number;
  readonly segments: SegmentLog;
  readonly clock: Clock;
  readonly log: Log;
  /** One for all recorders of the process. */
  readonly disk: RecordingDisk;
  /** The gap that the recorder before this one left open. */
  readonly continues?: RecordingGap | undefined;
  readonly openFile?: OpenFile;
}

interface OpenSegment {
  readonly segmentId: string;
  readonly path: string;
  readonly startMs: number;
  readonly startPts90k: number;
  readonly format: VideoFormat;
  readonly sound: AudioFormat | undefined;
  readonly muxer: Fmp4Muxer;
  readonly file: SegmentFile;
}

/** While no file is open: enough for one that begins with pictures of the past seconds. */
const KEPT_SOUND_90K = 12 * 90_000;
const DISK_RETRY = { initialMs: 1000, maxMs: 30_000, jitter: 0.2 };
const CAUSES: Readonly<Record<string, GapCause>> = { DISK_FULL: 'disk_full', DISK_SLOW: 'disk_slow' };

/**
 * Writes one stream to fragmented MP4 files, cut at key frames, and announces each when it is closed. Never slows the
 * camera: while the disk is full, too slow or failing it refuses, opens a gap that says so, and tries again with a new
 * file: after a second, then twice as long each time, 30 s at most.
 */
export class Recorder implements PausableRecorder {
  readonly name = 'recorder';
  readonly letsGo = true;
  readonly isPatient = true;
  readonly #deps: RecorderDeps;
  readonly #gaps: GapTracker;
  /** Closing files and opening gaps, one after the other, so that rows come in the order of what happened. */
  #work: Promise<void> = Promise.resolve();
  #segment: OpenSegment | undefined;
  readonly #sound = new PendingSound();
  /** A file whose pictures are written; the last of its sound is on its way. */
  #late: { readonly segment: OpenSegment; readonly end90k: number } | undefined;
  #retryAtMs = 0;
  #failures = 0;
  /** Takes nothing more, but what it took is still being written. */
  #refusedId: string | undefined;
  #lastEndMs: number | undefined;
  #errorCode: string | undefined;
  #frames = 0;
  #segments = 0;
  #sizeBytes = 0;
  #isClosed = false;

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#gaps = new GapTracker({
      cameraId: deps.cameraId,
      stream: deps.stream,
      log: deps.segments,
      continues: deps.continues,
    });
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

  get openGap(): RecordingGap | undefined {
    return this.#gaps.current;
  }

  onAccessUnit(unit: AccessUnit): void {
    if (this.#isClosed) return;
    const segment = this.#segment;
    if (segment) {
      const isOver = unit.pts90k - segment.startPts90k >= this.#deps.segmentSeconds * 90_000;
      const isOtherSound = unit.isKeyFrame && this.#soundFormat !== segment.sound;
      if (unit.format !== segment.format || isOtherSound || (unit.isKeyFrame && isOver)) this.#endSegment(unit.pts90k);
    }
    if (!this.#segment) {
      if (!unit.isKeyFrame || this.#deps.clock.monotonicMs() < this.#retryAtMs) return;
      this.#segment = this.#startSegment(unit);
    }
    // Sound that has not come by the end of the next group of pictures is not waited for.
    if (unit.isKeyFrame && unit.pts90k !== this.#late?.end90k) this.#finishLate();
    const fragment = this.#segment.muxer.push(unit);
    if (fragment) this.#segment.file.append(fragment);
  }

  onAudioFrame(frame: AudioFrame): void {
    if (this.#isClosed) return;
    if (this.#late && frame.pts90k >= this.#late.end90k) this.#finishLate();
    this.#sound.push(frame, this.#deps.clock.monotonicMs());
    if (!this.#segment) this.#sound.takeUntil(frame.pts90k - KEPT_SOUND_90K);
  }

  get #soundFormat(): AudioFormat | undefined {
    return this.#sound.formatAt(this.#deps.clock.monotonicMs());
  }

  onDiscontinuity(cause: GapCause): void {
    this.interrupt(cause, undefined);
  }

  /** The stream broke off: ends the file and opens a gap, unless one is open that says why. */
  interrupt(cause: GapCause, errorCode: string | undefined, atMs?: number): void {
    if (this.#isClosed) return;
    this.#endSegment(undefined);
    this.#openGapLater(cause, errorCode, atMs);
  }

  pause(cause: PlannedGapCause, unit: AccessUnit): void {
    if (this.#isClosed) return;
    const wasWriting = this.#segment !== undefined;
    this.#endSegment(unit.pts90k);
    // No picture follows for a while that would end the wait for the last of its sound.
    this.#finishLate();
    this.#doLater(() => this.#gaps.open(cause, (wasWriting ? this.#lastEndMs : undefined) ?? unit.wallMs, undefined));
  }

  /** Ends the file, waits until all is written, and leaves a gap open that says why. Safe to call twice. */
  async close(cause: GapCause = 'service_stopped', atMs?: number): Promise<void> {
    if (!this.#isClosed) {
      this.#endSegment(undefined);
      this.#isClosed = true;
      this.#openGapLater(cause, undefined, atMs);
    }
    await this.#work;
  }

  #openGapLater(cause: GapCause, errorCode: string | undefined, atMs: number | undefined): void {
    const nowMs = this.#deps.clock.nowMs();
    this.#doLater(() => this.#gaps.open(cause, atMs ?? this.#lastEndMs ?? nowMs, errorCode));
  }

  #doLater(work: () => void | Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#deps.log.error(`the recorder: ${describeError(error)}`);
    });
  }

  #startSegment(unit: AccessUnit): OpenSegment {
    const { cameraId, stream, folder, disk, openFile } = this.#deps;
    const startMs = unit.wallMs;
    const segmentId = uuidv7(startMs);
    const path = segmentPath({ cameraId, stream, segmentId, startMs });
    const sound = this.#soundFormat;
    const file = new SegmentFile({
      folder,
      path,
      init: buildInitSegment(unit.format, sound),
      after: this.#work,
      disk,
      ...(openFile ? { openFile } : {}),
      onWritten: () => {
        this.#gaps.close(startMs);
        if (this.#refusedId === segmentId) return;
        this.#errorCode = undefined;
        this.#failures = 0;
      },
      onFailed: (error, written) => this.#fail(error, segmentId, startMs + Math.round(written.duration90k / 90)),
    });
    const { format, pts90k: startPts90k } = unit;
    const muxer = new Fmp4Muxer(sound && { format: sound, pending: this.#sound });
    return { segmentId, path, startMs, startPts90k, format, sound, muxer, file };
  }

  #endSegment(nextPts90k: number | undefined): void {
    this.#finishLate();
    const segment = this.#segment;
    this.#segment = undefined;
    if (segment) this.#writeRest(segment, nextPts90k);
    // What comes after a break counts its time anew.
    if (nextPts90k === undefined) this.#sound.clear();
  }

  #writeRest(segment: OpenSegment, nextPts90k: number | undefined): void {
    const last = nextPts90k === undefined ? segment.muxer.flushBroken() : segment.muxer.flush(nextPts90k);
    if (last) segment.file.append(last);
    if (nextPts90k !== undefined && segment.sound) this.#late = { segment, end90k: nextPts90k };
    else this.#doLater(() => this.#finish(segment));
  }

  #finishLate(): void {
    const late = this.#late;
    if (!late) return;
    this.#late = undefined;
    const sound = late.segment.muxer.flushSound(late.end90k);
    if (sound) late.segment.file.append(sound);
    this.#doLater(() => this.#finish(late.segment));
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
      codecString: [segment.format.codecString, ...(segment.sound ? [segment.sound.codecString] : [])].join(','),
      widthPx: segment.format.widthPx,
      heightPx: segment.format.heightPx,
    });
  }

  /** @param lostFromMs where that file's pictures end */
  #fail(error: AppError, segmentId: string, lostFromMs: number): void {
    const { clock, log } = this.#deps;
    const failed = this.#segment?.segmentId === segmentId ? this.#segment : undefined;
    const cause = CAUSES[error.code] ?? 'disk_error';
    log.warn({ code: error.code }, describeError(error));
    if (failed) {
      this.#segment = undefined;
      this.#refusedId = segmentId;
      this.#errorCode = error.code;
      this.#retryAtMs = clock.monotonicMs() + backoffDelayMs(this.#failures++, DISK_RETRY);
      this.#doLater(() => this.#finish(failed));
    }
    if (error.code === 'DISK_SLOW') {
      // What it took is still to be written, and that closes the gap before this one.
      this.#doLater(() => this.#gaps.open(cause, lostFromMs, error.code));
      return;
    }
    this.#gaps.open(cause, lostFromMs, error.code);
    this.#lastEndMs = lostFromMs;
  }
}

function endMs(segment: OpenSegment, duration90k: number): number {
  return segment.startMs + Math.round(duration90k / 90);
}
