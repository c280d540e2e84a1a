import type { ReadableHub } from '#ingest/hub/readable-hub.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { streamingErrors } from '../errors.ts';
import { H264Transcoding } from './h264-transcoding.ts';

export interface TranscodedStream {
  /** H.264, from the next key frame on. */
  readonly hub: ReadableHub;
  /** Called once, when ffmpeg gave up. */
  onEnded(listener: () => void): void;
  /** Gives the slot back; idempotent. */
  release(): void;
}

export interface TranscoderDeps {
  /** At most so many cameras at once; 0: none. */
  readonly slots: number;
  readonly clock: Clock;
  readonly log: Log;
  /** @default ffmpeg */
  readonly ffmpegPath?: string;
}

/**
 * Makes H.264 of H.265 while somebody watches, for a set number of cameras at once. Nobody who watches is put out for
 * somebody who comes later: with all slots taken the newcomer is told so.
 */
export class Transcoder {
  readonly #deps: TranscoderDeps;
  readonly #open = new Set<H264Transcoding>();

  constructor(deps: TranscoderDeps) {
    this.#deps = deps;
  }

  get used(): number {
    return this.#open.size;
  }

  /**
   * @param source of H.265
   * @throws {AppError} `LIVE_TRANSCODING_BUSY`, `LIVE_CODEC_NOT_RELAYED` without slots at all
   */
  open(cameraId: string, source: ReadableHub): TranscodedStream {
    const { slots, clock, log, ffmpegPath = 'ffmpeg' } = this.#deps;
    if (slots === 0) throw streamingErrors.LIVE_CODEC_NOT_RELAYED({ cameraId });
    if (this.#open.size >= slots) throw streamingErrors.LIVE_TRANSCODING_BUSY({ cameraId, slots });
    const listeners: (() => void)[] = [];
    const release = (): void => {
      transcoding.close();
      this.#open.delete(transcoding);
    };
    const transcoding = new H264Transcoding({
      ...{ source, clock, ffmpegPath, log: log.child({ cameraId }) },
      onEnded: () => {
        release();
        for (const listener of listeners) listener();
      },
    });
    this.#open.add(transcoding);
    return { hub: transcoding.hub, onEnded: (listener) => void listeners.push(listener), release };
  }

  close(): void {
    for (const transcoding of this.#open) transcoding.close();
    this.#open.clear();
  }
}
