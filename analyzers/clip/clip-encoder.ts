import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { ingestErrors } from '#ingest/errors.ts';
import { lowerPriority } from '#ingest/frames/low-priority.ts';
import { analyzerErrors } from '../errors.ts';
import { scaleRegion } from '../imaging/scale.ts';
import type { Picture } from '../packs/model-pack.ts';

/** Pictures a second of a clip. */
export const CLIP_FPS = 15;
/** For longer, a picture is not shown as if it were the next moment's: the clip is blank. */
const HELD_SLOTS = 1.5 * CLIP_FPS;
const BLANK_LEVEL = 48;
const MOST_COMPLAINT_LENGTH = 2000;

interface ClipEncoderOptions {
  /** Written anew. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** @default ffmpeg */
  readonly ffmpegPath?: string | undefined;
}

/** What a clip shows; its length in the file is the same. */
export interface ClipSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Encodes pictures as H.264 in an MP4 that browsers play while they load it: without sound, without metadata, at a constant rate. A
 * moment without a picture shows the one before, and nothing after 1.5 s. Runs at a low priority.
 */
export class ClipEncoder {
  readonly #options: ClipEncoderOptions;
  #child: ChildProcessByStdio<Writable, null, Readable> | undefined;
  #ended: Promise<void> | undefined;
  #first: { readonly picture: Picture; readonly timeMs: number } | undefined;
  #last: Picture | undefined;
  #slots = 0;

  constructor(options: ClipEncoderOptions) {
    this.#options = options;
  }

  /**
   * In the order of time; of two in the same fifteenth of a second the first is shown.
   * @throws {AppError} `CLIP_ENCODER_MISSING`, `CLIP_NOT_ENCODED`, `DECODER_UNAVAILABLE`
   */
  async write(picture: Picture, timeMs: number): Promise<void> {
    this.#first ??= { picture, timeMs };
    const slot = Math.round(((timeMs - this.#first.timeMs) / 1000) * CLIP_FPS);
    if (slot < this.#slots) return;
    const { widthPx, heightPx } = this.#first.picture;
    const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
    // Another stream of the same camera, after its settings were changed.
    const isOther = picture.widthPx !== widthPx || picture.heightPx !== heightPx;
    const shown = isOther ? await scaleRegion(picture, whole, widthPx, heightPx) : picture;
    const since = this.#slots;
    while (this.#slots < slot)
      await this.#put(this.#last && this.#slots - since < HELD_SLOTS ? this.#last : blank(widthPx, heightPx));
    await this.#put(shown);
    this.#last = shown;
  }

  /** @returns undefined when nothing was written: there is no file then */
  async finish(): Promise<ClipSpan | undefined> {
    if (!this.#first) return undefined;
    this.#child?.stdin.end();
    await this.#ended;
    const { timeMs: startMs } = this.#first;
    return { startMs, endMs: startMs + (this.#slots / CLIP_FPS) * 1000 };
  }

  /** Ends it, finished or not. Safe to call twice. */
  close(): void {
    this.#child?.kill('SIGKILL');
  }

  async #put(picture: Picture): Promise<void> {
    const child = (this.#child ??= this.#start(picture));
    this.#slots++;
    if (child.stdin.write(picture.pixels)) return;
    // A broken pipe is told by how the process ends.
    const drained = once(child.stdin, 'drain', { signal: this.#options.signal }).catch(() => this.#ended);
    await Promise.race([drained, this.#ended]);
  }

  #start({ widthPx, heightPx }: Picture): ChildProcessByStdio<Writable, null, Readable> {
    const { file, signal, ffmpegPath = 'ffmpeg' } = this.#options;
    const child = spawn(ffmpegPath, encoderArguments(file, widthPx, heightPx), { stdio: ['pipe', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('latin1')).slice(-MOST_COMPLAINT_LENGTH);
    });
    // Its end says why.
    child.stdin.on('error', () => undefined);
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    const ended = Promise.withResolvers<void>();
    child.once('spawn', () => lowerPriority(child.pid));
    child.once('error', (error) => ended.reject(ingestErrors.DECODER_UNAVAILABLE({}, error)));
    child.once('close', (exitCode) => {
      signal.removeEventListener('abort', stop);
      if (exitCode === 0) ended.resolve();
      else if (/Unknown encoder/.test(complaint)) ended.reject(analyzerErrors.CLIP_ENCODER_MISSING());
      else
        ended.reject(analyzerErrors.CLIP_NOT_ENCODED({ exitCode: exitCode ?? undefined, reason: lastLine(complaint) }));
    });
    // Whoever waits for it hears of it; when nobody does it was killed because it was to be.
    ended.promise.catch(() => undefined);
    this.#ended = ended.promise;
    return child;
  }
}

function encoderArguments(file: string, widthPx: number, heightPx: number): string[] {
  return [
    ...'-hide_banner -nostdin -loglevel error -y -f rawvideo -pix_fmt rgb24'.split(' '),
    ...['-video_size', `${widthPx}x${heightPx}`, '-framerate', String(CLIP_FPS), '-i', 'pipe:0', '-an'],
    ...['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p'],
    ...'-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv'.split(' '),
    ...`-c:v libx264 -preset veryfast -crf 25 -g ${2 * CLIP_FPS} -threads 1 -filter_threads 1`.split(' '),
    ...'-map_metadata -1 -movflags +faststart -f mp4'.split(' '),
    `file:${file}`,
  ];
}

function blank(widthPx: number, heightPx: number): Picture {
  return { pixels: new Uint8Array(widthPx * heightPx * 3).fill(BLANK_LEVEL), widthPx, heightPx };
}

function lastLine(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').slice(0, 200);
}
