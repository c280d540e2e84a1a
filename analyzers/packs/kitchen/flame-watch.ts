import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { boundsOf } from '../../rules/zone.ts';
import { cellBox, gridOver, visitCells, type ZoneGrid } from './zone-grid.ts';

export interface FlameState {
  /** undefined until enough pictures were seen. */
  readonly isBurning: boolean | undefined;
  /** 0..1 */
  readonly score: number;
  /** Around what burns; the whole zone when nothing does. */
  readonly box: Box;
}

const CELLS_PER_SIDE = 48;
const PICTURES_COMPARED = 6;
const MIN_PICTURES = 3;
/** Share of the zone that must have the colour of fire. */
const MIN_FIRE_SHARE = 0.002;
/** How much of the fire-coloured area changes from picture to picture: fire 0.2-1, a red pot under noise below 0.05. */
const MIN_FLICKER = 0.1;

/** Looks for an open flame in a drawn stove zone: the colours of fire, and the restlessness that pots and peppers lack. */
export class FlameWatch {
  readonly #grid: ZoneGrid;
  readonly #zoneBox: Box;
  readonly #zoneCells: number;
  #history: Float32Array[] = [];

  constructor(zone: readonly Point[]) {
    this.#grid = gridOver(zone, CELLS_PER_SIDE, 0);
    this.#zoneBox = boundsOf(zone);
    this.#zoneCells = this.#grid.isInside.reduce((sum, inside) => sum + inside, 0);
  }

  update(picture: Picture): FlameState {
    this.#history.push(this.#fireShares(picture));
    if (this.#history.length > PICTURES_COMPARED) this.#history.shift();
    if (this.#history.length < MIN_PICTURES || this.#zoneCells === 0) {
      return { isBurning: undefined, score: 0, box: this.#zoneBox };
    }
    const { fireShare, flicker } = this.#measure();
    const isBurning = fireShare >= MIN_FIRE_SHARE && flicker >= MIN_FLICKER && this.#isLit();
    const score = Math.min(1, fireShare / (2 * MIN_FIRE_SHARE)) * Math.min(1, flicker / (2 * MIN_FLICKER));
    return { isBurning, score, box: isBurning ? this.#fireBox() : this.#zoneBox };
  }

  /** For each cell of the zone the share of its pixels that have the colour of fire. */
  #fireShares(picture: Picture): Float32Array {
    const cells = this.#grid.rows * this.#grid.columns;
    const fire = new Float32Array(cells);
    const counts = new Uint16Array(cells);
    visitCells(this.#grid, picture, (cell, red, green, blue) => {
      counts[cell] = (counts[cell] ?? 0) + 1;
      if (isFireColour(red, green, blue)) fire[cell] = (fire[cell] ?? 0) + 1;
    });
    for (let cell = 0; cell < cells; cell++) {
      const share = (fire[cell] ?? 0) / Math.max(1, counts[cell] ?? 1);
      fire[cell] = this.#grid.isInside[cell] === 1 ? share : 0;
    }
    return fire;
  }

  #measure(): { fireShare: number; flicker: number } {
    let total = 0;
    let change = 0;
    for (let index = 0; index < this.#history.length; index++) {
      const now = this.#history[index];
      const before = this.#history[index - 1];
      if (!now) continue;
      for (let cell = 0; cell < now.length; cell++) {
        total += now[cell] ?? 0;
        if (before) change += Math.abs((now[cell] ?? 0) - (before[cell] ?? 0));
      }
    }
    const mean = total / this.#history.length;
    const meanChange = change / (this.#history.length - 1);
    return { fireShare: mean / this.#zoneCells, flicker: mean === 0 ? 0 : meanChange / mean };
  }

  /** False when the last two pictures show hardly any of the fire that was there before: it was put out. */
  #isLit(): boolean {
    const sums = this.#history.map((shares) => shares.reduce((sum, share) => sum + share, 0));
    return Math.max(...sums.slice(-2)) >= 0.2 * Math.max(...sums);
  }

  #fireBox(): Box {
    let [left, top, right, bottom] = [1, 1, 0, 0];
    const { columns, rows } = this.#grid;
    for (let cell = 0; cell < columns * rows; cell++) {
      if (!this.#history.some((shares) => (shares[cell] ?? 0) > 0.2)) continue;
      const box = cellBox(this.#grid, cell % columns, Math.floor(cell / columns));
      left = Math.min(left, box.x);
      top = Math.min(top, box.y);
      right = Math.max(right, box.x + box.width);
      bottom = Math.max(bottom, box.y + box.height);
    }
    return right > left ? { x: left, y: top, width: right - left, height: bottom - top } : this.#zoneBox;
  }
}

/** Yellow to red and bright, or the blue of gas. Alone it says little: it takes the flicker too. */
function isFireColour(red: number, green: number, blue: number): boolean {
  const isWarm = red >= 165 && red - blue >= 60 && red >= green * 1.03 && green >= red * 0.25;
  const isGas = blue >= 140 && blue >= red * 1.5 && blue >= green * 1.1;
  return isWarm || isGas;
}
