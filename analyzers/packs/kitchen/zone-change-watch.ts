import type { Point } from '#ingest/cameras/camera.ts';
import type { Box } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { cellCentre, gridOver, meanColours, type ZoneGrid } from './zone-grid.ts';
import { ZoneStructure } from './zone-structure.ts';

export interface ZoneChange {
  /** undefined while its usual look is being learned, and while too much of the zone is covered. */
  readonly isChanged: boolean | undefined;
  /** Share of the visible zone that differs from its usual look, 0..1. */
  readonly changedShare: number;
}

/** One way the zone was seen to look for a while, such as with the lid closed. */
interface Look {
  /** float32 [rows, columns, 3] */
  readonly colours: Float32Array;
  /** How long the zone looked so without a break, at most. */
  longestStayMs: number;
}

const CELLS_PER_SIDE = 32;
const MARGIN = 0.25;
const LEARNING_PICTURES = 7;
/** A look is learned over at least this time, so that a passing shadow is none. */
const LEARNING_MS = 2500;
const MAX_LOOKS = 4;
/** Another look becomes the usual one when it once lasted for this much longer. */
const MAJORITY = 1.2;
/** A stay counts for no more: a bin that is left open for an hour does not become a bin that is usually open. */
const LONGEST_STAY_MS = 60_000;
/** Difference of a cell's colour, after the light was evened out, 0..255. */
const MIN_DIFFERENCE = 28;
const MIN_CHANGED_SHARE = 0.12;
/** Share of the zone whose edges must be others than in the reference picture. */
const MIN_RESHAPED_SHARE = 0.25;
const MAX_COVERED_SHARE = 0.6;
const MAX_COVERED_LEARNING = 0.1;
/** How fast a look follows slow changes, per second. */
const ADAPTION_PER_S = 0.01;
const LONGEST_STEP_MS = 5000;

/**
 * Compares a drawn zone with how it should look by the reference picture, or else with how it usually looks. The kitchen's light may change: its strength and colour are taken
 * from the surroundings of the zone, and evened out before the comparison. What persons cover is left out.
 */
export class ZoneChangeWatch {
  readonly #grid: ZoneGrid;
  readonly #looks: Look[] = [];
  #learning: Float32Array[] = [];
  #learningSinceMs = 0;
  #usual: Look | undefined;
  #current: Look | undefined;
  #stayMs = 0;
  #lastMs: number | undefined;
  readonly #reference: { readonly look: Look; readonly structure: ZoneStructure } | undefined;

