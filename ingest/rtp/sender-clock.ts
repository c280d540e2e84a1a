/** Beyond this the camera's clock is not to be believed. */
const MAX_CLOCK_ERROR_MS = 5000;
/** Wall time runs at most this much faster or slower than media time while it is corrected. */
const MAX_SLEW = 0.05;
/** No picture was taken later than this after it arrived. */
const MAX_AHEAD_MS = 10_000;
/** A server that keeps a GOP sends it at once when playing begins: the anchor settles in this time. */
const SETTLE_MS = 2000;
/** A camera's clock drifts: late arrivals pull the anchor up by this share. */
const DRIFT_SHARE = 0.002;

/** Wall time minus media time of one track, milliseconds. */
export interface ClockOffsets {
  /** By the sender's own clock, however wrong that is. */
  readonly reportedMs: number | undefined;
  /** By the arrival of its quickest packets. */
  readonly arrivalMs: number;
}

/**
 * Maps media time to wall time: by the camera's sender reports when its clock is within 5 s of ours, else anchored at
 * arrival (the quickest packets count, so that jitter does not). Corrections are slewed, so that later pictures never
 * get earlier times.
 *
 * @see RFC 3550 §6.4.1
 */
export class SenderClock {
  /** wall = offset + media time. */
  #offsetMs: number | undefined;
  #reportedOffsetMs: number | undefined;
  /** As reported, trusted or not. */
  #senderOffsetMs: number | undefined;
  #arrivalOffsetMs = 0;
  #firstArrivalMs = 0;
  #lastMediaMs = 0;
  #isTrusted = false;

  /** True while sender reports are used. */
  get followsSender(): boolean {
    return this.#isTrusted;
  }

  /** For comparing tracks of one sender; undefined before the first packet. */
  get offsets(): ClockOffsets | undefined {
    if (this.#offsetMs === undefined) return undefined;
    return { reportedMs: this.#senderOffsetMs, arrivalMs: this.#arrivalOffsetMs };
  }

  /**
   * @param senderWallMs wall time of the report
   * @param pts90k media time of the report
   * @param arrivedWallMs our wall time when it arrived
   */
  senderReport(senderWallMs: number, pts90k: number, arrivedWallMs: number): void {
    this.#isTrusted = Math.abs(senderWallMs - arrivedWallMs) <= MAX_CLOCK_ERROR_MS;
    this.#senderOffsetMs = senderWallMs - pts90k / 90;
    this.#reportedOffsetMs = this.#isTrusted ? this.#senderOffsetMs : undefined;
  }

  /** The sender's media clock was set anew: anchor at arrival until its next report. */
  forgetReports(): void {
    this.#isTrusted = false;
    this.#reportedOffsetMs = undefined;
    this.#senderOffsetMs = undefined;
  }

  /** Wall time of a picture, whole milliseconds; call in order of arrival. */
  wallMs(pts90k: number, arrivedWallMs: number): number {
    const mediaMs = pts90k / 90;
    const sample = arrivedWallMs - mediaMs;
    if (this.#offsetMs === undefined) {
      this.#arrivalOffsetMs = sample;
      this.#offsetMs = this.#reportedOffsetMs ?? sample;
      this.#firstArrivalMs = arrivedWallMs;
      this.#lastMediaMs = mediaMs;
      return Math.round(this.#offsetMs + mediaMs);
    }
    this.#arrivalOffsetMs =
      sample < this.#arrivalOffsetMs ? sample : this.#arrivalOffsetMs + (sample - this.#arrivalOffsetMs) * DRIFT_SHARE;
    const target = this.#reportedOffsetMs ?? this.#arrivalOffsetMs;
    const elapsedMs = Math.max(0, mediaMs - this.#lastMediaMs);
    this.#lastMediaMs = Math.max(this.#lastMediaMs, mediaMs);
    const isSettling = arrivedWallMs - this.#firstArrivalMs < SETTLE_MS;
    const down = isSettling ? elapsedMs : elapsedMs * MAX_SLEW;
    const up = isSettling ? Number.POSITIVE_INFINITY : elapsedMs * MAX_SLEW;
    this.#offsetMs += Math.min(up, Math.max(-down, target - this.#offsetMs));
    // Time stamps that run away must not record into the future: retention and playback would stumble over it for years.
    return Math.round(Math.min(this.#offsetMs + mediaMs, arrivedWallMs + MAX_AHEAD_MS));
  }
}
