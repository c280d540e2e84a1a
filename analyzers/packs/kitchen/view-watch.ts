import type { Box } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { brightnessOf, coveredPlaces, meanOf, type Patch, patchOver, smoothLog } from './zone-patch.ts';

export type ViewState = 'fine' | 'covered' | 'moved' | 'dark' | 'unknown';

export interface View {
  readonly state: ViewState;
  /** 0..1 */
  readonly score: number;
}

const RASTER = { columns: 96, rows: 54 };
const WHOLE_FRAME = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
const BLOCK = { columns: 8, rows: 6 };
const BLOCK_COLUMNS = RASTER.columns / BLOCK.columns;
const BLOCK_ROWS = RASTER.rows / BLOCK.rows;
/** Mean brightness below which there is no view to speak of, 0..255. */
const DARK_BELOW = 12;
/** Mean square edge of a block, of the logarithm of brightness, from which on it has something to be recognised by. */
const MIN_TEXTURE = 0.0012;
/** A block has lost its detail when less than this share of its edges' energy is left. */
const LOST_BELOW = 0.12;
/** How well edges must run as in the reference, −1..1; at random 0. */
const AGREES_FROM = 0.35;
const COVERED_FROM = 0.5;
const MOVED_BELOW = 0.4;
/** Share of the recognisable blocks that must be free of persons. */
const MIN_SEEN = 0.3;
/** Pictures are averaged over about this time: noise and passers-by fade, the view stays. */
const AVERAGE_MS = 4000;

interface Edges {
  readonly across: Float32Array;
  readonly down: Float32Array;
}

/**
 * Tells whether a camera still sees what it saw in the reference picture: a cover takes the edges away, another view
 * has them elsewhere. Light changes how strong edges are, hardly ever where they run.
 */
export class ViewWatch {
  readonly #patch: Patch = patchOver(WHOLE_FRAME, { raster: RASTER });
  readonly #reference: Edges;
  /** Mean square edge of each block of the reference. */
  readonly #texture: Float32Array;
  #mean: Float32Array | undefined;
  #latest: Float32Array | undefined;
  #lastMs = 0;

