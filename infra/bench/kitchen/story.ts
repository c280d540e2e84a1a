import type { Point } from '#ingest/cameras/camera.ts';
import type { Rgb } from './scene-canvas.ts';

/** Half open, UTC epoch milliseconds. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export type RuleItem =
  | 'flame_unattended'
  | 'bin_open'
  | 'floor_dirty'
  | 'rodent'
  | 'presence_after_hours'
  | 'camera_obstructed';

export const RULE_ITEMS: readonly RuleItem[] = [
  'flame_unattended',
  'bin_open',
  'floor_dirty',
  'rodent',
  'presence_after_hours',
  'camera_obstructed',
];

/** Where something is at a time; between two points it moves straight and evenly. */
export interface WayPoint extends Point {
  readonly atMs: number;
}

export interface Walker {
  readonly way: readonly WayPoint[];
  readonly tunic: Rgb;
  readonly skin: Rgb;
  readonly hasCap: boolean;
}

export interface Flame extends Span {
  readonly burner: number;
  readonly kind: 'wok' | 'gas';
  /** 1: as high as a hand is long. */
  readonly size: number;
}

export interface Dirt extends Span, Point {
  readonly kind: 'spill' | 'litter';
  readonly seed: number;
  /** Of its half width in widths of the frame. */
  readonly reach: number;
}

export interface Animal {
  readonly way: readonly WayPoint[];
  /** Body in widths of the frame when nearest to the camera. */
  readonly length: number;
}

export interface Obstruction extends Span {
  readonly how: 'cloth' | 'tape' | 'fog' | 'moved';
  readonly shift: Point;
}

/** Everything that happens in a made scene, in advance. */
export interface Story extends Span {
  readonly seed: number;
  /** `HH:MM`, UTC. */
  readonly opens: string;
  readonly closes: string;
  readonly walkers: readonly Walker[];
  readonly flames: readonly Flame[];
  readonly lids: readonly (Span & { readonly isHeaped: boolean })[];
  readonly dirt: readonly Dirt[];
  readonly animals: readonly Animal[];
  readonly obstructions: readonly Obstruction[];
  /** When each lamp is on. */
  readonly lamps: readonly [readonly Span[], readonly Span[]];
  readonly flashes: readonly Span[];
  readonly headlights: readonly Span[];
  /** When the sun is not behind a cloud. */
  readonly sun: readonly Span[];
  readonly night: 'infrared' | 'emergency lamp';
  readonly hasDaylight: boolean;
}

export function isIn(timeMs: number, spans: readonly Span[]): boolean {
  return spans.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
}

/** @returns undefined before the first point and after the last */
export function placeAt(
  way: readonly WayPoint[],
  timeMs: number,
): (Point & { readonly isMoving: boolean }) | undefined {
  let [low, high] = [0, way.length - 1];
  const [first, last] = [way[0], way[high]];
  if (!first || !last || timeMs < first.atMs || timeMs > last.atMs) return undefined;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((way[middle] as WayPoint).atMs <= timeMs) low = middle;
    else high = middle;
  }
  const [from, to] = [way[low] as WayPoint, way[high] as WayPoint];
  const share = to.atMs > from.atMs ? (timeMs - from.atMs) / (to.atMs - from.atMs) : 0;
  const isMoving = Math.hypot(to.x - from.x, to.y - from.y) > 0.01;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, isMoving };
}
