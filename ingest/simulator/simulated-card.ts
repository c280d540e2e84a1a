/** What the card of a simulated camera does wrong. */
export type CardFault =
  /** Refuses to play back. */
  | { readonly kind: 'refused' }
  /** Plays back this many pictures a second, and no more. */
  | { readonly kind: 'slow'; readonly picturesPerSecond: number }
  /** Falls silent at the end of a range, in place of saying that it is the end. */
  | { readonly kind: 'quiet-end' }
  /** Closes the connection after so many pictures, every time. */
  | { readonly kind: 'cut'; readonly afterPictures: number }
  /** Leaves out the header extension with the times of the pictures. */
  | { readonly kind: 'untimed' };

/** A stretch of wall time, UTC epoch milliseconds on our clock. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface SimulatedCardOptions {
  /** How far back it goes. @default 24 h before now */
  readonly hours?: number | undefined;
}

const HOUR_MS = 3_600_000;

/**
 * The card of a simulated camera. Which picture was shown when is a function of the time alone, so nothing is stored: what was
 * recorded is all that is not taken away.
 */
export class SimulatedCard {
  readonly #hours: number;
  #missing: readonly Stretch[] = [];
  #replays = 0;
  fault: CardFault | null = null;

  constructor({ hours = 24 }: SimulatedCardOptions = {}) {
    this.#hours = hours;
  }

  /** How many times it was asked to play something back. */
  get replays(): number {
    return this.#replays;
  }

  noteReplay(): void {
    this.#replays++;
  }

  /** Was not recorded, whatever was said of it before. */
  setMissing(stretches: readonly Stretch[]): void {
    this.#missing = stretches;
  }

  earliestMs(nowMs: number): number {
    return nowMs - this.#hours * HOUR_MS;
  }

  isRecorded(wallMs: number, nowMs: number): boolean {
    if (wallMs < this.earliestMs(nowMs) || wallMs > nowMs) return false;
    return !this.#missing.some(({ fromMs, untilMs }) => wallMs >= fromMs && wallMs < untilMs);
  }
}
