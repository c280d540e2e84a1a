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
/**
 * How much of the fire goes out in one place while it flares up in another, from picture to picture: tongues of fire
 * 0.15-1. A lamp that pulses, and its mirror image, grow and shrink everywhere at once; a red pot does neither.
 */
const MIN_RESTLESSNESS = 0.1;
/**
 * A tongue of fire that comes or goes changes the colour of its place by more than this, 0..255. A copper pot in the
 * half-light may lie just at the colour of fire, where the noise of the picture alone turns its places on and off.
 */
const MIN_SWING = 30;
/** As many times the noise between two pictures, when they are noisy. */
const SWING_OF_NOISE = 5;
/** However noisy: less than from what a lamp lights to what glows. */
const MAX_SWING = 80;
/** So many of the places hardly change from picture to picture, even beside a large fire: what they do change by is noise. */
const STILL_SHARE = 0.25;
/** In normal noise this share of the values lies within this many standard deviations. */
const STILL_DEVIATIONS = 0.32;
/** A flame has a root: places that burn in most pictures. A reflection that sweeps over the steel has none. */
const ROOT_LEVEL = 0.3;
const ROOT_PICTURES = 0.6;

/** Cells of one picture. */
interface Look {
  /** How much of each cell has the colour of fire, 0..1; 0 outside of the zone. */
  readonly fire: Float32Array;
  /** float32 [cells, 3], RGB, 0..255 */
  readonly colours: Float32Array;
}

/**
 * Looks for an open flame in a drawn stove zone: the colours of fire, a root that stays, and tongues that dance around
 * it, which pots, peppers and warning lamps lack.
 */
export class FlameWatch {
  readonly #grid: ZoneGrid;
  readonly #zoneBox: Box;
  readonly #zoneCells: number;
  #history: Look[] = [];

  constructor(zone: readonly Point[]) {
    this.#grid = gridOver(zone, CELLS_PER_SIDE, 0);
    this.#zoneBox = boundsOf(zone);
    this.#zoneCells = this.#grid.isInside.reduce((sum, inside) => sum + inside, 0);
  }

