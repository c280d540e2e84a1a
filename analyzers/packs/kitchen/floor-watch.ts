import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { PersonMemory } from './person-memory.ts';
import { changesOfCells, isLitter, isWater, lightPatches } from './light-patches.ts';
import {
  boxOfPlaces,
  brightnessOf,
  coveredPlaces,
  meanOf,
  medianWhere,
  type Patch,
  patchOver,
  smoothLog,
} from './zone-patch.ts';

export interface FloorState {
  /** undefined: it cannot be told. */
  readonly isDirty: boolean | undefined;
  readonly because?: 'dark' | 'covered';
  /** 0..1 */
  readonly score: number;
  /** Around what lies there; the whole zone when nothing does. */
  readonly box: Box;
}

/** Side of a cell in places of the raster: about the size of a crumpled napkin four metres away. */
const CELL = 8;
/** Below this mean brightness noise hides what lies there, 0..255. */
const DARK_BELOW = 26;
/** Change of the logarithm of brightness from one neighbour to the next but one. */
const MIN_EDGE = 0.065;
/** As many times the usual difference from the reference, which is noise and compression. */
const NOISE_FACTOR = 4.5;
/**
 * How much all edges of a cell run in one direction, 0..1. The edge of a shadow or of a patch of sun crosses a cell as
 * one line; things and the mirror images in water have edges all around.
 */
const MAX_COHERENCE = 0.8;
/** What lies on the floor stays where it is: a cell counts when it was changed for most of this time, and less to be clean again. */
const PERSISTENCE_MS = 20_000;
const CLEANING_MS = 8000;
const BECOMES_DIRTY = 0.6;
const BECOMES_CLEAN = 0.35;
const MIN_CELLS = 2;
const MIN_SHARE = 0.012;
/** With less of the zone to be seen nothing is said. */
const MIN_VISIBLE_SHARE = 0.35;
/** Longest time that one picture speaks for. */
const LONGEST_STEP_MS = 5000;
/** Shadow and mirror image of a person lie around the feet, as shares of the person's box. */
const AROUND_FEET = { side: 0.6, below: 0.45 };
/** Places around the zone in which light is looked for: a patch of sun of which a corner lies in the zone is one. */
const LIGHT_AROUND = 2 * CELL;
/** What was seen of a cell before somebody stepped in front of it is forgotten over this time, unless it was enough. */
const FORGETTING_MS = 60_000;
/**
 * What was seen to lie there is taken to lie there still for this long when somebody stands over it; after that they may
 * have picked it up. Something that is picked up within a minute does not outlast the usual grace time by it.
 */
const HIDDEN_MS = 45_000;

/**
 * Compares a drawn piece of floor with the reference picture. Looks at what the light cannot do: edges that were not
 * there, of no common direction, that stay in their place, away from the borders of sun and shadow.
 */
export class FloorWatch {
  readonly #patch: Patch;
  readonly #reference: Float32Array;
  readonly #cellColumns: number;
  readonly #cellRows: number;
  /** Of each cell: how much of the last time it was changed, 0..1. */
  readonly #persistence: Float32Array;
  readonly #isDirtyCell: Uint8Array;
  /** Of each cell: how long it has been hidden. */
  readonly #hiddenMs: Float32Array;
  readonly #across: Float32Array;
  readonly #down: Float32Array;
  readonly #edges: Float32Array;
  readonly #people = new PersonMemory();
  #lastMs: number | undefined;

  constructor(zone: readonly Point[], reference: Picture) {
    const patch = patchOver(zone, { around: LIGHT_AROUND });
    this.#patch = patch;
    this.#reference = smoothLog(patch, brightnessOf(patch, reference));
    this.#cellColumns = Math.ceil(patch.columns / CELL);
    this.#cellRows = Math.ceil(patch.rows / CELL);
    const cells = this.#cellColumns * this.#cellRows;
    this.#persistence = new Float32Array(cells);
    this.#isDirtyCell = new Uint8Array(cells);
    this.#hiddenMs = new Float32Array(cells);
    const places = patch.columns * patch.rows;
    this.#across = new Float32Array(places);
    this.#down = new Float32Array(places);
    this.#edges = new Float32Array(places);
  }

