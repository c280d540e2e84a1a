import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { AnalysisProfile } from '../cameras/camera.ts';
import type { ReadableHub } from '../hub/readable-hub.ts';
import type { AccessUnit, CameraId, Frame, StreamKind } from '../media.ts';
import { ContinuousDecoder } from './continuous-decoder.ts';
import type { FramePool } from './frame-pool.ts';
import type { DecodedPicture, KeyFrameDecoderPool } from './key-frame-decoder-pool.ts';

export interface FrameSamplerOptions {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  readonly hub: ReadableHub;
  readonly profile: AnalysisProfile;
  readonly keyFrameDecoders: KeyFrameDecoderPool;
  /** Memory for `fps` profiles; that of key frames comes from the decoders' own pool. */
  readonly frames: FramePool;
  readonly maxWidthPx: number;
  /** Must release each frame. Called in the order of the stream; a key frame overtaken by a newer one is left out. */
  readonly onFrame: (frame: Frame) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** @default ffmpeg */
  readonly ffmpegPath?: string;
}

/** Picks the pictures of one stream that are analysed, as the camera's profile says, and decodes them. */
export class FrameSampler {
  readonly #options: FrameSamplerOptions;
  readonly #queue: string;
  #detach: (() => void) | undefined;
  #continuous: ContinuousDecoder | undefined;
  #unitsTaken = 0;
  #lastGiven = 0;
  #isClosed = false;
  #framesGiven = 0;

  constructor(options: FrameSamplerOptions) {
    this.#options = options;
    this.#queue = `${options.cameraId}/${options.stream}`;
  }

  get framesGiven(): number {
    return this.#framesGiven;
  }

  start(): void {
    const { hub, profile, frames, maxWidthPx, clock, log, ffmpegPath } = this.#options;
    if (this.#detach || this.#isClosed || profile.mode === 'off') return;
    if (profile.mode === 'fps') {
      this.#continuous = new ContinuousDecoder({
        fps: profile.fps,
        onPicture: (picture, unit) => this.#give(picture, unit, ++this.#unitsTaken),
        frames,
        maxWidthPx,
        clock,
        log,
        ...(ffmpegPath === undefined ? {} : { ffmpegPath }),
      });
    }
    // Begin with what the hub remembers: the first picture need not wait for the next key frame.
    const units = this.#continuous ? 'all' : 'key-frames';
    const beginWith = this.#continuous ? 'gop' : 'key-frame';
    this.#detach = hub.attach(
      {
        name: `frames:${profile.mode}`,
        onAccessUnit: (unit) => this.#take(unit),
        onDiscontinuity: () => this.#continuous?.reset(),
      },
      { units, beginWith },
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#detach?.();
    this.#continuous?.close();
    this.#options.keyFrameDecoders.forget(this.#queue);
  }

  #take(unit: AccessUnit): void {
    if (this.#continuous) this.#continuous.push(unit);
    else if (unit.isKeyFrame) void this.#decodeKeyFrame(unit);
  }

  async #decodeKeyFrame(unit: AccessUnit): Promise<void> {
    const number = ++this.#unitsTaken;
    // Never rejects; what cannot be decoded is counted by the pool.
    const result = await this.#options.keyFrameDecoders.decode(this.#queue, unit);
    if (result.status === 'decoded') this.#give(result.picture, unit, number);
  }

  #give(picture: DecodedPicture, unit: Pick<AccessUnit, 'pts90k' | 'wallMs'>, number: number): void {
    // Two processes may finish out of order: the newest frame wins.
    if (this.#isClosed || number < this.#lastGiven) return picture.release();
    this.#lastGiven = number;
    this.#framesGiven++;
    const { cameraId, stream, onFrame } = this.#options;
    const { widthPx, heightPx, pixels } = picture;
    const { pts90k, wallMs } = unit;
    onFrame({ cameraId, stream, pts90k, wallMs, widthPx, heightPx, pixels, release: () => picture.release() });
  }
}
