import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { toAppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import { lowerPriority } from './low-priority.ts';
import { NutReader } from './nut-reader.ts';
import { type PictureSize, rgbSizeBytes, scaleFilter } from './picture-size.ts';

/** A decoded picture of a recorded file. */
export interface RecordedPicture extends PictureSize {
  /** From the start of the file, ms. */
  readonly timeMs: number;
  /** uint8 [heightPx, widthPx, 3], RGB. */
  readonly pixels: Uint8Array;
  /** The decoder complained since the picture before: what is in it may be wrong. */
  readonly isFaulty: boolean;
}

export interface RecordedPicturesOptions {
  readonly file: string;
  /** Key frames only, or `fps` pictures a second, all others being decoded too. */
  readonly pick: 'keyframes' | { readonly fps: number };
  /** From the start of the file; `toMs` exclusive. @default the whole file */
  readonly range?: { readonly fromMs: number; readonly toMs: number };
  readonly maxWidthPx: number;
  readonly signal: AbortSignal;
  /** @default ffmpeg */
  readonly ffmpegPath?: string;
}

const PICTURE_LINE = /Parsed_showinfo.*\bn: *\d+ pts: *(\d+) .* s:(\d+)x(\d+) /;
const FAULT_LINE =
  /corrupt decoded frame|concealing|Error while decoding stream|Error submitting packet to decoder|Decoding error|Invalid NAL|error while decoding MB/;
const MAX_LINE_LENGTH = 4096;
/** Decoded pictures that wait for their reader; then ffmpeg waits. */
const MOST_WAITING = 2;

/**
 * Decodes pictures of one recorded file, at a lower priority than what is live. Each carries the time that the file gives it: pictures come
 * in NUT and what is said of them on stderr, and only what both agree on is given out.
 *
 * @throws {AppError} `DECODER_UNAVAILABLE`; `PICTURE_UNDECODABLE` when the file breaks off or holds no picture
 */
export async function* readRecordedPictures(options: RecordedPicturesOptions): AsyncGenerator<RecordedPicture> {
  if (options.signal.aborted) return;
  const child = spawn(options.ffmpegPath ?? 'ffmpeg', ffmpegArguments(options), { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => void child.kill('SIGKILL');
  options.signal.addEventListener('abort', stop, { once: true });
  const inbox = new PictureInbox(child, options.range !== undefined);
  try {
    for (;;) {
      const picture = await inbox.next();
      if (!picture || options.signal.aborted) return;
      yield picture;
    }
  } catch (error) {
    // Killed because it was to be: that is no error of the file.
    if (!options.signal.aborted) throw error;
  } finally {
    options.signal.removeEventListener('abort', stop);
    stop();
  }
}

type Announced = PictureSize & { readonly isFaulty: boolean };

class PictureInbox {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ready: RecordedPicture[] = [];
  readonly #received = new Map<number, Uint8Array>();
  readonly #announced = new Map<number, Announced>();
  #given = 0;
  #line = '';
  #hasFault = false;
  #end: { readonly error: Error | undefined } | undefined;
  #wake: (() => void) | undefined;

  /** @param mayBeEmpty a range may lie between two pictures */
  constructor(child: ChildProcessByStdio<null, Readable, Readable>, mayBeEmpty: boolean) {
    this.#child = child;
    const nut = new NutReader({
      begin: (_timeMs, sizeBytes) => new Uint8Array(sizeBytes),
      end: (timeMs, pixels) => {
        if (pixels) this.#received.set(timeMs, pixels);
        this.#match(timeMs);
      },
    });
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        nut.push(chunk);
      } catch (error) {
        this.#finish(toAppError(error));
        child.kill('SIGKILL');
      }
      if (this.#ready.length >= MOST_WAITING) child.stdout.pause();
    });
    child.stderr.on('data', (chunk: Buffer) => this.#onLog(chunk));
    child.once('spawn', () => lowerPriority(child.pid));
    child.once('error', (error) => this.#finish(ingestErrors.DECODER_UNAVAILABLE({}, error)));
    child.once('close', (exitCode, signal) => {
      const isWhole = exitCode === 0 && (mayBeEmpty || this.#given + this.#ready.length > 0);
      const reason = { exitCode: exitCode ?? undefined, signal: signal ?? undefined };
      this.#finish(isWhole ? undefined : ingestErrors.PICTURE_UNDECODABLE(reason));
    });
  }

  /** @returns undefined at the end */
  async next(): Promise<RecordedPicture | undefined> {
    for (;;) {
      const picture = this.#ready.shift();
      if (this.#ready.length < MOST_WAITING) this.#child.stdout.resume();
      if (picture) {
        this.#given++;
        return picture;
      }
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #onLog(chunk: Buffer): void {
    const lines = (this.#line + chunk.toString('latin1')).split('\n');
    this.#line = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH);
    for (const line of lines) {
      const picture = PICTURE_LINE.exec(line);
      if (picture) {
        const timeMs = Number(picture[1]);
        const size = { widthPx: Number(picture[2]), heightPx: Number(picture[3]) };
        this.#announced.set(timeMs, { ...size, isFaulty: this.#hasFault });
        this.#hasFault = false;
        this.#match(timeMs);
      } else if (FAULT_LINE.test(line)) this.#hasFault = true;
    }
  }

  #match(timeMs: number): void {
    const pixels = this.#received.get(timeMs);
    const announced = this.#announced.get(timeMs);
    if (!pixels || !announced) return;
    this.#received.delete(timeMs);
    this.#announced.delete(timeMs);
    const isFaulty = announced.isFaulty || pixels.length !== rgbSizeBytes(announced);
    if (pixels.length === rgbSizeBytes(announced)) this.#ready.push({ ...announced, timeMs, pixels, isFaulty });
    this.#wake?.();
  }

  #finish(error: Error | undefined): void {
    this.#end ??= { error };
    this.#wake?.();
  }
}

function ffmpegArguments({ file, pick, range, maxWidthPx }: RecordedPicturesOptions): string[] {
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const conditions = [
    ...(range ? [`gte(t,${seconds(range.fromMs)})*lt(t,${seconds(range.toMs)})`] : []),
    ...(pick === 'keyframes'
      ? []
      : [`(isnan(prev_selected_t)+gt(floor(t*${pick.fps}+0.001),floor(prev_selected_t*${pick.fps}+0.001)))`]),
  ];
  const filters = [
    ...(conditions.length > 0 ? [`select='${conditions.join('*')}'`] : []),
    scaleFilter(maxWidthPx),
    'settb=1/1000',
    'showinfo=checksum=0',
  ];
  return [
    ...'-hide_banner -nostdin -nostats -loglevel repeat+level+info -threads 1'.split(' '),
    ...(pick === 'keyframes' ? ['-skip_frame', 'nokey'] : []),
    // Times stay those of the file, so that the seek changes none.
    '-copyts',
    ...(range ? ['-ss', seconds(range.fromMs), '-to', seconds(range.toMs)] : []),
    ...['-i', `file:${file}`, '-map', '0:v:0', '-an', '-sn', '-dn', '-vf', filters.join(',')],
    ...'-autoscale 0 -fps_mode passthrough -filter_threads 1 -threads 1 -c:v rawvideo'.split(' '),
    ...'-flush_packets 1 -enc_time_base 1:1000 -f nut -write_index 0 pipe:1'.split(' '),
  ];
}
