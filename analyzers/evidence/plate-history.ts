import type { PlateReading } from '../detection.ts';
import { legibility, type PlateBallot } from '../packs/plate/plate-vote.ts';

/** More readings of one vehicle teach nothing. */
const MAX_READINGS = 30;
/** So many of them are kept to vote: the most legible ones, by size and sharpness. */
const BEST_KEPT = 8;
const ENOUGH_AGREEING = 4;
const SURE_CONFIDENCE = 0.8;
/** After so many looks without a plate, wait until the vehicle is this much larger. */
const LOOKS_PER_SIZE = 4;
const NEXT_SIZE = 1.2;

/** The readings of one vehicle's plate, and whether another look is worth its time. */
export class PlateHistory {
  #ballots: readonly PlateBallot[] = [];
  #readings = 0;
  #looksAtSize = 0;
  #width = 0;

  /** The readings of the most legible frames, most legible first. */
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
    this.#readings++;
    this.#ballots = [...this.#ballots, { reading, widthPx: reading.box.width * pictureWidthPx }]
      .toSorted((a, b) => legibility(b) - legibility(a))
      .slice(0, BEST_KEPT);
  }

  /** @param width of the vehicle now, 0..1 of the frame */
  isKnownWellEnough(width: number): boolean {
    if (this.#looksAtSize >= LOOKS_PER_SIZE && width <= this.#width * NEXT_SIZE) return true;
    if (this.#readings >= MAX_READINGS) return true;
    const agreeing = new Map<string, number>();
    for (const { reading } of this.#ballots) {
      const { text, confidence } = reading;
      if (confidence >= SURE_CONFIDENCE) agreeing.set(text, (agreeing.get(text) ?? 0) + 1);
    }
    return Math.max(0, ...agreeing.values()) >= ENOUGH_AGREEING;
  }
}
