/** Something small on the floor in one picture; lengths in widths of the zone. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  /** The longer side of what was seen. */
  readonly length: number;
}

interface Mover {
  /** Where it was when it had clearly moved on, oldest first. */
  places: { readonly x: number; readonly y: number; readonly timeMs: number }[];
  last: Spot;
  lastMs: number;
}

/** As fast as a rat in flight crosses a floor of two metres, zone widths per second. */
const MAX_SPEED = 1.3;
/** Slower than this on the way it is carried by draught, light or water. */
const MIN_SPEED = 0.03;
const LOST_AFTER_MS = 5000;
const MAX_AGE_MS = 25_000;
/** Positions that an animal was seen at. */
const MIN_PLACES = 3;
const MIN_WAY = 0.14;
/** How far it must have got from where it came from: what swings to and fro gets nowhere. */
const MIN_REACH = 0.1;
/** A mover's length may differ by this factor from picture to picture. */
const MAX_GROWTH = 3.5;
const MAX_MOVERS = 12;

/** Follows small spots from picture to picture and tells when one has run like an animal. */
export class FloorMovers {
  #movers: Mover[] = [];

  /** @returns the spot that has just proved to be, or goes on as, something that runs */
  update(spots: readonly Spot[], timeMs: number): Spot | undefined {
    this.#movers = this.#movers.filter(
      ({ lastMs, places }) =>
        timeMs - lastMs <= LOST_AFTER_MS && timeMs - (places[0]?.timeMs ?? timeMs) <= MAX_AGE_MS && timeMs > lastMs,
    );
    let running: Spot | undefined;
    const free = new Set(spots);
    // The mover with the longest way chooses first.
    for (const mover of this.#movers.toSorted((a, b) => b.places.length - a.places.length)) {
      const next = nearest(mover, free, timeMs);
      if (!next) continue;
      free.delete(next);
      follow(mover, next, timeMs);
      if (hasRun(mover)) running = next;
    }
    for (const { x, y, length } of free) {
      this.#movers.push({ places: [{ x, y, timeMs }], last: { x, y, length }, lastMs: timeMs });
    }
    if (this.#movers.length > MAX_MOVERS) this.#movers.splice(0, this.#movers.length - MAX_MOVERS);
    return running;
  }

  forget(): void {
    this.#movers = [];
  }
}

function nearest(mover: Mover, spots: ReadonlySet<Spot>, timeMs: number): Spot | undefined {
  const reach = (MAX_SPEED * (timeMs - mover.lastMs)) / 1000;
  let best: Spot | undefined;
  let bestDistance = reach;
  for (const spot of spots) {
    const distance = Math.hypot(spot.x - mover.last.x, spot.y - mover.last.y);
    const growth = spot.length / mover.last.length;
    if (distance > bestDistance || growth > MAX_GROWTH || growth < 1 / MAX_GROWTH) continue;
    best = spot;
    bestDistance = distance;
  }
  return best;
}

function follow(mover: Mover, spot: Spot, timeMs: number): void {
  const place = mover.places.at(-1);
  mover.last = spot;
  mover.lastMs = timeMs;
  if (!place) return;
  // Less than its own length is trembling.
  if (Math.hypot(spot.x - place.x, spot.y - place.y) < Math.max(spot.length, 0.02)) return;
  mover.places.push({ x: spot.x, y: spot.y, timeMs });
}

function hasRun({ places }: Mover): boolean {
  const [first, last] = [places[0], places.at(-1)];
  if (!first || !last || places.length < MIN_PLACES) return false;
  let way = 0;
  let reach = 0;
  for (const [index, place] of places.entries()) {
    const before = places[index - 1];
    if (before) way += Math.hypot(place.x - before.x, place.y - before.y);
    reach = Math.max(reach, Math.hypot(place.x - first.x, place.y - first.y));
  }
  const seconds = (last.timeMs - first.timeMs) / 1000;
  return way >= MIN_WAY && reach >= MIN_REACH && way / seconds >= MIN_SPEED;
}
