import type { Point } from '#ingest/cameras/camera.ts';
import type { Picture } from '../model-pack.ts';
import { gridOver, meanColours, type ZoneGrid } from './zone-grid.ts';

export interface ZoneChange {
  /** undefined while the reference is being learned. */
  readonly isChanged: boolean | undefined;
  /** Share of the zone that differs from the reference, 0..1. */
  readonly changedShare: number;
}

const CELLS_PER_SIDE = 32;
const MARGIN = 0.25;
const REFERENCE_PICTURES = 9;
/** The reference is taken over at least this time, so that a passing shadow is not learned. */
const REFERENCE_MS = 3000;
/** Difference of a cell's colour, after the light was evened out, 0..255. */
const MIN_DIFFERENCE = 28;
const MIN_CHANGED_SHARE = 0.22;
/** How fast the reference follows slow changes while all is well, per second. */
const ADAPTION_PER_S = 0.01;

/**
 * Compares a drawn zone with how it usually looks there. The kitchen's light may change: its strength and colour are
 * taken from the surroundings of the zone, and evened out before the comparison.
 */
export class ZoneChangeWatch {
  readonly #grid: ZoneGrid;
  readonly #zoneCells: number;
  readonly #learning: Float32Array[] = [];
  #learningSinceMs: number | undefined;
  #reference: Float32Array | undefined;
  #lastMs = 0;

  /** @param reference as `reference` of an earlier watch gave it; without one the first quiet pictures are learned */
  constructor(zone: readonly Point[], reference?: Float32Array) {
    this.#grid = gridOver(zone, CELLS_PER_SIDE, MARGIN);
    this.#zoneCells = this.#grid.isInside.reduce((sum, inside) => sum + inside, 0);
    this.#reference = reference?.length === CELLS_PER_SIDE * CELLS_PER_SIDE * 3 ? reference : undefined;
  }

  /** float32 [32, 32, 3]: mean colours of the zone and its surroundings; undefined until learned. */
  get reference(): Float32Array | undefined {
    return this.#reference;
  }

  /** Only pictures in which nobody stands before the zone. */
  update(picture: Picture, timeMs: number): ZoneChange {
    const now = meanColours(this.#grid, picture);
    if (!this.#reference) {
      this.#learn(now, timeMs);
      return { isChanged: undefined, changedShare: 0 };
    }
    const gains = this.#lightGains(now, this.#reference);
    let changed = 0;
    for (let cell = 0; cell < this.#grid.isInside.length; cell++) {
      if (this.#grid.isInside[cell] === 1 && cellDifference(now, this.#reference, gains, cell) >= MIN_DIFFERENCE)
        changed++;
    }
    const changedShare = this.#zoneCells === 0 ? 0 : changed / this.#zoneCells;
    const isChanged = changedShare >= MIN_CHANGED_SHARE;
    if (changedShare < MIN_CHANGED_SHARE / 2) this.#adapt(now, timeMs);
    this.#lastMs = timeMs;
    return { isChanged, changedShare };
  }

  #learn(now: Float32Array, timeMs: number): void {
    this.#learningSinceMs ??= timeMs;
    this.#lastMs = timeMs;
    this.#learning.push(now);
    const isLongEnough = timeMs - this.#learningSinceMs >= REFERENCE_MS;
    if (this.#learning.length > 4 * REFERENCE_PICTURES) this.#learning.splice(1, 1);
    if (!isLongEnough || this.#learning.length < REFERENCE_PICTURES) return;
    this.#reference = medianOf(this.#learning.splice(0));
  }

  /** How much stronger each colour of the light is than in the reference, from the cells around the zone. */
  #lightGains(now: Float32Array, reference: Float32Array): readonly number[] {
    return [0, 1, 2].map((channel) => {
      const ratios: number[] = [];
      for (let cell = 0; cell < this.#grid.isInside.length; cell++) {
        if (this.#grid.isInside[cell] === 1) continue;
        const before = reference[cell * 3 + channel] ?? 0;
        if (before > 8) ratios.push((now[cell * 3 + channel] ?? 0) / before);
      }
      return ratios.length < 16 ? 1 : medianOfNumbers(ratios);
    });
  }

  #adapt(now: Float32Array, timeMs: number): void {
    const weight = Math.min(0.1, (ADAPTION_PER_S * Math.max(0, timeMs - this.#lastMs)) / 1000);
    const reference = this.#reference;
    if (!reference) return;
    for (let index = 0; index < reference.length; index++) {
      reference[index] = (reference[index] ?? 0) * (1 - weight) + (now[index] ?? 0) * weight;
    }
  }
}

function cellDifference(now: Float32Array, reference: Float32Array, gains: readonly number[], cell: number): number {
  let largest = 0;
  for (let channel = 0; channel < 3; channel++) {
    const expected = Math.min(255, (reference[cell * 3 + channel] ?? 0) * (gains[channel] ?? 1));
    largest = Math.max(largest, Math.abs((now[cell * 3 + channel] ?? 0) - expected));
  }
  return largest;
}

function medianOf(pictures: readonly Float32Array[]): Float32Array {
  const length = pictures[0]?.length ?? 0;
  return Float32Array.from({ length }, (_, index) => medianOfNumbers(pictures.map((picture) => picture[index] ?? 0)));
}

function medianOfNumbers(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? 0;
}
