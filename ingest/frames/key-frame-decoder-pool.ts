import { type BackoffOptions, backoffDelayMs } from '#infra/runtime/backoff.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { sleep } from '#infra/runtime/supervisor.ts';
import { toAppError } from '#infra/runtime/app-error.ts';
import type { AccessUnit, VideoCodec } from '../media.ts';
import { type DecodableUnit, toDecodableUnit } from './decodable-unit.ts';
import type { FramePool, LentMemory } from './frame-pool.ts';
import { KeyFrameDecoder } from './key-frame-decoder.ts';
import { type PictureSize, rgbSizeBytes, scaledSize } from './picture-size.ts';

export interface DecodedPicture extends PictureSize {
  /** uint8 [heightPx, widthPx, 3], RGB. */
  readonly pixels: SharedArrayBuffer;
  release(): void;
}

export type DecodeResult =
  | { readonly status: 'decoded'; readonly picture: DecodedPicture }
  | {
      /**
       * `refused`: damaged, not a key frame or without parameter sets. `replaced`: a newer one of this camera came while it waited.
       * `no_memory`: all frames are lent. `poisoned`: failed on two processes. `backing_off`: its camera sent poisoned
       * units lately. `no_decoder`: ffmpeg does not start. `closed`: the pool was closed.
       */
      readonly status: 'refused' | 'replaced' | 'no_memory' | 'poisoned' | 'backing_off' | 'no_decoder' | 'closed';
    };

export interface KeyFrameDecoderPoolOptions {
  readonly processes: number;
  readonly maxWidthPx: number;
  readonly frames: FramePool;
  readonly clock: Clock;
  readonly log: Log;
  /** @default ffmpeg */
  readonly ffmpegPath?: string;
  /** @default 2000 */
  readonly timeoutMs?: number;
}

interface Job {
  readonly queue: string;
  readonly unit: DecodableUnit;
  readonly resolve: (result: DecodeResult) => void;
}

interface QueueHealth {
  failures: number;
  resumeMs: number;
}

const POISON_BACKOFF: BackoffOptions = { initialMs: 5000, maxMs: 60_000, jitter: 0.2 };
const START_BACKOFF: BackoffOptions = { initialMs: 500, maxMs: 30_000, jitter: 0.2 };

/**
 * A few decoder processes for the key frames of all cameras. Each camera has at most one unit waiting: the newest wins;
 * cameras take turns in the order in which they began to wait.
 */
