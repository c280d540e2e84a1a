import type { PlateReading } from '../detection.ts';
import type { PlateBallot } from '../packs/plate/plate-vote.ts';

/** More readings of one vehicle teach nothing. */
const MAX_READINGS = 30;
const ENOUGH_AGREEING = 4;
const SURE_CONFIDENCE = 0.8;
/** After so many looks without a plate, wait until the vehicle is this much larger. */
const LOOKS_PER_SIZE = 4;
const NEXT_SIZE = 1.2;

/** The readings of one vehicle's plate, and whether another look is worth its time. */
export class PlateHistory {
  readonly #ballots: PlateBallot[] = [];
  #looksAtSize = 0;
  #width = 0;

  get ballots(): readonly PlateBallot[] {
    return this.#ballots;
  }

  /**
   * @param reading undefined when the vehicle was looked at and nothing was read
   * @param width of the vehicle, 0..1 of the frame
   * @param pictureWidthPx of the whole frame
   */
  add(reading: PlateReading | undefined, width: number, pictureWidthPx: number): void {
    if (width > this.#width * NEXT_SIZE) {
      this.#width = width;
      this.#looksAtSize = 0;
    }
    if (!reading) {
      this.#looksAtSize++;
      return;
    }
    this.#ballots.push({ reading, widthPx: reading.box.width * pictureWidthPx });
    if (this.#ballots.length > MAX_READINGS) this.#ballots.shift();
  }

  /** @param width of the vehicle now, 0..1 of the frame */
  isKnownWellEnough(width: number): boolean {
    if (this.#looksAtSize >= LOOKS_PER_SIZE && width <= this.#width * NEXT_SIZE) return true;
    if (this.#ballots.length >= MAX_READINGS) return true;
    const agreeing = new Map<string, number>();
    for (const { reading } of this.#ballots) {
      const { text, confidence } = reading;
      if (confidence >= SURE_CONFIDENCE) agreeing.set(text, (agreeing.get(text) ?? 0) + 1);
    }
    return Math.max(0, ...agreeing.values()) >= ENOUGH_AGREEING;
  }
}