  constructor(reference: Picture) {
    this.#reference = edgesOf(smoothLog(this.#patch, brightnessOf(this.#patch, reference)));
    this.#texture = new Float32Array(BLOCK_COLUMNS * BLOCK_ROWS);
    for (let block = 0; block < this.#texture.length; block++) {
      let energy = 0;
      visitBlock(block, (place) => {
        energy += (this.#reference.across[place] as number) ** 2 + (this.#reference.down[place] as number) ** 2;
      });
      this.#texture[block] = energy / (BLOCK.columns * BLOCK.rows);
    }
  }

  /** @param persons boxes; the blocks that they cover are not compared */
  update(picture: Picture, persons: readonly Box[], timeMs: number): View {
    const brightness = brightnessOf(this.#patch, picture);
    this.#latest = brightness.slice();
    this.#average(brightness, timeMs);
    const mean = this.#mean ?? brightness;
    if (meanOf(mean) < DARK_BELOW) return { state: 'dark', score: 1 };
    const now = edgesOf(smoothLog(this.#patch, mean));
    const isCovered = coveredPlaces(this.#patch, persons);
    let textured = 0;
    let seen = 0;
    let lost = 0;
    let agreeing = 0;
    for (let block = 0; block < this.#texture.length; block++) {
      const texture = this.#texture[block] as number;
      if (texture < MIN_TEXTURE) continue;
      textured++;
      const { energy, agreement, hidden } = this.#compareBlock(block, now, isCovered);
      if (hidden > (BLOCK.columns * BLOCK.rows) / 4) continue;
      seen++;
      if (energy < LOST_BELOW * texture) lost++;
      else if (agreement >= AGREES_FROM) agreeing++;
    }
    if (textured === 0 || seen < MIN_SEEN * textured) return { state: 'unknown', score: 0 };
    if (lost >= COVERED_FROM * seen) return { state: 'covered', score: lost / seen };
    if (agreeing < MOVED_BELOW * seen) return { state: 'moved', score: 1 - agreeing / seen };
    return { state: 'fine', score: agreeing / seen };
  }

  /**
   * How much a part of the last picture looks as it did in the reference, by its edges: 1 the same, 0 as at random.
   * @returns 0 when there was nothing to be recognised by, or nothing is now
   */
  likeReference(box: Box): number {
    if (!this.#latest) return 0;
    const now = edgesOf(smoothLog(this.#patch, this.#latest));
    const isMeant = coveredPlaces(this.#patch, [box]);
    let [agreed, energyNow, energyThen] = [0, 0, 0];
    for (let place = 0; place < isMeant.length; place++) {
      if (isMeant[place] !== 1) continue;
      const [nowX, nowY] = [now.across[place] as number, now.down[place] as number];
      const [thenX, thenY] = [this.#reference.across[place] as number, this.#reference.down[place] as number];
      const product = Math.sqrt((nowX * nowX + nowY * nowY) * (thenX * thenX + thenY * thenY));
      energyNow += nowX * nowX + nowY * nowY;
      energyThen += thenX * thenX + thenY * thenY;
      if (product > 0) agreed += ((nowX * thenX + nowY * thenY) ** 2 - (nowX * thenY - nowY * thenX) ** 2) / product;
    }
    return energyNow === 0 || energyThen === 0 ? 0 : agreed / Math.sqrt(energyNow * energyThen);
  }

  #average(brightness: Float32Array, timeMs: number): void {
    const before = this.#mean;
    const weight = Math.min(1, Math.max(0.15, (timeMs - this.#lastMs) / AVERAGE_MS));
    this.#lastMs = timeMs;
    if (!before) {
      this.#mean = brightness;
      return;
    }
    for (let place = 0; place < before.length; place++) {
      before[place] = (before[place] as number) * (1 - weight) + (brightness[place] as number) * weight;
    }
  }

  #compareBlock(block: number, now: Edges, isCovered: Uint8Array) {
    const { across, down } = this.#reference;
    let energy = 0;
    let agreed = 0;
    let weights = 0;
    let hidden = 0;
    visitBlock(block, (place) => {
      hidden += isCovered[place] as number;
      const [nowX, nowY] = [now.across[place] as number, now.down[place] as number];
      const [thenX, thenY] = [across[place] as number, down[place] as number];
      const nowSquare = nowX * nowX + nowY * nowY;
      energy += nowSquare;
      const weight = Math.sqrt(nowSquare * (thenX * thenX + thenY * thenY));
      if (weight === 0) return;
      // The cosine of twice the angle between both edges: a light that makes the dark side bright changes nothing.
      agreed += ((nowX * thenX + nowY * thenY) ** 2 - (nowX * thenY - nowY * thenX) ** 2) / weight;
      weights += weight;
    });
    return {
      energy: energy / (BLOCK.columns * BLOCK.rows),
      agreement: weights === 0 ? 0 : agreed / weights,
      hidden,
    };
  }
}

function edgesOf(logs: Float32Array): Edges {
  const across = new Float32Array(logs.length);
  const down = new Float32Array(logs.length);
  const { columns, rows } = RASTER;
  for (let row = 1; row < rows - 1; row++) {
    for (let column = 1; column < columns - 1; column++) {
      const place = row * columns + column;
      across[place] = (logs[place + 1] as number) - (logs[place - 1] as number);
      down[place] = (logs[place + columns] as number) - (logs[place - columns] as number);
    }
  }
  return { across, down };
}

function visitBlock(block: number, visit: (place: number) => void): void {
  const left = (block % BLOCK_COLUMNS) * BLOCK.columns;
  const top = Math.floor(block / BLOCK_COLUMNS) * BLOCK.rows;
  for (let y = top; y < top + BLOCK.rows; y++) {
    for (let x = left; x < left + BLOCK.columns; x++) visit(y * RASTER.columns + x);
  }
}
