import type { CameraRule, Point } from '#ingest/cameras/camera.ts';
import { footOf } from '../tracking/box.ts';
import type { Track } from '../tracking/track.ts';
import { sideOfLine, stretchesCross } from './zone.ts';

export type LineRule = Extract<CameraRule, { kind: 'line' }>;
export type CrossingDirection = 'forward' | 'backward';

/** How far from the line a foot must be to be on one side for sure: boxes tremble by about this much. */
const HYSTERESIS = 0.008;

interface Settled {
  readonly foot: Point;
  readonly side: number;
}

/**
 * Tells when a track's foot crosses a line, once per direction. Forward is from the left of someone who looks from
 * `from` to `to` to that person's right.
 */
export class CrossingRule {
  readonly rule: LineRule;
  /** The last place of each track that was clearly on one side. */
  readonly #settled = new Map<string, Settled>();
  readonly #raised = new Map<string, Set<CrossingDirection>>();

  constructor(rule: LineRule) {
    this.rule = rule;
  }

  /** @returns the direction when the track has just crossed */
  update(track: Track): CrossingDirection | undefined {
    const { from, to } = this.rule;
    const foot = footOf(track.box);
    const distance = sideOfLine(foot, from, to);
    if (Math.abs(distance) < HYSTERESIS) return undefined;
    const side = Math.sign(distance);
    const before = this.#settled.get(track.id);
    this.#settled.set(track.id, { foot, side });
    if (!before || before.side === side || !stretchesCross(before.foot, foot, from, to)) return undefined;
    const direction: CrossingDirection = side > 0 ? 'forward' : 'backward';
    const raised = this.#raised.get(track.id) ?? new Set();
    if (raised.has(direction)) return undefined;
    this.#raised.set(track.id, raised.add(direction));
    return direction;
  }

  forget(trackId: string): void {
    this.#settled.delete(trackId);
    this.#raised.delete(trackId);
  }
}
