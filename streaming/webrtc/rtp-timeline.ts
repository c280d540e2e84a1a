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
    return wrap(out);
  }

  /**
   * For pictures that are sent after the fact, all at once, to be decoded and not to be watched: they lie a tick apart, right
   * after what was sent before, else right before what comes next; a player would show them at their own pace, and stay behind.
   *
   * @param last the newest of them; what comes next goes on from it
   * @returns 90 kHz, 0..2^32-1, one for each
   */
  squeeze(count: number, last: { readonly pts90k: number; readonly arrivedMs: number }): readonly number[] {
    const before = this.#lastOut90k;
    this.map(last.pts90k, last.arrivedMs);
    const end = this.#lastOut90k ?? 0;
    const first = Math.max(end - count, before ?? Number.NEGATIVE_INFINITY) + 1;
    this.#lastOut90k = Math.max(end, first + count - 1);
    return Array.from({ length: count }, (_, index) => wrap(first + index));
  }
}

function wrap(value: number): number {
  return Math.round(value) >>> 0;
}