  /** @param persons boxes; where they stand and cast shadows nothing is compared */
  update(picture: Picture, persons: readonly Box[], timeMs: number): FloorState {
    const stepMs = Math.min(LONGEST_STEP_MS, Math.max(0, timeMs - (this.#lastMs ?? timeMs)));
    this.#lastMs = timeMs;
    const patch = this.#patch;
    const brightness = brightnessOf(patch, picture);
    if (meanOf(brightness) < DARK_BELOW) return this.#unknown('dark');
    const isCovered = coveredPlaces(patch, this.#people.update(persons, timeMs).map(aroundFeet));
    const isSeen = isCovered.map((covered) => 1 - covered);
    const counts = isSeen.map((seen, place) => seen & (patch.isInside[place] as number));
    const visible = counts.reduce((sum, counted) => sum + counted, 0);
    if (visible < MIN_VISIBLE_SHARE * patch.insideCount || visible === 0) {
      for (let cell = 0; cell < this.#persistence.length; cell++) this.#hide(cell, stepMs);
      return this.#unknown('covered');
    }
    const difference = this.#difference(smoothLog(patch, brightness));
    const [columns, rows] = [this.#cellColumns, this.#cellRows];
    const cells = changesOfCells(difference, isSeen, patch, CELL);
    const isLight = lightPatches(cells, columns, rows, (stretch) => {
      return !isWater(stretch, cells, columns, rows) && !isLitter(stretch, cells);
    });
    const noise = medianWhere(this.#edges, counts, 0.5);
    return this.#judgeCells(counts, isLight, Math.max(MIN_EDGE, NOISE_FACTOR * noise), stepMs);
  }

  /** Edges of the difference from the reference. */
  #difference(now: Float32Array): Float32Array {
    const { columns, rows } = this.#patch;
    const reference = this.#reference;
    for (let place = 0; place < now.length; place++) now[place] = (now[place] as number) - (reference[place] as number);
    for (let row = 1; row < rows - 1; row++) {
      for (let column = 1; column < columns - 1; column++) {
        const place = row * columns + column;
        const across = (now[place + 1] as number) - (now[place - 1] as number);
        const down = (now[place + columns] as number) - (now[place - columns] as number);
        this.#across[place] = across;
        this.#down[place] = down;
        this.#edges[place] = Math.abs(across) + Math.abs(down);
      }
    }
    return now;
  }

  #judgeCells(counts: Uint8Array, isLight: Uint8Array, minEdge: number, stepMs: number): FloorState {
    const { columns, rows } = this.#patch;
    let [left, top, right, bottom] = [columns, rows, 0, 0];
    let cells = 0;
    let dirty = 0;
    let longHidden = 0;
    for (let cellRow = 0; cellRow < this.#cellRows; cellRow++) {
      for (let cellColumn = 0; cellColumn < this.#cellColumns; cellColumn++) {
        const cell = cellRow * this.#cellColumns + cellColumn;
        const [x, y] = [cellColumn * CELL, cellRow * CELL];
        const isChanged = this.#isChanged(x, y, counts, minEdge);
        if (isChanged === undefined) this.#hide(cell, stepMs);
        else this.#judgeCell(cell, isChanged && isLight[cell] !== 1, stepMs);
        if (isChanged !== undefined) cells++;
        if (this.#isDirtyCell[cell] !== 1) continue;
        if ((this.#hiddenMs[cell] as number) > HIDDEN_MS) {
          longHidden++;
          continue;
        }
        dirty++;
        left = Math.min(left, x);
        top = Math.min(top, y);
        right = Math.max(right, Math.min(columns, x + CELL));
        bottom = Math.max(bottom, Math.min(rows, y + CELL));
      }
    }
    const share = dirty / Math.max(1, cells);
    const isDirty = dirty >= MIN_CELLS && share >= MIN_SHARE;
    if (!isDirty && longHidden > 0 && dirty + longHidden >= MIN_CELLS) return this.#unknown('covered');
    const score = Math.min(1, share / (4 * MIN_SHARE));
    const box = isDirty ? boxOfPlaces(this.#patch, left, top, right, bottom) : this.#patch.bounds;
    return { isDirty, score, box };
  }

  /** @returns undefined for a cell that is hidden or hardly in the zone */
  #isChanged(fromX: number, fromY: number, counts: Uint8Array, minEdge: number): boolean | undefined {
    const { columns, rows } = this.#patch;
    const toX = Math.min(columns - 1, fromX + CELL);
    const toY = Math.min(rows - 1, fromY + CELL);
    let seen = 0;
    let xx = 0;
    let yy = 0;
    let xy = 0;
    for (let y = Math.max(1, fromY); y < toY; y++) {
      for (let x = Math.max(1, fromX); x < toX; x++) {
        const place = y * columns + x;
        if (counts[place] !== 1) continue;
        const across = this.#across[place] as number;
        const down = this.#down[place] as number;
        seen++;
        xx += across * across;
        yy += down * down;
        xy += across * down;
      }
    }
    if (seen < (CELL * CELL) / 2) return undefined;
    const energy = xx + yy;
    if (Math.sqrt(energy / seen) < minEdge) return false;
    const coherence = Math.sqrt((xx - yy) ** 2 + 4 * xy * xy) / energy;
    return coherence < MAX_COHERENCE;
  }

  #judgeCell(cell: number, isWorse: boolean, stepMs: number): void {
    const before = this.#persistence[cell] as number;
    const now = isWorse
      ? before + (1 - before) * Math.min(1, stepMs / PERSISTENCE_MS)
      : before * (1 - Math.min(1, stepMs / CLEANING_MS));
    this.#persistence[cell] = now;
    this.#hiddenMs[cell] = 0;
    if (now >= BECOMES_DIRTY) this.#isDirtyCell[cell] = 1;
    else if (now <= BECOMES_CLEAN) this.#isDirtyCell[cell] = 0;
  }

  /** Moments between two boxes of somebody who stands there, seen for what lies there, must not add up in an hour. */
  #hide(cell: number, stepMs: number): void {
    this.#hiddenMs[cell] = (this.#hiddenMs[cell] as number) + stepMs;
    if (this.#isDirtyCell[cell] === 1) return;
    this.#persistence[cell] = (this.#persistence[cell] as number) * Math.max(0, 1 - stepMs / FORGETTING_MS);
  }

  #unknown(because: 'dark' | 'covered'): FloorState {
    return { isDirty: undefined, because, score: 0, box: this.#patch.bounds };
  }
}

function aroundFeet({ x, y, width, height }: Box): Box {
  return {
    x: x - AROUND_FEET.side * width,
    y,
    width: width * (1 + 2 * AROUND_FEET.side),
    height: height * (1 + AROUND_FEET.below),
  };
}
