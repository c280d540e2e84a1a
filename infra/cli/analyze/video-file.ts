import { spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { analyzerErrors } from '#analyzers/errors.ts';
import type { SourceOptions, SourcePicture } from './analysis-source.ts';

/** What ffmpeg's `showinfo` says about one picture. */
interface PictureNote {
  readonly filter: number;
  readonly index: number;
  readonly pts: string;
  readonly timeMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Pictures of a file without times are taken as 25 a second. */
const UNTIMED_STEP_MS = 40;
const NOTE = /^\[Parsed_showinfo_(\d+) @ [^\]]*\].* n: *(\d+) pts: *(-?\d+|NOPTS) pts_time:(\S+).* s:(\d+)x(\d+)/;

export function parsePictureNote(line: string): PictureNote | undefined {
  const match = NOTE.exec(line);
  if (!match) return undefined;
  const [, filter, index, pts = '', seconds, width, height] = match;
  return {
    filter: Number(filter),
    index: Number(index),
    pts,
    timeMs: pts === 'NOPTS' ? Number(index) * UNTIMED_STEP_MS : Number(seconds) * 1000,
    widthPx: Number(width),
    heightPx: Number(height),
  };
}

/**
 * The filters that pick pictures without touching their times. The first `showinfo` counts the file's pictures, the
 * last one names those that come out.
 */
export function pictureFilters({ every, fps }: Pick<SourceOptions, 'every' | 'fps'>): string {
  const note = 'showinfo=checksum=0';
  // A picture is taken when it is the first in its slot of 1/fps seconds.
  const slot = (time: string): string => `floor(${time}*${fps}+0.001)`;
  if (fps !== undefined) {
    return `${note},select='isnan(prev_selected_t)+gt(${slot('t')},${slot('prev_selected_t')})',${note}`;
  }
  return every > 1 ? `${note},select='not(mod(n,${every}))',${note}` : `${note},${note}`;
}

/**
 * Decodes a video file with ffmpeg. Every picture carries the time that the file gives it.
 * @throws {AppError} `SOURCE_UNREADABLE` when there is no picture in it
 */
export async function* readVideoFile(file: string, options: SourceOptions): AsyncGenerator<SourcePicture> {
  const input = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'info', '-i', `file:${file}`];
  const picked = ['-map', '0:v:0', '-an', '-sn', '-vf', pictureFilters(options), '-fps_mode', 'passthrough'];
  const output = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'];
  const child = spawn('ffmpeg', [...input, ...picked, ...output], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(analyzerErrors.SOURCE_UNREADABLE({ source: file }, cause)));
  });
  failed.catch(() => undefined);
  const notes = new NoteReader(createInterface({ input: child.stderr }));
  let pictures = 0;
  try {
    let target: Uint8Array | undefined;
    let note: PictureNote | undefined;
    let filledBytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      let at = 0;
      while (at < chunk.length) {
        if (!note || !target) {
          note = await notes.next();
          if (!note) return;
          target = new Uint8Array(new SharedArrayBuffer(note.widthPx * note.heightPx * 3));
          filledBytes = 0;
        }
        const take = Math.min(chunk.length - at, target.length - filledBytes);
        target.set(chunk.subarray(at, at + take), filledBytes);
        at += take;
        filledBytes += take;
        if (filledBytes < target.length) continue;
        pictures++;
        const { widthPx, heightPx, timeMs } = note;
        const pixels = target.buffer as SharedArrayBuffer;
        yield { frame: notes.frameOf(note), timeMs, widthPx, heightPx, pixels };
        note = undefined;
        target = undefined;
      }
    }
    if (child.exitCode === null && child.signalCode === null) {
      await Promise.race([new Promise((resolve) => child.once('close', resolve)), failed]);
    }
    if (pictures === 0) throw analyzerErrors.SOURCE_UNREADABLE({ source: file });
  } finally {
    child.kill('SIGKILL');
  }
}

/**
 * Hands out the notes of the pictures that come out, in their order, and knows their places in the file. Takes lines as
 * they come, so that ffmpeg is never stopped by notes that nobody reads.
 */
class NoteReader {
  readonly #frameByPts = new Map<string, number>();
  readonly #notes: PictureNote[] = [];
  #wake: (() => void) | undefined;
  #isEnded = false;

  constructor(lines: Interface) {
    lines.on('line', (line) => {
      const note = parsePictureNote(line);
      if (!note) return;
      if (note.filter > 0) this.#notes.push(note);
      else this.#frameByPts.set(note.pts, note.index);
      this.#wake?.();
    });
    lines.on('close', () => {
      this.#isEnded = true;
      this.#wake?.();
    });
  }

  async next(): Promise<PictureNote | undefined> {
    for (;;) {
      const note = this.#notes.shift();
      if (note || this.#isEnded) return note;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  frameOf(note: PictureNote): number {
    const frame = this.#frameByPts.get(note.pts) ?? note.index;
    for (const [pts, index] of this.#frameByPts) if (index <= frame) this.#frameByPts.delete(pts);
    return frame;
  }
}
