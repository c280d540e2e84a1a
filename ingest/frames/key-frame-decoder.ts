import type { AppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { ingestErrors } from '../errors.ts';
import type { VideoCodec } from '../media.ts';
import type { DecodableUnit } from './decodable-unit.ts';
import { DecoderProcess } from './decoder-process.ts';
import { type PictureSize, rgbSizeBytes, scaledSize } from './picture-size.ts';

/** A grey 64×64 picture: a new process shows with it that it works, and pays for its start. */
const WARM_UP: Readonly<Record<VideoCodec, DecodableUnit>> = {
  h264: warmUpUnit('h264', ['Z0LACqYREJsBEAAAAwAQAAADACDxImEY', 'aMhCDyyA', 'ZYiCAr5MUAAQLZOTk6666666666668A=']),
  h265: warmUpUnit('h265', [
    'QAEMAf//BAgAAAMAn6gAAAMAAB66AkA=',
    'QgEBBAgAAAMAn6gAAAMAAB6gIIEFlukpMLwFoCAAAAMAIAAAAwFB',
    'RAHAcYES',
    'KAGt4NEXznMji4A=',
  ]),
};

function warmUpUnit(codec: VideoCodec, nalUnits: readonly string[]): DecodableUnit {
  const parts = nalUnits.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), Buffer.from(nal, 'base64')]);
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
  return { codec, parts, sizeBytes, isKeyFrame: true, size: { widthPx: 64, heightPx: 64 } };
}

const WARM_UP_TIMEOUT_MS = 10_000;

interface Job {
  readonly number: number;
  readonly expected: PictureSize;
  readonly target: Uint8Array;
  readonly finish: (isDecoded: boolean) => void;
}

/**
 * One process that decodes one key frame of one codec at a time. The picture is matched to its job by number; after any failure the
 * decoder's state is dirty (it can spoil the next picture), so it is not used again.
 */
export class KeyFrameDecoder {
  readonly #codec: VideoCodec;
  readonly #clock: Clock;
  readonly #process: DecoderProcess;
  readonly #maxWidthPx: number;
  #job: Job | undefined;
  #lastNumber = 0;
  #exit: AppError | undefined;

  constructor(options: {
    readonly codec: VideoCodec;
    readonly ffmpegPath: string;
    readonly maxWidthPx: number;
    readonly clock: Clock;
  }) {
    this.#codec = options.codec;
    this.#clock = options.clock;
    this.#maxWidthPx = options.maxWidthPx;
    this.#process = new DecoderProcess(options, {
      memoryFor: (number, sizeBytes) => {
        const job = this.#job;
        return job?.number === number && job.target.length === sizeBytes ? job.target : undefined;
      },
      onPicture: (number, picture) => {
        const job = this.#job;
        if (job?.number !== number) return;
        const { widthPx, heightPx } = job.expected;
        job.finish(!picture.isFaulty && picture.widthPx === widthPx && picture.heightPx === heightPx);
      },
      onFailure: () => this.#job?.finish(false),
      onExit: (error) => {
        this.#exit = error;
        this.#job?.finish(false);
      },
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** False after a failure: close it and take another. */
  get isUsable(): boolean {
    return this.#exit === undefined;
  }

  /** @throws {AppError} `DECODER_UNAVAILABLE` when ffmpeg does not start or decodes nothing */
  async warmUp(): Promise<void> {
    const unit = WARM_UP[this.#codec];
    const target = new Uint8Array(rgbSizeBytes(unit.size));
    if (await this.decode(unit, target, WARM_UP_TIMEOUT_MS)) return;
    const exit = this.#exit;
    throw exit?.code === 'DECODER_UNAVAILABLE' ? exit : ingestErrors.DECODER_UNAVAILABLE({ detail: 'warm-up' }, exit);
  }

  /**
   * @param target of the scaled picture's exact size; holds it when true comes back, anything otherwise
   * @returns false when the unit gave no sound picture in time; the process is ended then
   */
  decode(unit: DecodableUnit, target: Uint8Array, timeoutMs: number): Promise<boolean> {
    if (this.#job) throw new Error('one job at a time');
    if (this.#exit) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => this.#job?.finish(false), timeoutMs);
      const finish = (isDecoded: boolean): void => {
        timer.cancel();
        this.#job = undefined;
        if (!isDecoded) this.close();
        resolve(isDecoded);
      };
      const expected = scaledSize(unit.size, this.#maxWidthPx);
      this.#job = { number: ++this.#lastNumber, expected, target, finish };
      this.#process.write(this.#lastNumber, unit);
    });
  }

  close(): void {
    this.#exit ??= ingestErrors.PICTURE_UNDECODABLE();
    this.#process.kill();
    this.#job?.finish(false);
  }
}