  /** @param reference shows the zone as it should look; without it, its usual look is learned by watching */
  constructor(zone: readonly Point[], reference?: Picture) {
    this.#grid = gridOver(zone, CELLS_PER_SIDE, MARGIN);
    if (!reference) return;
    const look = { colours: meanColours(this.#grid, reference), longestStayMs: Number.POSITIVE_INFINITY };
    this.#reference = { look, structure: new ZoneStructure(zone, reference) };
  }

  /** @param covers boxes of persons */
  update(picture: Picture, covers: readonly Box[], timeMs: number): ZoneChange {
    const stepMs = Math.min(LONGEST_STEP_MS, Math.max(0, timeMs - (this.#lastMs ?? timeMs)));
    this.#lastMs = timeMs;
    const { isVisible, coveredShare } = this.#visibleCells(covers);
    if (coveredShare > MAX_COVERED_SHARE) return { isChanged: undefined, changedShare: 0 };
    const now = meanColours(this.#grid, picture);
    if (this.#reference) {
      const { look, structure } = this.#reference;
      const changedShare = this.#changedShare(now, look.colours, isVisible);
      const reshaped = changedShare < MIN_CHANGED_SHARE ? 0 : structure.changedShare(picture, covers);
      if (reshaped === undefined) return { isChanged: undefined, changedShare };
      // A shadow or a patch of sun changes the colours of many cells, but the edges of few.
      const isChanged = changedShare >= MIN_CHANGED_SHARE && reshaped >= MIN_RESHAPED_SHARE;
      return { isChanged, changedShare };
    }
    const matches = this.#looks.map((look) => ({ look, share: this.#changedShare(now, look.colours, isVisible) }));
    const best = matches.toSorted((a, b) => a.share - b.share)[0];

    if (best && best.share < MIN_CHANGED_SHARE) {
      this.#stay(best.look, stepMs);
      if (coveredShare <= MAX_COVERED_LEARNING) adapt(best.look.colours, now, stepMs);
    } else if (coveredShare <= MAX_COVERED_LEARNING) this.#learn(now, timeMs);

    const usual = this.#usual;
    if (!usual) return { isChanged: undefined, changedShare: 0 };
    const changedShare = matches.find(({ look }) => look === usual)?.share ?? 0;
    return { isChanged: changedShare >= MIN_CHANGED_SHARE, changedShare };
  }

  #stay(look: Look, stepMs: number): void {
    this.#learning = [];
    this.#stayMs = look === this.#current ? this.#stayMs + stepMs : 0;
    this.#current = look;
    look.longestStayMs = Math.max(look.longestStayMs, Math.min(LONGEST_STAY_MS, this.#stayMs));
    if (!this.#usual || look.longestStayMs > this.#usual.longestStayMs * MAJORITY) this.#usual = look;
  }

  #learn(now: Float32Array, timeMs: number): void {
    if (this.#learning.length === 0) this.#learningSinceMs = timeMs;
    this.#learning.push(now);
    if (this.#learning.length > 4 * LEARNING_PICTURES) this.#learning.splice(1, 1);
    const learnedMs = timeMs - this.#learningSinceMs;
    if (learnedMs < LEARNING_MS || this.#learning.length < LEARNING_PICTURES) return;
    const look = { colours: medianOf(this.#learning), longestStayMs: learnedMs };
    this.#learning = [];
    if (this.#looks.length >= MAX_LOOKS) this.#forgetBriefest();
    this.#looks.push(look);
    this.#stay(look, 0);
    this.#stayMs = learnedMs;
  }

  #forgetBriefest(): void {
    const briefest = this.#looks
      .filter((look) => look !== this.#usual)
      .toSorted((a, b) => a.longestStayMs - b.longestStayMs)[0];
    if (briefest) this.#looks.splice(this.#looks.indexOf(briefest), 1);
  }

  #visibleCells(covers: readonly Box[]): { isVisible: Uint8Array; coveredShare: number } {
    const isVisible = new Uint8Array(this.#grid.isInside.length).fill(1);
    let inside = 0;
    let covered = 0;
    for (let cell = 0; cell < isVisible.length; cell++) {
      const centre = cellCentre(this.#grid, cell);
      if (covers.some((box) => isInBox(centre, box))) isVisible[cell] = 0;
      if (this.#grid.isInside[cell] !== 1) continue;
      inside++;
      if (isVisible[cell] === 0) covered++;
    }
    return { isVisible, coveredShare: inside === 0 ? 1 : covered / inside };
  }

  #changedShare(now: Float32Array, look: Float32Array, isVisible: Uint8Array): number {
    const gains = this.#lightGains(now, look, isVisible);
    let changed = 0;
    let compared = 0;
    for (let cell = 0; cell < isVisible.length; cell++) {
      if (this.#grid.isInside[cell] !== 1 || isVisible[cell] !== 1) continue;
      compared++;
      if (cellDifference(now, look, gains, cell) >= MIN_DIFFERENCE) changed++;
    }
    return compared === 0 ? 0 : changed / compared;
  }

  /** How much stronger each colour of the light is than in the look, from the cells around the zone. */
  #lightGains(now: Float32Array, look: Float32Array, isVisible: Uint8Array): readonly number[] {
    return [0, 1, 2].map((channel) => {
      const ratios: number[] = [];
      for (let cell = 0; cell < isVisible.length; cell++) {
        if (this.#grid.isInside[cell] === 1 || isVisible[cell] !== 1) continue;
        const before = look[cell * 3 + channel] ?? 0;
        if (before > 8) ratios.push((now[cell * 3 + channel] ?? 0) / before);
      }
      return ratios.length < 16 ? 1 : medianOfNumbers(ratios);
    });
  }
}

function isInBox({ x, y }: Point, box: Box): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

function adapt(look: Float32Array, now: Float32Array, stepMs: number): void {
  const weight = Math.min(0.1, (ADAPTION_PER_S * stepMs) / 1000);
  for (let index = 0; index < look.length; index++) {
    look[index] = (look[index] ?? 0) * (1 - weight) + (now[index] ?? 0) * weight;
  }
}

function cellDifference(now: Float32Array, look: Float32Array, gains: readonly number[], cell: number): number {
  let largest = 0;
  for (let channel = 0; channel < 3; channel++) {
    const expected = Math.min(255, (look[cell * 3 + channel] ?? 0) * (gains[channel] ?? 1));
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