  update(picture: Picture): FlameState {
    this.#history.push(this.#look(picture));
    if (this.#history.length > PICTURES_COMPARED) this.#history.shift();
    if (this.#history.length < MIN_PICTURES || this.#zoneCells === 0) {
      return { isBurning: undefined, score: 0, box: this.#zoneBox };
    }
    const { fireShare, restlessness, hasRoot } = this.#measure();
    const isBurning = fireShare >= MIN_FIRE_SHARE && restlessness >= MIN_RESTLESSNESS && hasRoot && this.#isLit();
    const score = Math.min(1, fireShare / (2 * MIN_FIRE_SHARE)) * Math.min(1, restlessness / (2 * MIN_RESTLESSNESS));
    return { isBurning, score, box: isBurning ? this.#fireBox() : this.#zoneBox };
  }

  #look(picture: Picture): Look {
    const cells = this.#grid.rows * this.#grid.columns;
    const fire = new Float32Array(cells);
    const colours = new Float32Array(cells * 3);
    const counts = new Uint16Array(cells);
    visitCells(this.#grid, picture, (cell, red, green, blue) => {
      counts[cell] = (counts[cell] as number) + 1;
      fire[cell] = (fire[cell] as number) + fireColour(red, green, blue);
      const at = cell * 3;
      colours[at] = (colours[at] as number) + red;
      colours[at + 1] = (colours[at + 1] as number) + green;
      colours[at + 2] = (colours[at + 2] as number) + blue;
    });
    for (let cell = 0; cell < cells; cell++) {
      const count = Math.max(1, counts[cell] as number);
      fire[cell] = this.#grid.isInside[cell] === 1 ? (fire[cell] as number) / count : 0;
      for (let at = cell * 3; at < cell * 3 + 3; at++) colours[at] = (colours[at] as number) / count;
    }
    return { fire, colours };
  }

  #measure(): { fireShare: number; restlessness: number; hasRoot: boolean } {
    const pictures = this.#history.length;
    const burns = new Uint8Array(this.#zoneBox.width > 0 ? CELLS_PER_SIDE ** 2 : 0);
    let total = 0;
    let exchanged = 0;
    for (let index = 0; index < pictures; index++) {
      const now = this.#history[index];
      if (!now) continue;
      for (let cell = 0; cell < now.fire.length; cell++) {
        const share = now.fire[cell] as number;
        total += share;
        if (share >= ROOT_LEVEL) burns[cell] = (burns[cell] as number) + 1;
      }
      const before = this.#history[index - 1];
      if (before) exchanged += this.#exchanged(before, now);
    }
    const mean = total / pictures;
    const restlessness = mean === 0 ? 0 : exchanged / (pictures - 1) / mean;
    const hasRoot = burns.some((count) => count >= ROOT_PICTURES * pictures);
    return { fireShare: mean / this.#zoneCells, restlessness, hasRoot };
  }

  /** Fire that went out in one place while as much flared up in another; both sums together, in cells. */
  #exchanged(before: Look, now: Look): number {
    const swings = new Float32Array(now.fire.length);
    const inZone = new Float32Array(swings.length);
    let count = 0;
    for (let cell = 0; cell < swings.length; cell++) {
      if (this.#grid.isInside[cell] !== 1) continue;
      for (let at = cell * 3; at < cell * 3 + 3; at++) {
        const swing = Math.abs((now.colours[at] as number) - (before.colours[at] as number));
        if (swing > (swings[cell] as number)) swings[cell] = swing;
      }
      inZone[count++] = swings[cell] as number;
    }
    const sorted = inZone.subarray(0, count).sort();
    const noise = (sorted[Math.floor(STILL_SHARE * count)] ?? 0) / STILL_DEVIATIONS;
    const minSwing = Math.min(MAX_SWING, Math.max(MIN_SWING, SWING_OF_NOISE * noise));
    let [up, down] = [0, 0];
    for (let cell = 0; cell < swings.length; cell++) {
      if ((swings[cell] as number) < minSwing) continue;
      const change = (now.fire[cell] as number) - (before.fire[cell] as number);
      if (change > 0) up += change;
      else down -= change;
    }
    return 2 * Math.min(up, down);
  }

  /** False when the last two pictures show hardly any of the fire that was there before: it was put out. */
  #isLit(): boolean {
    const sums = this.#history.map(({ fire }) => fire.reduce((sum, share) => sum + share, 0));
    return Math.max(...sums.slice(-2)) >= 0.2 * Math.max(...sums);
  }

  #fireBox(): Box {
    let [left, top, right, bottom] = [1, 1, 0, 0];
    const { columns, rows } = this.#grid;
    for (let cell = 0; cell < columns * rows; cell++) {
      if (!this.#history.some(({ fire }) => (fire[cell] ?? 0) > 0.2)) continue;
      const box = cellBox(this.#grid, cell % columns, Math.floor(cell / columns));
      left = Math.min(left, box.x);
      top = Math.min(top, box.y);
      right = Math.max(right, box.x + box.width);
      bottom = Math.max(bottom, box.y + box.height);
    }
    return right > left ? { x: left, y: top, width: right - left, height: bottom - top } : this.#zoneBox;
  }
}

/**
 * How much a colour is that of fire, 0..1: yellow to red and bright, or the blue of gas. In steps of nothing to all, so
 * that noise on the border of it does not look like flicker.
 */
function fireColour(red: number, green: number, blue: number): number {
  if (red >= green * 1.03 && green >= red * 0.25) {
    return rise(red, 165, 40) * rise(red - blue, 55, 40);
  }
  return rise(blue, 130, 40) * rise(blue - red * 1.4, 0, 30) * rise(blue - green * 1.05, 0, 20);
}

function rise(value: number, from: number, over: number): number {
  return Math.max(0, Math.min(1, (value - from) / over));
}
