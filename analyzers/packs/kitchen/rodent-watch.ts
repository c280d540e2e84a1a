import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { FloorMovers, type Spot } from './floor-movers.ts';
import { type Blob, findBlobs } from './small-blobs.ts';
import { boxOfPlaces, brightnessOf, coveredPlaces, meanOf, medianWhere, patchOver, smoothLog } from './zone-patch.ts';

export interface RodentState {
  /** undefined: it cannot be told. */
  readonly isSeen: boolean | undefined;
  readonly because?: 'dark' | 'covered' | 'learning';
  /** 0..1 */
  readonly score: number;
  readonly box: Box;
}

const DARK_BELOW = 8;
/** How far below its surroundings the logarithm of brightness must have fallen. */
const MIN_CONTRAST = 0.15;
const NOISE_FACTOR = 6.5;
/** Soft changes, such as shadows and light through a door, are even over this many places each way. */
const SURROUNDINGS = 10;
/** Mean change of the logarithm of brightness of the zone: beyond it a lamp was switched, and the floor is learned anew. */
const MAX_LIGHT_CHANGE = 0.12;
/** With more of the zone brighter a light passes, and shadows with it. */
const MAX_BRIGHTER_SHARE = 0.02;
/** Share of the contrast with its surroundings by which a place must be darker than it was itself. */
const MIN_DARKENING = 0.6;
/** With more of the zone changed at once it was the light, or someone. */
const MAX_CHANGED_SHARE = 0.04;
/** Longer side of an animal in widths of the zone at its depth: from a mouse on a wide floor to a rat on a narrow one. */
const MIN_LENGTH = 0.008;
const MAX_LENGTH = 0.16;
const MIN_PLACES = 3;
/** The floor as it is without anything that runs follows slow changes. */
const LEARNING_MS = 20_000;
const LEARNING_PICTURES = 5;
const FORGETS_MS = 60_000;
const PASSES_MS = 9000;
/** The pictures right after an animal was made out still speak of it: it may stop, or be gone, at once. */
const HOLDS_MS = 8000;
const HELD_SCORE = 0.5;
const AROUND_PERSON = 0.5;

/**
 * Looks for something small and dark that runs over a drawn floor zone. What is larger, brighter, soft at its edges,
 * or stays where it is does not count; nor does anything near a person.
 */
export class RodentWatch {
  readonly #patch;
  readonly #movers = new FloorMovers();
  /** First place and width in places of the zone in each row: what is far away is small. */
  readonly #rowWidths: readonly number[];
  #floor: Float32Array | undefined;
  #learned = 0;
  #otherSinceMs: number | undefined;
  #learningSinceMs = 0;
  #lastMs = 0;
  #seen: { readonly untilMs: number; readonly box: Box } | undefined;

