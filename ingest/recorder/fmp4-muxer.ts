import type { AccessUnit, AudioFormat } from '../media.ts';
import { isRaslPicture, mayHaveLeadingPictures } from '../rtp/h265-nal.ts';
import { framesPerSecondOf } from '../rtp/video-parameters.ts';
import { buildFragment, type FragmentSample, TIMESCALE } from './fmp4-boxes.ts';
import { type PendingSound, SoundTrack } from './pending-sound.ts';

/** Some whole groups of pictures, ready to be written. */
export interface Fragment {
  readonly bytes: Buffer;
  /** Pictures; 0 in the late sound at the end of a file. */
  readonly frames: number;
  /** End of its last picture, from the start of the file. */
  readonly end90k: number;
}

/** Where key frames are rare a fragment ends without one. */
const MAX_FRAGMENT_UNITS = 300;
const MAX_FRAGMENT_SIZE_BYTES = 8 * 1024 * 1024;
/** Pictures that may wait for one that is shown before them (H.264 §A.3.1, max_dec_frame_buffering; H.265 §A.4.2). */
const MAX_REORDER = 16;
const DEFAULT_DURATION_90K = TIMESCALE / 25;

/**
 * Access units of one file to fragments, one per group of pictures. Media time counts from the first picture of the
 * file. Decoding times are the presentation times in rising order, so that pictures that come out of order (B-pictures)
 * keep their exact time through composition offsets.
 *
 * Pictures of H.265 that lean over the first key frame to pictures before it (RASL) are left out: nobody could decode them.
 */
export class Fmp4Muxer {
  readonly #pendingSound: PendingSound | undefined;
  readonly #sound: SoundTrack | undefined;
  #pending: AccessUnit[] = [];
  #keyFrames = 0;
  #pendingSizeBytes = 0;
  #sequenceNumber = 0;
  #base90k: number | undefined;
  #lastDecode90k = -1;
  #lastDuration90k = DEFAULT_DURATION_90K;

  /** @param sound the format of the file's sound, and where it comes from */
  constructor(sound?: { readonly format: AudioFormat; readonly pending: PendingSound }) {
    this.#pendingSound = sound?.pending;
    this.#sound = sound && new SoundTrack(sound.format);
  }

  /** @returns the fragment that this unit brought to its end */
  push(unit: AccessUnit): Fragment | undefined {
    if (unit.isKeyFrame) this.#keyFrames++;
    else if (this.#keyFrames < 2 && isRaslPicture(unit)) return undefined;
    const isFull = this.#pending.length >= MAX_FRAGMENT_UNITS || this.#pendingSizeBytes >= MAX_FRAGMENT_SIZE_BYTES;
    const fragment = unit.isKeyFrame || isFull ? this.#flush(unit.pts90k, mayHaveLeadingPictures(unit)) : undefined;
    this.#pending.push(unit);
    this.#pendingSizeBytes += unit.sizeBytes;
    return fragment;
  }

  /** @param nextPts90k of the picture that follows, when known: the end of the last one */
  flush(nextPts90k?: number): Fragment | undefined {
    return this.#flush(nextPts90k, false);
  }

  /**
   * Sound that came later than the pictures of its time, as a fragment of its own.
   * @param until90k the end of the file's pictures
   */
  flushSound(until90k: number): Fragment | undefined {
    const sound = this.#takeSound(until90k);
    if (!sound) return undefined;
    const bytes = buildFragment([], ++this.#sequenceNumber, 0, sound, true);
    return { bytes, frames: 0, end90k: this.#lastDecode90k + this.#lastDuration90k };
  }

  #takeSound(until90k: number): ReturnType<SoundTrack['toFragment']> {
    if (!this.#sound || !this.#pendingSound || this.#base90k === undefined) return undefined;
    return this.#sound.toFragment(this.#pendingSound.takeUntil(until90k), this.#base90k);
  }

  /** @param isNextEarlier pictures may follow that are shown before `nextPts90k` */
  #flush(nextPts90k: number | undefined, isNextEarlier: boolean): Fragment | undefined {
    const units = this.#pending;
    if (units.length === 0) return undefined;
    this.#pending = [];
    this.#pendingSizeBytes = 0;
    const decodeTimes = this.#decodeTimes(units);
    const base90k = this.#base90k ?? 0;
    const samples: FragmentSample[] = [];
    for (const [index, unit] of units.entries()) {
      const decode90k = decodeTimes[index] ?? 0;
      const isLast = index === units.length - 1;
      const known90k = nextPts90k === undefined ? undefined : nextPts90k - base90k;
      const next90k = isLast
        ? isNextEarlier
          ? this.#usualNext90k(decode90k, known90k)
          : known90k
        : decodeTimes[index + 1];
      if (next90k !== undefined && next90k > decode90k) this.#lastDuration90k = next90k - decode90k;
      samples.push({
        nalUnits: unit.nalUnits,
        duration90k: this.#lastDuration90k,
        compositionOffset90k: unit.pts90k - base90k - decode90k,
        isKeyFrame: unit.isKeyFrame,
      });
    }
    const end90k = this.#lastDecode90k + this.#lastDuration90k;
    const sound = this.#takeSound(nextPts90k ?? base90k + end90k);
    const decode90k = decodeTimes[0] ?? 0;
    const bytes = buildFragment(samples, ++this.#sequenceNumber, decode90k, sound, true);
    return { bytes, frames: samples.length, end90k };
  }

  /** Where pictures come that are shown before the next key frame, the first of them is not known yet. */
  #usualNext90k(decode90k: number, next90k: number | undefined): number | undefined {
    return next90k === undefined ? undefined : Math.min(next90k, decode90k + this.#lastDuration90k);
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
  const isReordered = units.some((unit, index) => index > 0 && unit.pts90k < (units[index - 1]?.pts90k ?? 0));
  const period90k = isReordered ? usualPeriod90k(units) : undefined;
  if (period90k === undefined) return units.length;
  // Only the end can be incomplete: look back over no more than the reorder depth.
  for (let count = units.length; count > Math.max(1, units.length - MAX_REORDER); count--) {
    const sorted = units.slice(0, count).map((unit) => unit.pts90k);
    sorted.sort((a, b) => a - b);
    const tail = sorted.slice(-MAX_REORDER - 1);
    if (tail.every((pts90k, index) => index === 0 || pts90k - (tail[index - 1] ?? 0) < 1.5 * period90k)) return count;
  }
  return units.length > MAX_REORDER ? units.length : 1;
}

/** From one picture to the next. Of few pictures most may be missing: the stream's own rate counts too, if it says one. */
function usualPeriod90k(units: readonly AccessUnit[]): number | undefined {
  const steps = units
    .map((unit) => unit.pts90k)
    .sort((a, b) => a - b)
    .flatMap((pts90k, index, sorted) => (index === 0 ? [] : [pts90k - (sorted[index - 1] ?? 0)]))
    .sort((a, b) => a - b);
  const median90k = steps[Math.floor(steps.length / 2)];
  const [first] = units;
  if (median90k === undefined || !first || units.length > 2 * MAX_REORDER) return median90k;
  const rate = framesPerSecondOf(first.format);
  return rate === undefined ? median90k : Math.min(median90k, 90_000 / rate);
}
