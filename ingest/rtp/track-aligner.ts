import type { ClockOffsets } from './sender-clock.ts';

/** Beyond this a correction is made at once: nobody bears sound that is so late for as long as slewing would take. */
const MAX_SLEWED_90K = 45_000;
/** Otherwise sound is moved by this share of the time that passes: 5 ms a second. */
const MAX_SLEW = 0.005;

/**
 * Puts one track on the time line of another: by the sender reports of both, which tell the same clock however wrong it
 * is, else by arrival. Follows the drift of the two media clocks.
 *
 * @see RFC 3550 §6.4.1
 */
export class TrackAligner {
  #shift90k: number | undefined;
  #isReported = false;
  #last90k = 0;

  /**
   * @param own of the track to be moved
   * @param other of the time line it is moved to
   * @param own90k media time of the track, now
   * @returns what to add to it
   */
  shift90k(own: ClockOffsets, other: ClockOffsets, own90k: number): number {
    const isReported = own.reportedMs !== undefined && other.reportedMs !== undefined;
    const target =
      90 * ((isReported ? own.reportedMs : own.arrivalMs) - (isReported ? other.reportedMs : other.arrivalMs));
    const elapsed90k = Math.max(0, own90k - this.#last90k);
    this.#last90k = Math.max(this.#last90k, own90k);
    const error = target - (this.#shift90k ?? target);
    const isSnap =
      this.#shift90k === undefined || Math.abs(error) > MAX_SLEWED_90K || (isReported && !this.#isReported);
    this.#isReported = isReported;
    const slew = elapsed90k * MAX_SLEW;
    this.#shift90k = isSnap ? target : (this.#shift90k ?? target) + Math.min(slew, Math.max(-slew, error));
    return this.#shift90k;
  }
}
