const TICKS_PER_MS = 90;
/** A step this large that the clock on the wall did not make as well is a camera that set its clock anew. */
const JUMP_MS = 10_000;
/** Pictures with one and the same time stamp for longer than this: the camera's media clock stands still. */
const FROZEN_90K = 1000 * TICKS_PER_MS;
/** Counting pictures may run this far from arrival before arrival corrects it. */
const MAX_COUNTING_ERROR_90K = 500 * TICKS_PER_MS;
const DEFAULT_PERIOD_90K = 3600;

/**
 * Unwraps the 32-bit RTP time stamps of one track into 90 kHz ticks from its first packet, across clock resets.
 * Where the time stamps stand still, pictures are counted at their nominal rate, and arrival corrects what that loses.
 */
export class MediaTimeline {
  /** 90 kHz ticks in one of the track's own. */
  readonly #scale: number;
  #lastTimestamp: number | undefined;
  /** Media time of the first picture with `#lastTimestamp`; not whole where the track's clock is not 90 kHz. */
  #anchorPts90k = 0;
  #lastPts90k = 0;
  #lastArrivedMs = 0;
  #counting:
    | { readonly sinceMs: number; readonly sincePts90k: number; pictures: number; period90k: number }
    | undefined;
  #jumps = 0;

  /** @param clockRateHz of the time stamps */
  constructor(clockRateHz = 90_000) {
    this.#scale = 90_000 / clockRateHz;
  }

  /** How often the sender's media clock was set anew. */
  get jumps(): number {
    return this.#jumps;
  }

  get lastPts90k(): number {
    return this.#lastPts90k;
  }

  /**
   * @param arrivedMs monotonic
   * @param nominalPeriod90k from one picture to the next, when the stream says so
   */
  pts90k(timestamp: number, arrivedMs: number, nominalPeriod90k?: number): number {
    const elapsedMs = Math.max(0, arrivedMs - this.#lastArrivedMs);
    const elapsed90k = Math.max(1, Math.round(elapsedMs * TICKS_PER_MS));
    this.#lastArrivedMs = arrivedMs;
    if (this.#lastTimestamp === undefined) {
      this.#lastTimestamp = timestamp;
      return 0;
    }
    const step = ((timestamp - this.#lastTimestamp) | 0) * this.#scale;
    if (step === 0) return this.#count(arrivedMs, elapsedMs, nominalPeriod90k ?? DEFAULT_PERIOD_90K);
    this.#counting = undefined;
    const stepMs = step / TICKS_PER_MS;
    const isJump = Math.abs(stepMs) > JUMP_MS && Math.abs(stepMs - elapsedMs) > JUMP_MS;
    const wasFrozen = this.#lastPts90k - this.#anchorPts90k > FROZEN_90K;
    if (isJump) this.#jumps++;
    this.#lastTimestamp = timestamp;
    this.#anchorPts90k = isJump || wasFrozen ? this.#lastPts90k + elapsed90k : this.#anchorPts90k + step;
    this.#lastPts90k = Math.round(this.#anchorPts90k);
    return this.#lastPts90k;
  }

  #count(arrivedMs: number, elapsedMs: number, nominalPeriod90k: number): number {
    this.#counting ??= {
      sinceMs: arrivedMs - elapsedMs,
      sincePts90k: this.#lastPts90k,
      pictures: 0,
      period90k: nominalPeriod90k,
    };
    const counting = this.#counting;
    counting.pictures++;
    const counted90k = this.#lastPts90k + counting.period90k;
    const arrived90k = counting.sincePts90k + Math.round((arrivedMs - counting.sinceMs) * TICKS_PER_MS);
    const isOff = Math.abs(arrived90k - counted90k) > MAX_COUNTING_ERROR_90K;
    if (isOff) counting.period90k = Math.max(1, Math.round((arrived90k - counting.sincePts90k) / counting.pictures));
    this.#lastPts90k = isOff ? Math.max(this.#lastPts90k + 1, arrived90k) : counted90k;
    return this.#lastPts90k;
  }

  /** Media time of a time stamp near the last picture, without moving on; undefined before the first picture. */
  peek(timestamp: number): number | undefined {
    if (this.#lastTimestamp === undefined) return undefined;
    return Math.round(this.#anchorPts90k + ((timestamp - this.#lastTimestamp) | 0) * this.#scale);
  }
}
