import type { AccessUnit } from '#ingest/media.ts';
import { isRaslPicture, mayHaveLeadingPictures } from '#ingest/rtp/h265-nal.ts';

/** A picture with the times that a fragment of its own needs; 90 kHz, from the start of the run. */
export interface TimedPicture {
  readonly unit: AccessUnit;
  readonly decode90k: number;
  readonly duration90k: number;
  /** Presentation minus decoding time; negative for a picture that is shown before one that was sent ahead of it. */
  readonly compositionOffset90k: number;
}

/** A key frame that comes this long after the picture before it starts the player anew. */
const MAX_STEP_90K = 90_000 * 10;
/** A picture shown this long before one that was sent ahead of it is no B-picture: the camera's clock was set back. */
const MAX_BACK_90K = 90_000;
/** Pictures that may be sent ahead of one that is shown before them (H.264 §A.3.1, max_dec_frame_buffering). */
const MAX_REORDER = 16;
const DEFAULT_DURATION_90K = 3600;

/**
 * Decoding times of one run of pictures without a break: the presentation times in rising order, so that they always
 * grow, whatever order the pictures come in. Holds back one picture, since only the next one tells how long it is shown;
 * where there are B-pictures as many more as were ever sent ahead of one shown before them.
 */
export class PictureTimes {
  readonly #first: AccessUnit;
  /** In decoding order. */
  #held: AccessUnit[] = [];
  /** Presentation times not yet given away as decoding times, rising; as many as are held. */
  #times90k: number[] = [];
  /** Presentation times since the last key frame, the newest few. */
  #recent90k: number[] = [];
  #newest90k: number;
  #keyFrames = 0;
  #reorder = 0;
  #lastDecode90k = -1;
  #lastDuration90k = DEFAULT_DURATION_90K;

  /** @param first a key frame; must be pushed as well */
  constructor(first: AccessUnit) {
    this.#first = first;
    this.#newest90k = first.pts90k;
  }

  /** False for a picture that needs a new run: another format, or a clock that jumped. */
  continues(unit: AccessUnit): boolean {
    const step90k = unit.pts90k - this.#newest90k;
    if (unit.format !== this.#first.format) return false;
    return unit.isKeyFrame ? step90k >= 0 && step90k <= MAX_STEP_90K : step90k > -MAX_BACK_90K;
  }

  /** @returns what is complete now, in decoding order */
  push(unit: AccessUnit): readonly TimedPicture[] {
    if (unit.isKeyFrame) this.#keyFrames++;
    // Nobody can decode what leans over the key frame that the run begins with.
    else if (this.#keyFrames < 2 && isRaslPicture(unit)) return [];
    // All that was sent before a key frame is shown before it, and before what leans over it.
    const complete = unit.isKeyFrame ? [...this.flush(mayHaveLeadingPictures(unit) ? undefined : unit.pts90k)] : [];
    if (unit.isKeyFrame) this.#recent90k = [];
    this.#reorder = Math.max(this.#reorder, this.#recent90k.filter((pts90k) => pts90k > unit.pts90k).length);
    this.#recent90k = [...this.#recent90k.slice(1 - MAX_REORDER), unit.pts90k];
    this.#newest90k = Math.max(this.#newest90k, unit.pts90k);
    this.#held.push(unit);
    this.#times90k = [...this.#times90k, unit.pts90k].sort((a, b) => a - b);
    while (this.#held.length > this.#reorder + 1) complete.push(...this.#take(this.#times90k[1]));
    return complete;
  }

  /**
   * All that is held.
   * @param next90k presentation time of what follows, when known
   */
  flush(next90k?: number): readonly TimedPicture[] {
    const pictures: TimedPicture[] = [];
    while (this.#held.length > 0) pictures.push(...this.#take(this.#times90k[1] ?? next90k));
    return pictures;
  }

  /** Forgets what is held. @returns how many pictures that were */
  drop(): number {
    const count = this.#held.length;
    this.#held = [];
    this.#times90k = [];
    return count;
  }

  #take(next90k: number | undefined): readonly TimedPicture[] {
    const unit = this.#held.shift();
    const time90k = this.#times90k.shift();
    if (!unit || time90k === undefined) return [];
    const decode90k = Math.max(this.#lastDecode90k + 1, time90k - this.#first.pts90k);
    const step90k = next90k === undefined ? 0 : next90k - this.#first.pts90k - decode90k;
    if (step90k > 0) this.#lastDuration90k = step90k;
    this.#lastDecode90k = decode90k;
    const compositionOffset90k = unit.pts90k - this.#first.pts90k - decode90k;
    return [{ unit, decode90k, duration90k: this.#lastDuration90k, compositionOffset90k }];
  }
}
