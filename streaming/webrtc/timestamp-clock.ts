/** How fast an offset that was too early is given up: the clock of a camera drifts less. */
const DRIFT_MS_PER_SECOND = 1;
/** Another session of the camera: measured anew. */
const JUMP_MS = 2000;

/**
 * When a picture with an RTP time stamp was due to arrive, by a clock that all streams of all cameras share: the earliest
 * arrivals count, since the others were only held up. What the camera's own clock says is not asked: main and sub stream of
 * many cameras disagree in it.
 */
export class TimestampClock {
  #offsetMs: number | undefined;
  #lastMs = 0;
  #lastTimestamp = 0;
  #unwrapped = 0;

  /**
   * @param timestamp RTP, 90 kHz, 0..2^32-1
   * @param arrivedMs monotonic milliseconds
   * @returns UTC epoch milliseconds at which a picture that was not held up would have come
   */
  wallMs(timestamp: number, arrivedMs: number): number {
    // The shorter way round, so that it may also go back a little.
    this.#unwrapped += (timestamp - this.#lastTimestamp) | 0;
    this.#lastTimestamp = timestamp;
    const mediaMs = this.#unwrapped / 90;
    const offsetMs = arrivedMs - mediaMs;
    const drifted =
      this.#offsetMs === undefined
        ? offsetMs
        : this.#offsetMs + ((arrivedMs - this.#lastMs) / 1000) * DRIFT_MS_PER_SECOND;
    this.#offsetMs = Math.abs(offsetMs - drifted) > JUMP_MS ? offsetMs : Math.min(offsetMs, drifted);
    this.#lastMs = arrivedMs;
    return performance.timeOrigin + mediaMs + this.#offsetMs;
  }
}
