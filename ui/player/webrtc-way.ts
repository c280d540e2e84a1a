/** After media did not come through at all, every tile spares itself the wait for this long; longer each time. */
const firstAvoidMs = 4_000;
const longestAvoidMs = 60_000;

/** What the page has learned of whether WebRTC reaches it: shared by all tiles, so that not each must find out. */
export class WebrtcWay {
  readonly #nowMs: () => number;
  #avoidUntilMs = 0;
  #avoidMs = firstAvoidMs;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Whether a tile should try it now. */
  get isWorthTrying(): boolean {
    return this.#nowMs() >= this.#avoidUntilMs;
  }

  noteBlocked(): void {
    // Tiles that fail together have learned the same thing.
    if (!this.isWorthTrying) return;
    this.#avoidUntilMs = this.#nowMs() + this.#avoidMs;
    this.#avoidMs = Math.min(longestAvoidMs, this.#avoidMs * 2);
  }

  noteWorks(): void {
    this.#avoidUntilMs = 0;
    this.#avoidMs = firstAvoidMs;
  }
}
