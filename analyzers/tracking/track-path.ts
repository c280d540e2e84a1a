import type { Box } from '../detection.ts';
import { touchesEdge } from './box.ts';

/** Where a track was at one time. */
export interface PathPoint {
  readonly timeMs: number;
  readonly box: Box;
  /** Part of the object lies outside of the frame: neither its middle nor its size are its own. */
  readonly isCut: boolean;
}

/** A vehicle that stands for hours must not fill the memory: from this on every second of the old points goes. */
const MAX_POINTS = 240;

/** Where a track has been, oldest first. */
export class TrackPath {
  #points: PathPoint[] = [];

  get points(): readonly PathPoint[] {
    return this.#points;
  }

  add(box: Box, timeMs: number): void {
    this.#points.push({ timeMs, box, isCut: touchesEdge(box) });
    if (this.#points.length <= MAX_POINTS) return;
    const recent = this.#points.length - MAX_POINTS / 2;
    this.#points = this.#points.filter((_, index) => index >= recent || index % 2 === 0);
  }
}
