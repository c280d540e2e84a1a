import type { AppError } from '#infra/runtime/app-error.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { AccessUnit, CameraId, SegmentRecord, StreamKind, VideoFormat } from '../media.ts';
import { buildInitSegment } from '../recorder/fmp4-boxes.ts';
import { type Fragment, Fmp4Muxer } from '../recorder/fmp4-muxer.ts';
import type { RecordingDisk } from '../recorder/recording-disk.ts';
import { SegmentFile } from '../recorder/segment-file.ts';
import { segmentPath } from '../recorder/segment-path.ts';

export interface CardRecorderOptions {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  /** Absolute. */
  readonly folder: string;
  readonly segmentSeconds: number;
  readonly disk: RecordingDisk;
  /**
   * A file is written, and gets its name when this has been done: what a crash leaves without a name was not announced, and
   * what was announced gets its name at the next start.
   */
  onSegment(segment: SegmentRecord): Promise<void>;
}

interface OpenSegment {
  readonly startPts90k: number;
  readonly format: VideoFormat;
  readonly muxer: Fmp4Muxer;
  readonly file: SegmentFile;
}

/** A step in the times that is longer than this is a stretch that the card does not have. */
const HOLE_90K = 1500 * 90;

/**
 * Writes what a card plays back to ordinary files. Nothing here is in a hurry: each write is waited for, so that the card is
 * read no faster than the disk takes it.
 */
export class CardRecorder {
  readonly #options: CardRecorderOptions;
  #segment: OpenSegment | undefined;
  #newestPts90k = 0;
  #failure: AppError | undefined;

  constructor(options: CardRecorderOptions) {
    this.#options = options;
  }

  /** @throws {AppError} `DISK_FULL`, `DISK_SLOW`, `DISK_WRITE_FAILED`; what `onSegment` throws */
  async push(unit: AccessUnit): Promise<void> {
    const segment = this.#segment;
    if (segment) {
      const isHole = unit.pts90k - this.#newestPts90k > HOLE_90K;
      const isOver = unit.pts90k - segment.startPts90k >= this.#options.segmentSeconds * 90_000;
      if (isHole) await this.pause();
      else if (unit.format !== segment.format || (unit.isKeyFrame && isOver)) await this.#end(unit.pts90k);
    }
    if (!this.#segment) {
      if (!unit.isKeyFrame) return;
      this.#newestPts90k = unit.pts90k;
      this.#segment = this.#begin(unit);
    }
    this.#newestPts90k = Math.max(this.#newestPts90k, unit.pts90k);
    const fragment = this.#segment.muxer.push(unit);
    if (fragment) await this.#write(this.#segment, fragment);
  }

  /** What comes next does not follow. */
  async pause(): Promise<void> {
    await this.#end(undefined);
  }

  #begin(unit: AccessUnit): OpenSegment {
    const { cameraId, stream, folder, disk } = this.#options;
    const startMs = Math.round(unit.wallMs);
    const segmentId = uuidv7(startMs);
    const path = segmentPath({ cameraId, stream, segmentId, startMs, source: 'card' });
    const { format } = unit;
    const file = new SegmentFile({
      folder,
      path,
      init: buildInitSegment(format),
      after: Promise.resolve(),
      disk,
      beforeNaming: async ({ frames, duration90k, sizeBytes }) => {
        const { codecString, widthPx, heightPx } = format;
        const endMs = startMs + Math.round(duration90k / 90);
        await this.#options.onSegment({
          ...{ segmentId, cameraId, stream, path, startMs, endMs, frames, sizeBytes },
          ...{ codecString, widthPx, heightPx, source: 'card' },
        });
      },
      onWritten: () => undefined,
      onFailed: (error) => {
        this.#failure ??= error;
      },
    });
    return { startPts90k: unit.pts90k, format, muxer: new Fmp4Muxer(), file };
  }

  async #write({ file }: OpenSegment, fragment: Fragment): Promise<void> {
    file.append(fragment);
    await file.settled();
    if (!this.#failure) return;
    this.#segment = undefined;
    await file.finish();
    throw this.#failure;
  }

  async #end(nextPts90k: number | undefined): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    if (!segment) return;
    const { muxer, file } = segment;
    const last = nextPts90k === undefined ? muxer.flushBroken() : muxer.flush(nextPts90k);
    if (last) await this.#write(segment, last);
    await file.finish();
    if (this.#failure) throw this.#failure;
  }
}
