import type { Detection } from '../detection.ts';
import type { Picture } from '../packs/model-pack.ts';
import { overlapOf } from '../tracking/box.ts';
import type { Track } from '../tracking/track.ts';
import type { AnalysisResult } from './analyzer-messages.ts';

/** Cells of the thumbnail: of a picture of 1280×720 each is 20×20 px, about a far car. */
const COLUMNS = 64;
const ROWS = 36;
/** Pixels looked at in each cell, per side. */
const SAMPLES = 4;
/** A cell differs when its brightness (0..255) is this far from what the change of light over the whole picture makes of it. */
const CHANGED_BY = 7;
/** Cells darker than this tell nothing about the light. */
const DARK = 8;
/** A vehicle stands when its box overlaps that of the analysed picture before by this much. */
const STANDING_OVERLAP = 0.75;
/** After this long a picture is analysed whatever it looks like: what was missed gets another chance. */
const MAX_CARRIED_MS = 20_000;

/** An object of the last analysed picture, with its track. */
export interface LastSeen {
  readonly detection: Detection;
  readonly track: Track | undefined;
}

/**
 * Tells whether a picture of a camera is worth analysing: not when it looks like the last one that was analysed and
 * nothing was moving in that. One per camera.
 */
export class SceneGate {
  #reference: Float32Array | undefined;
  #referenceMs = 0;
  #carried: readonly Detection[] | undefined;
  #size = 0;
  /** Of the picture last looked at. */
  #newest: { readonly timeMs: number; readonly cells: Float32Array } | undefined;

  /**
   * @returns what is in the picture without looking: the standing objects of the last analysed one; undefined when it has
   * to be analysed
   */
  carry(picture: Picture, timeMs: number): AnalysisResult | undefined {
    const { pixels } = picture;
    const isDue = timeMs - this.#referenceMs >= MAX_CARRIED_MS || timeMs < this.#referenceMs;
    if (!this.#reference || !this.#carried || isDue || pixels.length !== this.#size) return undefined;
    this.#newest = { timeMs, cells: thumbnailOf(picture) };
    if (differ(this.#reference, this.#newest.cells)) return undefined;
    return { detections: this.#carried, plates: [], vehiclesRead: [], detectMs: 0, readMs: 0 };
  }

  /** To be called with each analysed picture, after its detections were joined to tracks. */
  analysed(picture: Picture, timeMs: number, objects: readonly LastSeen[]): void {
    this.#reference = this.#newest?.timeMs === timeMs ? this.#newest.cells : thumbnailOf(picture);
    this.#newest = undefined;
    this.#referenceMs = timeMs;
    this.#size = picture.pixels.length;
    const followed = objects.filter(({ track }) => track !== undefined);
    this.#carried = followed.every(isStanding) ? followed.map(({ detection }) => detection) : undefined;
  }
}

/** What was seen for the first time may be moving: it is looked at once more. */
function isStanding({ detection, track }: LastSeen): boolean {
  const before = track?.previousBox;
  return before !== undefined && overlapOf(before, detection.box) >= STANDING_OVERLAP;
}

/** Mean brightness of each cell, from evenly spread pixels. */
function thumbnailOf({ pixels, widthPx, heightPx }: Picture): Float32Array {
  const cells = new Float32Array(COLUMNS * ROWS);
  const columns = Int32Array.from(
    { length: COLUMNS * SAMPLES },
    (_, column) => 3 * Math.floor(((column + 0.5) * widthPx) / (COLUMNS * SAMPLES)),
  );
  for (let row = 0; row < ROWS * SAMPLES; row++) {
    const line = Math.floor(((row + 0.5) * heightPx) / (ROWS * SAMPLES)) * widthPx * 3;
    let cell = Math.floor(row / SAMPLES) * COLUMNS;
    for (let column = 0; column < columns.length; cell++) {
      let sum = 0;
      for (const end = column + SAMPLES; column < end; column++) {
        const at = line + (columns[column] as number);
        sum += (pixels[at] as number) + 2 * (pixels[at + 1] as number) + (pixels[at + 2] as number);
      }
      cells[cell] = (cells[cell] as number) + sum;
    }
  }
  const share = 1 / (4 * SAMPLES * SAMPLES);
  for (let cell = 0; cell < cells.length; cell++) cells[cell] = (cells[cell] as number) * share;
  return cells;
}

/** True when some cell changed by more than the light did: a cloud changes all of them, a vehicle a few. */
function differ(before: Float32Array, now: Float32Array): boolean {
  const gains = now.map((value, cell) => value / Math.max(DARK, before[cell] as number)).sort();
  const gain = gains[gains.length >> 1] ?? 1;
  for (let cell = 0; cell < now.length; cell++)
    if (Math.abs((now[cell] as number) - (before[cell] as number) * gain) > CHANGED_BY) return true;
  return false;
}