  constructor(zone: readonly Point[]) {
    this.#patch = patchOver(zone);
    const { columns, rows, isInside } = this.#patch;
    this.#rowWidths = Array.from({ length: rows }, (_, row) =>
      isInside.subarray(row * columns, (row + 1) * columns).reduce((sum, inside) => sum + inside, 0),
    );
  }

  update(picture: Picture, persons: readonly Box[], timeMs: number): RodentState {
    const { bounds } = this.#patch;
    const stepMs = Math.max(0, timeMs - this.#lastMs);
    this.#lastMs = timeMs;
    const brightness = brightnessOf(this.#patch, picture);
    if (meanOf(brightness) < DARK_BELOW) {
      this.#startOver();
      return { isSeen: undefined, because: 'dark', score: 0, box: bounds };
    }
    const now = smoothLog(this.#patch, brightness);
    const floor = this.#floor;
    if (!floor || stepMs > FORGETS_MS) {
      this.#startOver();
      this.#floor = now;
      this.#learningSinceMs = timeMs;
      return { isSeen: undefined, because: 'learning', score: 0, box: bounds };
    }
    const spots = this.#spots(now, floor, persons);
    this.#learn(now, floor, spots === undefined, timeMs, stepMs);
    const isLearning = this.#learned < LEARNING_PICTURES || timeMs - this.#learningSinceMs < LEARNING_MS;
    if (isLearning || spots === undefined) {
      this.#movers.forget();
      return this.#held(timeMs) ?? { isSeen: undefined, because: 'learning', score: 0, box: bounds };
    }
    const running = this.#movers.update(
      spots.map(({ spot }) => spot),
      timeMs,
    );
    const blob = spots.find(({ spot }) => spot === running)?.blob;
    if (!blob) return this.#held(timeMs) ?? { isSeen: false, score: 0, box: bounds };
    const { left, top, right, bottom } = blob;
    const box = boxOfPlaces(this.#patch, left - 2, top - 2, right + 2, bottom + 2);
    this.#seen = { untilMs: timeMs + HOLDS_MS, box };
    return { isSeen: true, score: 0.9, box };
  }

  #held(timeMs: number): RodentState | undefined {
    if (!this.#seen || timeMs > this.#seen.untilMs) return undefined;
    return { isSeen: true, score: HELD_SCORE, box: this.#seen.box };
  }

  #startOver(): void {
    this.#floor = undefined;
    this.#learned = 0;
    this.#movers.forget();
  }

  /** @returns undefined when so much has changed that it was the light, or someone */
  #spots(now: Float32Array, floor: Float32Array, persons: readonly Box[]) {
    const { columns, rows, isInside, insideCount } = this.#patch;
    const change = new Float32Array(now.length);
    for (let place = 0; place < now.length; place++) {
      change[place] = (now[place] as number) - (floor[place] as number);
    }
    const soft = boxMean(change, columns, rows, SURROUNDINGS);
    if (Math.abs(meanOf(soft)) > MAX_LIGHT_CHANGE) return undefined;
    const sharp = soft;
    const size = new Float32Array(now.length);
    let brighter = 0;
    for (let place = 0; place < now.length; place++) {
      if (isInside[place] === 1 && (change[place] as number) > MIN_CONTRAST) brighter++;
      sharp[place] = (change[place] as number) - (soft[place] as number);
      size[place] = Math.abs(sharp[place] as number);
    }
    if (brighter > MAX_BRIGHTER_SHARE * insideCount) return undefined;
    const minContrast = Math.max(MIN_CONTRAST, NOISE_FACTOR * medianWhere(size, isInside, 0.5));
    const isCovered = coveredPlaces(this.#patch, persons.map(aroundPerson));
    const marks = new Uint8Array(now.length);
    let changed = 0;
    for (let place = 0; place < now.length; place++) {
      if (isInside[place] !== 1 || isCovered[place] === 1 || (size[place] as number) < minContrast) continue;
      changed++;
      // Beside a beam of light the floor is darker than its surroundings, but no darker than it was.
      const isDarker = (sharp[place] as number) < 0 && (change[place] as number) < -MIN_DARKENING * minContrast;
      if (isDarker) marks[place] = 1;
    }
    if (changed > MAX_CHANGED_SHARE * insideCount) return undefined;
    const found: { blob: Blob; spot: Spot }[] = [];
    for (const blob of findBlobs(marks, columns, rows)) {
      if (blob.size < MIN_PLACES) continue;
      const rowWidth = this.#rowWidths[Math.min(rows - 1, Math.floor(blob.y))] ?? columns;
      const width = Math.max(rowWidth, columns / 4);
      const length = Math.max(blob.right - blob.left, blob.bottom - blob.top) / width;
      if (length > MAX_LENGTH) return undefined;
      if (length < MIN_LENGTH) continue;
      found.push({ blob, spot: { x: blob.x / width, y: blob.y / width, length } });
    }
    return found;
  }

  /** Follows the floor slowly, so that what runs leaves no trace; anew when it stays another one. */
  #learn(now: Float32Array, floor: Float32Array, isOther: boolean, timeMs: number, stepMs: number): void {
    if (isOther) {
      this.#otherSinceMs ??= timeMs;
      // The lamps of a car pass; until then the floor is remembered as it was.
      if (timeMs - this.#otherSinceMs <= PASSES_MS) return;
      this.#learned = 0;
    } else {
      this.#otherSinceMs = undefined;
      this.#learned++;
    }
    // First the mean of all, so that the noise of the first picture does not stay.
    const weight = Math.max(1 / (this.#learned + 1), Math.min(0.3, stepMs / FORGETS_MS));
    for (let place = 0; place < floor.length; place++) {
      floor[place] = (floor[place] as number) * (1 - weight) + (now[place] as number) * weight;
    }
  }
}

/** Mean over the square of 2 × `reach` + 1 places around each place, cut at the borders. */
function boxMean(values: Float32Array, columns: number, rows: number, reach: number): Float32Array {
  const sums = new Float64Array((columns + 1) * (rows + 1));
  for (let row = 0; row < rows; row++) {
    let along = 0;
    for (let column = 0; column < columns; column++) {
      along += values[row * columns + column] as number;
      sums[(row + 1) * (columns + 1) + column + 1] = (sums[row * (columns + 1) + column + 1] as number) + along;
    }
  }
  const means = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const top = Math.max(0, row - reach);
    const bottom = Math.min(rows, row + reach + 1);
    for (let column = 0; column < columns; column++) {
      const left = Math.max(0, column - reach);
      const right = Math.min(columns, column + reach + 1);
      const sum =
        (sums[bottom * (columns + 1) + right] as number) -
        (sums[top * (columns + 1) + right] as number) -
        (sums[bottom * (columns + 1) + left] as number) +
        (sums[top * (columns + 1) + left] as number);
      means[row * columns + column] = sum / ((bottom - top) * (right - left));
    }
  }
  return means;
}

function aroundPerson({ x, y, width, height }: Box): Box {
  return {
    x: x - AROUND_PERSON * width,
    y: y - 0.1 * height,
    width: width * (1 + 2 * AROUND_PERSON),
    height: height * 1.5,
  };
}
