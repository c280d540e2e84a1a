/**
 * Keeps the RTP time stamps of a relayed camera running forward when the camera comes back with a clock of its own:
 * after a break the new session is put where wall time says.
 */
export class RtpTimeline {
  #offset90k = 0;
  #lastOut90k: number | undefined;
  #lastArrivedMs = 0;
  #lastIn90k = 0;

  /**
   * @param pts90k of the access unit, 90 kHz, unwrapped
   * @param arrivedMs monotonic milliseconds
   * @returns 90 kHz, 0..2^32-1
   */
  map(pts90k: number, arrivedMs: number): number {
    const last = this.#lastOut90k;
    if (last !== undefined) {
      const step90k = pts90k - this.#lastIn90k;
      const elapsed90k = Math.round((arrivedMs - this.#lastArrivedMs) * 90);
      // More than 2 s apart from wall time: the camera's clock jumped.
      if (Math.abs(step90k - elapsed90k) > 180_000) this.#offset90k = last + Math.max(3000, elapsed90k) - pts90k;
    }
    const out = pts90k + this.#offset90k;
    this.#lastOut90k = out;
    this.#lastIn90k = pts90k;
    this.#lastArrivedMs = arrivedMs;
    return ((Math.round(out) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }
}
