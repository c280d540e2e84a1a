import type { Point } from '#ingest/cameras/camera.ts';
import type { MadeRoom } from './made-room.ts';
import type { Rgb } from './scene-canvas.ts';
import type { Flame, Span, Walker, WayPoint } from './story.ts';

type Random = () => number;

/** Frame widths a second. */
const WALKING_SPEED = 0.14;
/** How likely somebody does this next, if not what comes before it. */
const COOK = { usesBin: 0.15, goesOut: 0.15 };
const HELPER = { usesBin: 0.2, goesOut: 0.2 };
const TUNICS: readonly Rgb[] = [
  [235, 235, 232],
  [60, 62, 70],
  [120, 40, 45],
  [205, 205, 200],
  [40, 60, 110],
];
const SKINS: readonly Rgb[] = [
  [225, 180, 150],
  [200, 150, 115],
  [150, 105, 80],
];

/** The way of one person, written while time goes on. */
export class WayOfPerson {
  readonly #random: Random;
  readonly #points: WayPoint[] = [];

  constructor(random: Random, start: Point, atMs: number) {
    this.#random = random;
    this.#points.push({ ...start, atMs });
  }

  get nowMs(): number {
    return this.#points.at(-1)?.atMs ?? 0;
  }

  goTo(place: Point): this {
    const from = this.#points.at(-1) ?? { ...place, atMs: 0 };
    const way = Math.hypot(place.x - from.x, place.y - from.y);
    this.#points.push({ x: place.x, y: place.y, atMs: from.atMs + Math.max(500, (way / WALKING_SPEED) * 1000) });
    return this;
  }

  /** Stands, shifting a little from foot to foot. */
  stay(durationMs: number): this {
    const at = this.#points.at(-1);
    if (!at) return this;
    const untilMs = at.atMs + durationMs;
    while (this.nowMs < untilMs) {
      const atMs = Math.min(untilMs, this.nowMs + this.between(1500, 6000));
      this.#points.push({ x: at.x + this.between(-0.006, 0.006), y: at.y + this.between(-0.003, 0.003), atMs });
    }
    return this;
  }

  between(least: number, most: number): number {
    return least + this.#random() * (most - least);
  }

  walker(): Walker {
    const pick = <T>(of: readonly T[]): T => of[Math.floor(this.#random() * of.length)] as T;
    return { way: this.#points, tunic: pick(TUNICS), skin: pick(SKINS), hasCap: this.#random() < 0.8 };
  }
}

export interface CookingOptions {
  readonly random: Random;
  readonly room: MadeRoom;
  readonly span: Span;
  /** Leaves a lit flame for this long, once; the way there and back not counted. */
  readonly leavesFlameMs?: number;
  /** How likely the next thing to do is to cook. */
  readonly cooksShare: number;
}

/** A cook's day: cooks, leaving the flame for some seconds at times, works elsewhere, uses the bin, goes out. */
export function cookingDay({ random, room, span, leavesFlameMs, cooksShare }: CookingOptions) {
  const { spots } = room;
  const way = new WayOfPerson(random, spots.door, span.fromMs);
  const flames: Flame[] = [];
  const lids: Span[] = [];
  const work = (): Point => spots.work[Math.floor(random() * spots.work.length)] ?? spots.stove;
  let leaves = leavesFlameMs;
  if (leaves === undefined) way.goTo(work());
  while (way.nowMs < span.toMs - 60_000) {
    if (leaves !== undefined || random() < cooksShare) {
      way.goTo(spots.stove).stay(2000);
      const fromMs = way.nowMs;
      const untilMs = Math.min(span.toMs - 20_000, fromMs + way.between(120_000, 900_000));
      do {
        way.stay(way.between(20_000, 120_000));
        if (leaves !== undefined) {
          way.goTo(random() < 0.5 ? spots.door : farFrom(spots.stove, spots.work)).stay(leaves);
          leaves = undefined;
        } else way.goTo({ x: spots.stove.x - 0.3, y: 0.64 }).stay(way.between(500, 11_000));
        way.goTo(spots.stove);
      } while (way.nowMs < untilMs);
      way.stay(3000);
      const isGas = random() < 0.35;
      flames.push({
        fromMs,
        toMs: way.nowMs,
        burner: Math.floor(random() * room.burners.length),
        kind: isGas ? 'gas' : 'wok',
        size: way.between(0.6, 1.4),
      });
    } else if (random() < COOK.usesBin) lids.push(useBin(way, room));
    else if (random() < COOK.goesOut) way.goTo(spots.door).stay(way.between(20_000, 400_000));
    else way.goTo(work()).stay(way.between(5000, 180_000));
  }
  way.goTo(spots.door);
  return { walker: way.walker(), flames, lids };
}

/** Somebody who works, walks about and throws things away. */
export function helpersDay({ random, room, span }: Pick<CookingOptions, 'random' | 'room' | 'span'>) {
  const { spots } = room;
  const way = new WayOfPerson(random, spots.door, span.fromMs);
  const lids: Span[] = [];
  while (way.nowMs < span.toMs - 60_000) {
    const spot = spots.work[Math.floor(random() * spots.work.length)] ?? spots.door;
    if (random() < HELPER.usesBin) lids.push(useBin(way, room));
    else if (random() < HELPER.goesOut) way.goTo(spots.door).stay(way.between(10_000, 600_000));
    else way.goTo(spot).stay(way.between(3000, 240_000));
  }
  way.goTo(spots.door);
  return { walker: way.walker(), lids };
}

/** Opens the bin, often stays at it, and closes it well before it counts as open. */
function useBin(way: WayOfPerson, room: MadeRoom): Span {
  way.goTo(room.spots.bin).stay(1000);
  const fromMs = way.nowMs;
  way.stay(way.between(2000, 12_000));
  if (way.between(0, 1) < 0.3)
    way
      .goTo({ x: room.bin.x + 0.3, y: 0.75 })
      .stay(way.between(1000, 8000))
      .goTo(room.spots.bin);
  const toMs = way.nowMs;
  way.stay(500);
  return { fromMs, toMs };
}

function farFrom(place: Point, places: readonly Point[]): Point {
  return (
    places.toSorted((a, b) => Math.hypot(b.x - place.x, b.y - place.y) - Math.hypot(a.x - place.x, a.y - place.y))[0] ??
    place
  );
}
