import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../../detection.ts';
import { boundsOf, isInZone } from '../../rules/zone.ts';
import type { Picture } from '../model-pack.ts';
import { changesOfCells, lightPatches } from './light-patches.ts';
import { brightnessOf, coveredPlaces, type Patch, patchOver, smoothLog } from './zone-patch.ts';

const CELL = 4;
/** Change of the logarithm of brightness from one neighbour to the next but one, mean over a cell. */
const MIN_EDGE = 0.11;
/** What is around the zone is looked at too, in shares of its size: sun and shadow reach beyond it. */
const MARGIN = 0.4;
/** Share of a lighter or darker stretch that lies outside of the zone when it is the light. */
const LIGHT_OUTSIDE = 0.25;
const MIN_SEEN = 0.35;

/** Tells how much of a zone has other edges than in the reference picture, whatever the light. */
export class ZoneStructure {
  readonly #patch: Patch;
  readonly #reference: Float32Array;
  /** 1 for each place in the zone itself. */
  readonly #isZone: Uint8Array;

  constructor(zone: readonly Point[], reference: Picture) {
    this.#patch = patchOver(widened(zone));
    this.#reference = smoothLog(this.#patch, brightnessOf(this.#patch, reference));
    const { bounds, columns, rows } = this.#patch;
    this.#isZone = Uint8Array.from({ length: columns * rows }, (_, place) => {
      const x = bounds.x + ((place % columns) + 0.5) * (bounds.width / columns);
      const y = bounds.y + (Math.floor(place / columns) + 0.5) * (bounds.height / rows);
      return isInZone({ x, y }, zone) ? 1 : 0;
    });
  }

  /**
   * @param covers boxes of persons, left out
   * @returns share of the cells of the zone, 0..1; undefined when persons, sun and shadow leave too few to compare
   */
  changedShare(picture: Picture, covers: readonly Box[]): number | undefined {
    const { columns, rows } = this.#patch;
    const difference = smoothLog(this.#patch, brightnessOf(this.#patch, picture));
    for (let place = 0; place < difference.length; place++) {
      difference[place] = (difference[place] as number) - (this.#reference[place] as number);
    }
    const counts = coveredPlaces(this.#patch, covers);
    for (let place = 0; place < counts.length; place++) counts[place] = counts[place] === 1 ? 0 : 1;
    const cellColumns = Math.ceil(columns / CELL);
    const cellRows = Math.ceil(rows / CELL);
    const changes = changesOfCells(difference, counts, this.#patch, CELL);
    const isLight = lightPatches(changes, cellColumns, cellRows, ({ cells }) => {
      const outside = cells.filter((cell) => !this.#isZoneCell(cell, cellColumns)).length;
      return outside >= LIGHT_OUTSIDE * cells.length;
    });
    let [cells, seen, changed] = [0, 0, 0];
    for (let cell = 0; cell < changes.length; cell++) {
      if (!this.#isZoneCell(cell, cellColumns)) continue;
      cells++;
      const edge = isLight[cell] === 1 ? undefined : this.#edgeOf(cell, cellColumns, difference, counts);
      if (edge === undefined) continue;
      seen++;
      if (edge >= MIN_EDGE) changed++;
    }
    return seen < MIN_SEEN * cells || seen === 0 ? undefined : changed / seen;
  }

  /** By the middle of the cell. */
  #isZoneCell(cell: number, cellColumns: number): boolean {
    const x = Math.min(this.#patch.columns - 1, (cell % cellColumns) * CELL + CELL / 2);
    const y = Math.min(this.#patch.rows - 1, Math.floor(cell / cellColumns) * CELL + CELL / 2);
    return this.#isZone[y * this.#patch.columns + x] === 1;
  }

  /** Mean edge of the difference in a cell; undefined when less than half of it can be seen. */
  #edgeOf(cell: number, cellColumns: number, difference: Float32Array, counts: Uint8Array): number | undefined {
    const { columns, rows } = this.#patch;
    const left = Math.max(1, (cell % cellColumns) * CELL);
    const top = Math.max(1, Math.floor(cell / cellColumns) * CELL);
    let [energy, seen] = [0, 0];
    for (let y = top; y < Math.min(rows - 1, top + CELL); y++) {
      for (let x = left; x < Math.min(columns - 1, left + CELL); x++) {
        const place = y * columns + x;
        if (counts[place] !== 1) continue;
        seen++;
        const across = (difference[place + 1] as number) - (difference[place - 1] as number);
        const down = (difference[place + columns] as number) - (difference[place - columns] as number);
        energy += across * across + down * down;
      }
    }
    return 2 * seen < CELL * CELL ? undefined : Math.sqrt(energy / seen);
  }
}

function widened(zone: readonly Point[]): Point[] {
  const { x, y, width, height } = boundsOf(zone);
  const [left, top] = [Math.max(0, x - MARGIN * width), Math.max(0, y - MARGIN * height)];
  const [right, bottom] = [Math.min(1, x + width * (1 + MARGIN)), Math.min(1, y + height * (1 + MARGIN))];
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}
