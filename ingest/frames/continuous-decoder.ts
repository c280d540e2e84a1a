import { type BackoffOptions, backoffDelayMs } from '#infra/runtime/backoff.ts';
import type { AppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { ingestErrors } from '../errors.ts';
import type { AccessUnit, VideoCodec } from '../media.ts';
import { type DecodableUnit, toDecodableUnit } from './decodable-unit.ts';
import { DecoderProcess } from './decoder-process.ts';
import type { FramePool, LentMemory } from './frame-pool.ts';
import type { DecodedPicture } from './key-frame-decoder-pool.ts';

export interface ContinuousDecoderOptions {
  /** Pictures a second that are given out; all are decoded. */
  readonly fps: number;
  readonly maxWidthPx: number;
  readonly frames: FramePool;
  /** Release each picture. */
  readonly onPicture: (picture: DecodedPicture, unit: Pick<AccessUnit, 'pts90k' | 'wallMs'>) => void;
  readonly clock: Clock;
  readonly log: Log;
  /** @default ffmpeg */
  readonly ffmpegPath?: string;
}

interface Expected {
  readonly pts90k: number;
  readonly wallMs: number;
  readonly writtenMs: number;
  memory: LentMemory | undefined;
}

/** Who is further behind than any of these goes on with the next key frame. */
const MAX_DELAY_MS = 1500;
const MAX_BACKLOG_SIZE_BYTES = 1024 * 1024;
const MAX_EXPECTED = 64;
const HANG_TIMEOUT_MS = 5000;
const RESTART_BACKOFF: BackoffOptions = { initialMs: 500, maxMs: 30_000, jitter: 0.2 };
const HEALTHY_AFTER_MS = 30_000;

/**
 * Decodes every picture of one stream and gives out some of them, `fps` a second, each matched to its access unit by time
 * stamp. After a gap or a complaint of the decoder nothing is given out until the next key frame; restarts by itself.
 */
export class ContinuousDecoder {
  readonly #options: ContinuousDecoderOptions;
  /** The units whose pictures are wanted, by the time stamp that they went in with. */
  readonly #expected = new Map<number, Expected>();
  #process: DecoderProcess | undefined;
  #codec: VideoCodec | undefined;
  #startedMs = 0;
  #mayStartMs = 0;
  #failures = 0;
  #isWaitingForKey = true;
  #firstPts90k = 0;
  #lastPts90k = 0;
  #nextWantedPts90k = 0;
  #isClosed = false;
  readonly #counts = { given: 0, noMemory: 0, restarts: 0, behind: 0 };

  constructor(options: ContinuousDecoderOptions) {
    this.#options = options;
  }

  /** Since the start: pictures given out, lost for want of memory, restarts, jumps to a key frame because of being behind. */
  get counts(): Readonly<{ given: number; noMemory: number; restarts: number; behind: number }> {
    return { ...this.#counts };
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Takes every unit of the stream, in decoding order. Never waits. */
  push(unit: AccessUnit): void {
    if (this.#isClosed) return;
    const decodable = toDecodableUnit(unit, this.#isWaitingForKey ? 'first' : 'next');
    if (!decodable) {
      this.#isWaitingForKey = true;
      return;
    }
    if (this.#isWaitingForKey && !unit.isKeyFrame) return;
    // A new session: its time counts from 0 again. Or a camera that was set to another codec.
    const isOther = unit.pts90k <= this.#lastPts90k || unit.format.codec !== this.#codec;
    if (this.#process && unit.isKeyFrame && isOther) this.#stop();
    if (this.#oldestDelayMs() > HANG_TIMEOUT_MS)
      this.#onEnd(ingestErrors.PICTURE_UNDECODABLE({ detail: 'decoder hangs' }));
    if (!this.#process && (!unit.isKeyFrame || !this.#start(unit))) return;
    if (this.#isBehind()) {
      this.#counts.behind++;
      this.#isWaitingForKey = true;
      return;
    }
    this.#isWaitingForKey = false;
    this.#write(unit, decodable);
  }

  /** The stream broke off. */
  reset(): void {
    this.#isWaitingForKey = true;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #start(unit: AccessUnit): boolean {
    const { clock, maxWidthPx, ffmpegPath } = this.#options;
    if (clock.monotonicMs() < this.#mayStartMs) return false;
    this.#startedMs = clock.monotonicMs();
    this.#firstPts90k = unit.pts90k;
    this.#lastPts90k = unit.pts90k - 1;
    this.#nextWantedPts90k = unit.pts90k;
    this.#codec = unit.format.codec;
    this.#process = new DecoderProcess(
      // The lowest bit of the time stamp says whether the picture is wanted.
      { codec: this.#codec, ffmpegPath: ffmpegPath ?? 'ffmpeg', maxWidthPx, select: "select='mod(pts\\,2)'" },
      {
        memoryFor: (timestampMs, sizeBytes) => this.#memoryFor(timestampMs, sizeBytes),
        onPicture: (timestampMs, picture) => this.#onPicture(timestampMs, picture),
        onFailure: () => this.#onEnd(ingestErrors.PICTURE_UNDECODABLE()),
        onExit: (error) => this.#onEnd(error),
      },
    );
    return true;
  }

  #write(unit: AccessUnit, decodable: DecodableUnit): void {
    const { fps, clock } = this.#options;
    const isWanted = unit.pts90k >= this.#nextWantedPts90k;
    const timestampMs = 2 * Math.round((unit.pts90k - this.#firstPts90k) / 90) + (isWanted ? 1 : 0);
    this.#lastPts90k = Math.max(this.#lastPts90k, unit.pts90k);
    if (isWanted) {
      const step90k = 90_000 / fps;
      // Keeps its beat, so that 25 a second thinned to 4 gives 4; starts anew after a gap. The slack takes up rounding.
      const isOnBeat = unit.pts90k - this.#nextWantedPts90k < step90k;
      this.#nextWantedPts90k = (isOnBeat ? this.#nextWantedPts90k : unit.pts90k - PTS_SLACK_90K) + step90k;
      const { pts90k, wallMs } = unit;
      this.#expected.set(timestampMs, { pts90k, wallMs, writtenMs: clock.monotonicMs(), memory: undefined });
    }
    this.#process?.write(timestampMs, decodable);
  }

  #isBehind(): boolean {
    const backlogSizeBytes = this.#process?.backlogSizeBytes ?? 0;
    return (
      this.#oldestDelayMs() > MAX_DELAY_MS ||
      backlogSizeBytes > MAX_BACKLOG_SIZE_BYTES ||
      this.#expected.size >= MAX_EXPECTED
    );
  }

  /** How long the oldest wanted picture has been waited for. */
  #oldestDelayMs(): number {
    const [oldest] = this.#expected.values();
    return oldest ? this.#options.clock.monotonicMs() - oldest.writtenMs : 0;
  }

  #memoryFor(timestampMs: number, sizeBytes: number): Uint8Array | undefined {
    const expected = this.#expected.get(timestampMs);
    if (!expected) return undefined;
    expected.memory = this.#options.frames.lend(sizeBytes);
    if (!expected.memory) this.#counts.noMemory++;
    return expected.memory && new Uint8Array(expected.memory.buffer);
  }

  #onPicture(
    timestampMs: number,
    { widthPx, heightPx, isFaulty }: { widthPx: number; heightPx: number; isFaulty: boolean },
  ): void {
    const expected = this.#expected.get(timestampMs);
    if (isFaulty) return this.#onEnd(ingestErrors.PICTURE_UNDECODABLE());
    if (!expected) return;
    // The pictures of older units, if they did not come by now, never come.
    for (const [older, { memory }] of this.#expected) {
      if (older > timestampMs) continue;
      this.#expected.delete(older);
      if (older !== timestampMs) memory?.release();
    }
    const { memory, pts90k, wallMs } = expected;
    if (!memory) return;
    this.#counts.given++;
    const release = (): void => memory.release();
    this.#options.onPicture({ widthPx, heightPx, pixels: memory.buffer, release }, { pts90k, wallMs });
  }

  /** The decoder's state is not to be trusted: it starts again with a key frame, later each time. */
  #onEnd(error: AppError): void {
    const { clock, log } = this.#options;
    this.#stop();
    if (clock.monotonicMs() - this.#startedMs > HEALTHY_AFTER_MS) this.#failures = 0;
    const delayMs = backoffDelayMs(this.#failures++, RESTART_BACKOFF);
    this.#mayStartMs = clock.monotonicMs() + delayMs;
    this.#counts.restarts++;
    log.debug({ code: error.code, delayMs }, 'continuous decoder starts again');
  }

  #stop(): void {
    this.#process?.kill();
    this.#process = undefined;
    this.#isWaitingForKey = true;
    for (const { memory } of this.#expected.values()) memory?.release();
    this.#expected.clear();
  }
}

const PTS_SLACK_90K = 45;