export class KeyFrameDecoderPool {
  readonly #options: KeyFrameDecoderPoolOptions;
  readonly #waiting = new Map<string, Job>();
  readonly #health = new Map<string, QueueHealth>();
  readonly #abort = new AbortController();
  readonly #wakers = new Set<() => void>();
  readonly #decoders = new Set<KeyFrameDecoder>();
  readonly #counts = {
    decoded: 0,
    refused: 0,
    replaced: 0,
    no_memory: 0,
    poisoned: 0,
    backing_off: 0,
    no_decoder: 0,
    closed: 0,
  };
  #processesReplaced = 0;
  #loops: readonly Promise<void>[] = [];

  constructor(options: KeyFrameDecoderPoolOptions) {
    this.#options = options;
  }

  /** Results by kind since the start. */
  get counts(): Readonly<Record<DecodeResult['status'], number>> {
    return { ...this.#counts };
  }

  get processesReplaced(): number {
    return this.#processesReplaced;
  }

  get pids(): readonly number[] {
    return [...this.#decoders].flatMap((decoder) => decoder.pid ?? []);
  }

  /** Starts the processes; units may be put in at once, they wait for them. */
  start(): void {
    if (this.#loops.length > 0) return;
    this.#loops = Array.from({ length: this.#options.processes }, () => this.#serve());
  }

  /**
   * @param queue whose turn it is: the camera's id, with a suffix where a camera needs two
   * @returns resolves always; `picture.release()` is then the caller's duty
   */
  decode(queue: string, unit: AccessUnit): Promise<DecodeResult> {
    if (this.#abort.signal.aborted) return Promise.resolve(this.#count({ status: 'closed' }));
    const decodable = unit.isKeyFrame ? toDecodableUnit(unit, 'alone') : undefined;
    if (!decodable) return Promise.resolve(this.#count({ status: 'refused' }));
    if ((this.#health.get(queue)?.resumeMs ?? 0) > this.#options.clock.monotonicMs()) {
      return Promise.resolve(this.#count({ status: 'backing_off' }));
    }
    return new Promise((resolve) => {
      this.#waiting.get(queue)?.resolve(this.#count({ status: 'replaced' }));
      this.#waiting.set(queue, { queue, unit: decodable, resolve });
      const [waker] = this.#wakers;
      waker?.();
    });
  }

  /** Forgets a camera: what waits is dropped, its past failures too. */
  forget(queue: string): void {
    this.#health.delete(queue);
    this.#waiting.get(queue)?.resolve(this.#count({ status: 'replaced' }));
    this.#waiting.delete(queue);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#settleWaiting('closed');
    for (const waker of this.#wakers) waker();
    for (const decoder of this.#decoders) decoder.close();
    await Promise.all(this.#loops);
  }

  #settleWaiting(status: 'closed' | 'no_decoder'): void {
    for (const job of this.#waiting.values()) job.resolve(this.#count({ status }));
    this.#waiting.clear();
  }

  #count(result: DecodeResult): DecodeResult {
    this.#counts[result.status]++;
    return result;
  }

  /** One job after the other, for as long as the pool lives; a process for each codec, the second when it is first asked for. */
  async #serve(): Promise<void> {
    const { signal } = this.#abort;
    const decoders = new Map<VideoCodec, KeyFrameDecoder>();
    const first = await this.#startDecoder('h264');
    if (first) decoders.set('h264', first);
    while (!signal.aborted) {
      const job = await this.#nextJob();
      if (!job) break;
      const { codec } = job.unit;
      const memory = this.#options.frames.lend(rgbSizeBytes(scaledSize(job.unit.size, this.#options.maxWidthPx)));
      if (!memory) {
        job.resolve(this.#count({ status: 'no_memory' }));
        continue;
      }
      let isSettled = false;
      for (let attempt = 0; attempt < 2 && !isSettled; attempt++) {
        const decoder = await this.#usableDecoder(decoders, codec);
        if (!decoder) break;
        isSettled = await this.#attempt(decoder, job, memory, attempt === 1);
      }
      if (!isSettled) {
        memory.release();
        job.resolve(this.#count({ status: 'closed' }));
      }
      // Replaced at once and not with the next job: that one should not wait for a start.
      if (!signal.aborted) await this.#usableDecoder(decoders, codec);
    }
    for (const decoder of decoders.values()) this.#dispose(decoder);
  }

  /** Undefined when the pool was closed meanwhile. */
  async #usableDecoder(
    decoders: Map<VideoCodec, KeyFrameDecoder>,
    codec: VideoCodec,
  ): Promise<KeyFrameDecoder | undefined> {
    const known = decoders.get(codec);
    if (known?.isUsable) return known;
    const started = known ? await this.#replace(known, codec) : await this.#startDecoder(codec);
    if (started) decoders.set(codec, started);
    return started;
  }

  /** @returns true when the job is settled */
  async #attempt(decoder: KeyFrameDecoder, job: Job, memory: LentMemory, isLast: boolean): Promise<boolean> {
    const isDecoded = await decoder.decode(job.unit, new Uint8Array(memory.buffer), this.#options.timeoutMs ?? 2000);
    if (isDecoded) {
      this.#health.delete(job.queue);
      const { widthPx, heightPx } = scaledSize(job.unit.size, this.#options.maxWidthPx);
      const picture: DecodedPicture = { widthPx, heightPx, pixels: memory.buffer, release: () => memory.release() };
      job.resolve(this.#count({ status: 'decoded', picture }));
      return true;
    }
    if (!isLast || this.#abort.signal.aborted) return false;
    memory.release();
    this.#backOff(job.queue);
    job.resolve(this.#count({ status: 'poisoned' }));
    return true;
  }

  #backOff(queue: string): void {
    const failures = this.#health.get(queue)?.failures ?? 0;
    const delayMs = backoffDelayMs(failures, POISON_BACKOFF);
    this.#health.set(queue, { failures: failures + 1, resumeMs: this.#options.clock.monotonicMs() + delayMs });
    this.#options.log.warn({ queue, delayMs }, 'key frame cannot be decoded; its camera waits');
  }

  async #nextJob(): Promise<Job | undefined> {
    while (!this.#abort.signal.aborted) {
      const [job] = this.#waiting.values();
      if (job) {
        this.#waiting.delete(job.queue);
        return job;
      }
      await new Promise<void>((resolve) => {
        const waker = (): void => {
          this.#wakers.delete(waker);
          resolve();
        };
        this.#wakers.add(waker);
      });
    }
    return undefined;
  }

  async #replace(decoder: KeyFrameDecoder, codec: VideoCodec): Promise<KeyFrameDecoder | undefined> {
    this.#dispose(decoder);
    this.#processesReplaced++;
    return this.#startDecoder(codec);
  }

  #dispose(decoder: KeyFrameDecoder): void {
    decoder.close();
    this.#decoders.delete(decoder);
  }

  /** Tries until ffmpeg runs; undefined when the pool was closed meanwhile. */
  async #startDecoder(codec: VideoCodec): Promise<KeyFrameDecoder | undefined> {
    const { clock, log, maxWidthPx } = this.#options;
    for (let attempt = 0; !this.#abort.signal.aborted; attempt++) {
      const decoder = new KeyFrameDecoder({
        codec,
        ffmpegPath: this.#options.ffmpegPath ?? 'ffmpeg',
        maxWidthPx,
        clock,
      });
      this.#decoders.add(decoder);
      try {
        await decoder.warmUp();
        return decoder;
      } catch (error) {
        this.#dispose(decoder);
        if (this.#abort.signal.aborted) return undefined;
        // Nobody is there to take them: a still must not wait for an installation of ffmpeg.
        if (this.#decoders.size === 0) this.#settleWaiting('no_decoder');
        const delayMs = backoffDelayMs(attempt, START_BACKOFF);
        log.error({ code: toAppError(error).code, delayMs }, 'decoder does not start');
        await sleep(delayMs, clock, this.#abort.signal);
      }
    }
    return undefined;
  }
}
