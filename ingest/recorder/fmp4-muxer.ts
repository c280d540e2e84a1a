import type { AccessUnit } from '../media.ts';
import { buildFragment, type FragmentSample, TIMESCALE } from './fmp4-boxes.ts';

/** Some whole groups of pictures, ready to be written. */
export interface Fragment {
  readonly bytes: Buffer;
  readonly frames: number;
  /** End of its last picture, from the start of the file. */
  readonly end90k: number;
}

/** Where key frames are rare a fragment ends without one. */
const MAX_FRAGMENT_UNITS = 300;
const MAX_FRAGMENT_SIZE_BYTES = 8 * 1024 * 1024;
/** Pictures that may wait for one that is shown before them (H.264 §A.3.1, max_dec_frame_buffering). */
const MAX_REORDER = 16;
const DEFAULT_DURATION_90K = TIMESCALE / 25;

/**
 * Access units of one file to fragments, one per group of pictures. Media time counts from the first picture of the
 * file. Decoding times are the presentation times in rising order, so that pictures that come out of order (B-pictures)
 * keep their exact time through composition offsets.
 */
export class Fmp4Muxer {
  #pending: AccessUnit[] = [];
  #pendingSizeBytes = 0;
  #sequenceNumber = 0;
  #base90k: number | undefined;
  #lastDecode90k = -1;
  #lastDuration90k = DEFAULT_DURATION_90K;

  /** @returns the fragment that this unit brought to its end */
  push(unit: AccessUnit): Fragment | undefined {
    const isFull = this.#pending.length >= MAX_FRAGMENT_UNITS || this.#pendingSizeBytes >= MAX_FRAGMENT_SIZE_BYTES;
    const fragment = unit.isKeyFrame || isFull ? this.flush(unit.pts90k) : undefined;
    this.#pending.push(unit);
    this.#pendingSizeBytes += unit.sizeBytes;
    return fragment;
  }

  /** @param nextPts90k of the picture that follows, when known: the end of the last one */
  flush(nextPts90k?: number): Fragment | undefined {
    const units = this.#pending;
    if (units.length === 0) return undefined;
    this.#pending = [];
    this.#pendingSizeBytes = 0;
    const decodeTimes = this.#decodeTimes(units);
    const base90k = this.#base90k ?? 0;
    const samples: FragmentSample[] = [];
    for (const [index, unit] of units.entries()) {
      const decode90k = decodeTimes[index] ?? 0;
      const next90k = decodeTimes[index + 1] ?? (nextPts90k === undefined ? undefined : nextPts90k - base90k);
      if (next90k !== undefined && next90k > decode90k) this.#lastDuration90k = next90k - decode90k;
      samples.push({
        nalUnits: unit.nalUnits,
        duration90k: this.#lastDuration90k,
        compositionOffset90k: unit.pts90k - base90k - decode90k,
        isKeyFrame: unit.isKeyFrame,
      });
    }
    return {
      bytes: buildFragment(samples, ++this.#sequenceNumber, decodeTimes[0] ?? 0),
      frames: samples.length,
      end90k: this.#lastDecode90k + this.#lastDuration90k,
    };
  }

  /**
   * The last fragment of a stream that broke off: where pictures come out of order, the newest may be there while some
   * that are shown before it are not; it is left out, so that the file has no hole.
   */
  flushBroken(): Fragment | undefined {
    const kept = completePrefix(this.#pending);
    if (kept < this.#pending.length) this.#pending = this.#pending.slice(0, kept);
    return this.flush();
  }

  #decodeTimes(units: readonly AccessUnit[]): readonly number[] {
    const sorted = units.map((unit) => unit.pts90k).sort((a, b) => a - b);
    this.#base90k ??= sorted[0] ?? 0;
    const base90k = this.#base90k;
    return sorted.map((pts90k) => {
      this.#lastDecode90k = Math.max(this.#lastDecode90k + 1, pts90k - base90k);
      return this.#lastDecode90k;
    });
  }
}

/** How many of the units, in decoding order, have all pictures that are shown before them. */
function completePrefix(units: readonly AccessUnit[]): number {
  const steps = units
    .map((unit) => unit.pts90k)
    .sort((a, b) => a - b)
    .flatMap((pts90k, index, sorted) => (index === 0 ? [] : [pts90k - (sorted[index - 1] ?? 0)]))
    .sort((a, b) => a - b);
  const period90k = steps[Math.floor(steps.length / 2)];
  const isReordered = units.some((unit, index) => index > 0 && unit.pts90k < (units[index - 1]?.pts90k ?? 0));
  if (!isReordered || period90k === undefined) return units.length;
  // Only the end can be incomplete: look back over no more than the reorder depth of H.264.
  for (let count = units.length; count > Math.max(1, units.length - MAX_REORDER); count--) {
    const sorted = units.slice(0, count).map((unit) => unit.pts90k);
    sorted.sort((a, b) => a - b);
    const tail = sorted.slice(-MAX_REORDER - 1);
    if (tail.every((pts90k, index) => index === 0 || pts90k - (tail[index - 1] ?? 0) < 1.5 * period90k)) return count;
  }
  return units.length;
}
