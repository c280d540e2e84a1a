import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type AppError, toAppError } from '#infra/runtime/app-error.ts';
import { freeMemory } from '#infra/runtime/free-memory.ts';
import { ingestErrors } from '../errors.ts';
import type { VideoCodec } from '../media.ts';
import type { DecodableUnit } from './decodable-unit.ts';
import { matroskaHeader, matroskaUnitHead } from './matroska-writer.ts';
import { NutReader } from './nut-reader.ts';
import { type PictureSize, rgbSizeBytes, scaleFilter } from './picture-size.ts';

/** A line of the `showinfo` filter: a picture has left the decoder. */
const PICTURE_LINE = /Parsed_showinfo.*\bn: *\d+ pts: *(\d+) .* s:(\d+)x(\d+) /;
/** The unit gives no picture. */
const FAILURE_LINE = /Error while decoding stream|Error submitting packet to decoder|Decoding error/;
/** The next picture is not to be trusted. */
const FAULT_LINE = /corrupt decoded frame|\[(?:error|fatal|panic)\]|concealing/;
const MAX_LINE_LENGTH = 4096;
const MAX_UNMATCHED = 64;
/** Node keeps smaller buffers in memory that they share. */
const MIN_OWN_BYTES = 16 * 1024;

export interface DecoderProcessHandlers {
  /** Where a picture's bytes go; undefined skips them (the picture is still announced). */
  memoryFor(timestampMs: number, sizeBytes: number): Uint8Array | undefined;
  /** A whole picture. `isFaulty`: the decoder complained since the picture before. */
  onPicture(timestampMs: number, picture: PictureSize & { readonly isFaulty: boolean }): void;
  /** A unit gave no picture. */
  onFailure(): void;
  /** The process is gone and was not asked to; called once. */
  onExit(error: AppError): void;
}

/**
 * One ffmpeg that decodes one codec: Matroska in, time stamps chosen by the caller; NUT with RGB pictures out, each with the time
 * stamp it went in with. Its complaints come on stderr, in step with the pictures: only what both agree on is announced.
 */
export class DecoderProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #handlers: DecoderProcessHandlers;
  #line = '';
  #hasFault = false;
  #isClosed = false;
  /** What only one of the two channels has told so far, by time stamp. */
  readonly #received = new Map<number, number>();
  readonly #announced = new Map<number, PictureSize & { readonly isFaulty: boolean }>();

  /** @param select an ffmpeg filter that lets pictures through by their time stamp, e.g. `select='mod(pts\,2)'` */
  constructor(
    options: {
      readonly codec: VideoCodec;
      readonly ffmpegPath: string;
      readonly maxWidthPx: number;
      readonly select?: string;
    },
    handlers: DecoderProcessHandlers,
  ) {
    this.#handlers = handlers;
    this.#child = spawn(options.ffmpegPath, ffmpegArguments(options.maxWidthPx, options.select), {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const nut = new NutReader({
      begin: (timestampMs, sizeBytes) => handlers.memoryFor(timestampMs, sizeBytes),
      end: (timestampMs, pixels) => this.#onPixels(timestampMs, pixels),
    });
    this.#child.stdin.on('error', () => {}); // EPIPE: the exit says more
    this.#child.stdout.on('data', (chunk: Buffer) => {
      if (this.#isClosed) return;
      try {
        nut.push(chunk);
      } catch (error) {
        this.#fail(toAppError(error));
      }
      // Read to its end; small chunks share their memory with others.
      if (chunk.byteLength >= MIN_OWN_BYTES) freeMemory(chunk);
    });
    this.#child.stderr.on('data', (chunk: Buffer) => this.#onLog(chunk));
    this.#child.on('error', (error) => this.#fail(ingestErrors.DECODER_UNAVAILABLE({}, error)));
    this.#child.on('close', (code) => this.#fail(ingestErrors.PICTURE_UNDECODABLE({ exitCode: code ?? undefined })));
    this.#child.stdin.write(matroskaHeader(options.codec));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Bytes that the process has not read yet. */
  get backlogSizeBytes(): number {
    return this.#child.stdin.writableLength;
  }

  /** @param timestampMs whole, and larger than that of any unit shown before it */
  write(timestampMs: number, unit: DecodableUnit): void {
    if (this.#isClosed) return;
    const { stdin } = this.#child;
    stdin.cork();
    stdin.write(matroskaUnitHead(timestampMs, unit.sizeBytes, unit.isKeyFrame));
    for (const part of unit.parts) stdin.write(part);
    stdin.uncork();
  }

  /** Ends it at once; nothing is called after this. */
  kill(): void {
    this.#isClosed = true;
    this.#child.kill('SIGKILL');
  }

  #fail(error: AppError): void {
    if (this.#isClosed) return;
    this.kill();
    this.#handlers.onExit(error);
  }

  #onPixels(timestampMs: number, pixels: Uint8Array | undefined): void {
    this.#received.set(timestampMs, pixels?.length ?? 0);
    this.#match(timestampMs);
  }

  #onLog(chunk: Buffer): void {
    const lines = (this.#line + chunk.toString('latin1')).split('\n');
    this.#line = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH);
    for (const line of lines) {
      if (this.#isClosed) return;
      const picture = PICTURE_LINE.exec(line);
      if (picture) {
        const timestampMs = Number(picture[1]);
        this.#announced.set(timestampMs, {
          widthPx: Number(picture[2]),
          heightPx: Number(picture[3]),
          isFaulty: this.#hasFault,
        });
        this.#hasFault = false;
        this.#match(timestampMs);
      } else if (FAILURE_LINE.test(line)) {
        this.#handlers.onFailure();
      } else if (FAULT_LINE.test(line)) {
        this.#hasFault = true;
      }
    }
  }

  #match(timestampMs: number): void {
    const sizeBytes = this.#received.get(timestampMs);
    const picture = this.#announced.get(timestampMs);
    if (sizeBytes === undefined || !picture) {
      if (this.#received.size + this.#announced.size > MAX_UNMATCHED) {
        this.#fail(ingestErrors.PICTURE_UNDECODABLE({ detail: 'pictures and messages are out of step' }));
      }
      return;
    }
    this.#received.delete(timestampMs);
    this.#announced.delete(timestampMs);
    const isWrongSize = sizeBytes !== 0 && sizeBytes !== rgbSizeBytes(picture);
    this.#handlers.onPicture(timestampMs, isWrongSize ? { ...picture, isFaulty: true } : picture);
  }
}

function ffmpegArguments(maxWidthPx: number, select: string | undefined): string[] {
  const filters = [...(select ? [select] : []), scaleFilter(maxWidthPx), 'showinfo=checksum=0'];
  return [
    // `info` for showinfo; `repeat` because a complaint counts each time.
    ...'-hide_banner -nostdin -nostats -loglevel repeat+level+info'.split(' '),
    // Begin with the first byte: no probing. One thread each: many cameras share few cores.
    ...'-probesize 32 -analyzeduration 0 -flags +low_delay -threads 1 -err_detect explode'.split(' '),
    ...'-copyts -f matroska -i pipe:0 -vf'.split(' '),
    filters.join(','),
    // Without autoscale each picture keeps its own size.
    ...'-an -sn -dn -autoscale 0 -fps_mode passthrough -filter_threads 1 -threads 1'.split(' '),
    ...'-c:v rawvideo -flush_packets 1 -enc_time_base 1:1000 -f nut -write_index 0 pipe:1'.split(' '),
  ];
}
