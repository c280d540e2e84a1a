import { StreamHub } from '#ingest/hub/stream-hub.ts';
import type { AccessUnit } from '#ingest/media.ts';

const PICTURE_MS = 40;

/** A hub whose camera sends a clip again and again, 25 pictures a second. */
export class PlayingHub extends StreamHub {
  readonly #units: readonly AccessUnit[];
  readonly #timer: ReturnType<typeof setInterval>;
  #at = 0;

  constructor(units: readonly AccessUnit[]) {
    super();
    this.#units = units;
    this.#timer = setInterval(() => this.#next(), PICTURE_MS);
  }

  /** Pictures so far. */
  get published(): number {
    return this.#at;
  }

  get isRead(): boolean {
    return this.readers.length > 0;
  }

  #next(): void {
    const unit = this.#units[this.#at % this.#units.length];
    if (!unit) return;
    const pts90k = this.#at * PICTURE_MS * 90;
    this.#at++;
    this.publish({ ...unit, pts90k, wallMs: Date.now(), arrivedMs: performance.now() });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
