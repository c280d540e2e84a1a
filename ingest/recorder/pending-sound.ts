import type { AudioFormat, AudioFrame } from '../media.ts';
import type { FragmentSound } from './fmp4-boxes.ts';

/** About half a minute of AAC at 48 kHz; what is older was never asked for. */
const MAX_FRAMES = 1500;
const MAX_SIZE_BYTES = 4 * 1024 * 1024;
/** No sound for this long: the next file has no track for it. */
const SILENT_AFTER_MS = 10_000;
/** Sound may be this far from its picture before it is moved; a frame of it, where that is longer. */
const TOLERANCE_S = 0.06;

/**
 * The sound of a stream that waits for the fragment with the pictures of its time. One for all files of a recorder: what
 * comes before its pictures do is there for the next file.
 */
export class PendingSound {
  #frames: AudioFrame[] = [];
  #sizeBytes = 0;
  #format: AudioFormat | undefined;
  #lastMs = 0;

  /** What a file that begins now has a track for; undefined while there is no sound. */
  formatAt(monotonicMs: number): AudioFormat | undefined {
    if (this.#format && monotonicMs - this.#lastMs > SILENT_AFTER_MS) this.clear();
    return this.#format;
  }

  push(frame: AudioFrame, monotonicMs: number): void {
    this.#lastMs = monotonicMs;
    if (frame.format !== this.#format) {
      this.clear();
      this.#format = frame.format;
    }
    this.#frames.push(frame);
    this.#sizeBytes += frame.bytes.length;
    while (this.#frames.length > MAX_FRAMES || this.#sizeBytes > MAX_SIZE_BYTES) {
      this.#sizeBytes -= this.#frames.shift()?.bytes.length ?? 0;
    }
  }

  /** Takes out what begins before this time. */
  takeUntil(pts90k: number): readonly AudioFrame[] {
    const found = this.#frames.findIndex((frame) => frame.pts90k >= pts90k);
    const taken = this.#frames.splice(0, found < 0 ? this.#frames.length : found);
    for (const frame of taken) this.#sizeBytes -= frame.bytes.length;
    return taken;
  }

  /** The stream broke off, or speaks another format. */
  clear(): void {
    this.#frames = [];
    this.#sizeBytes = 0;
    this.#format = undefined;
  }
}

/**
 * The sound track of one file. Frames follow each other without a seam as long as their times agree with that within the
 * tolerance; what a clock that runs slow or a lost packet leaves open is added to the frame before, and what a clock that
 * runs fast has too much is left out, so that sound and pictures never drift apart.
 */
export class SoundTrack {
  readonly format: AudioFormat;
  #end = 0;

  constructor(format: AudioFormat) {
    this.format = format;
  }

  /**
   * @param base90k media time of the file's first picture
   * @returns undefined when nothing of it lies in this file
   */
  toFragment(frames: readonly AudioFrame[], base90k: number): FragmentSound | undefined {
    const { sampleRateHz } = this.format;
    const samples: { readonly bytes: Uint8Array; duration: number }[] = [];
    let baseDecodeTime = this.#end;
    for (const frame of frames) {
      if (frame.format !== this.format) continue;
      const ideal = Math.round(((frame.pts90k - base90k) * sampleRateHz) / 90_000);
      const tolerance = Math.max(frame.samples, TOLERANCE_S * sampleRateHz);
      const late = ideal - this.#end;
      const isFirst = this.#end === 0;
      if (late < -tolerance || (isFirst && late < -frame.samples / 2)) continue;
      if (late > tolerance || (isFirst && late > 0)) {
        const before = samples.at(-1);
        if (before) before.duration += late;
        else baseDecodeTime = ideal;
        this.#end = ideal;
      }
      samples.push({ bytes: frame.bytes, duration: frame.samples });
      this.#end += frame.samples;
    }
    return samples.length > 0 ? { baseDecodeTime, samples } : undefined;
  }
}
