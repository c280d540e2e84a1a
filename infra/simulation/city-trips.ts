import { ShortestWays } from '#storage/roads/shortest-way.ts';
import type { TravelDirection } from '#analyzers/analysis-event.ts';
import { CAMERA_OFFSET_METRES, type CityCamera } from './city-cameras.ts';
import type { CityMap } from './city-map.ts';
import type { CityVehicle } from './city-vehicles.ts';
import { Random } from './random.ts';

/** A vehicle in front of a camera, as it truly was. */
export interface TruePass {
  readonly camera: number;
  readonly timeMs: number;
  readonly direction: TravelDirection;
}

interface Trip {
  /** Seconds after local midnight. */
  readonly startSeconds: number;
  /** A node, or a hub as -1 - its number. */
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3600;
/** Of cameras that do not stand there for plates. */
const GLIMPSE_RATE = 0.0075;
const CHECKPOINT_RATE = 0.92;
const RED_LIGHT_RATE = 0.3;
const RED_LIGHT_SECONDS = 40;
/** How much longer a way takes, by the hour of the day. */
const CONGESTION = [
  1, 1, 1, 1, 1, 1.02, 1.15, 1.6, 1.9, 1.5, 1.3, 1.35, 1.35, 1.25, 1.25, 1.3, 1.5, 1.85, 1.9, 1.5, 1.25, 1.15, 1.1,
  1.05,
];

/** What the vehicles of a city do, and which cameras they pass. */
export class CityTrips {
  readonly #seed: number;
  readonly #map: CityMap;
  readonly #hubs: readonly number[];
  /** Seconds on free roads from every node to each hub. */
  readonly #toHub: readonly Float32Array[];
  /** At 4 · node + arm: the camera that looks along that arm; -1: none. */
  readonly #cameraAt: Int32Array;
  readonly #isCheckpoint: Uint8Array;
  readonly #firstMidnightMs: number;

  constructor(deps: {
    readonly seed: number;
    readonly map: CityMap;
    readonly cameras: readonly CityCamera[];
    readonly hubs: readonly number[];
    /** UTC of the first local midnight. */
    readonly firstMidnightMs: number;
  }) {
    const { seed, map, cameras, hubs, firstMidnightMs } = deps;
    this.#seed = seed;
    this.#map = map;
    this.#hubs = hubs;
    this.#isCheckpoint = Uint8Array.from(cameras, ({ isCheckpoint }) => (isCheckpoint ? 1 : 0));
    this.#firstMidnightMs = firstMidnightMs;
    const ways = waysOf(map);
    this.#toHub = hubs.map((hub) => secondsTo(ways, map.points.length, hub));
    this.#cameraAt = new Int32Array(map.neighbours.length).fill(-1);
    for (const [index, { node, arm }] of cameras.entries()) this.#cameraAt[4 * node + arm] = index;
  }

  /** What cameras could read of a vehicle on a day, in time. A trip that begins before midnight belongs to its day to the end. */
  passesOf(vehicle: CityVehicle, day: number): TruePass[] {
    const random = new Random(this.#seed, 4, vehicle.index, day);
    const passes: TruePass[] = [];
    let freeAt = 0;
    for (const { startSeconds, from, to } of this.#tripsOf(vehicle, day, random)) {
      const start = Math.max(startSeconds, freeAt + 120);
      freeAt = this.#drive(vehicle, day, { startSeconds: start, from, to }, random, passes);
    }
    return passes;
  }

  /** Monday is day 0 of its week; the first day of the simulation is what the calendar says. */
  #isWorkday(day: number): boolean {
    const weekday = new Date(this.#firstMidnightMs + day * DAY_MS + 12 * HOUR_SECONDS * 1000).getUTCDay();
    return weekday !== 0 && weekday !== 6;
  }

  #tripsOf(vehicle: CityVehicle, day: number, random: Random): Trip[] {
    const { home, hub } = vehicle;
    const hours = (mean: number, deviation: number): number =>
      Math.max(0, random.normal(mean, deviation)) * HOUR_SECONDS;
    const anyHub = (): number => -1 - random.below(this.#hubs.length);
    const nearHub = (): number => {
      const candidates = Array.from({ length: 5 }, anyHub);
      const seconds = (to: number): number => this.#toHub[-1 - to]?.[home] ?? Number.POSITIVE_INFINITY;
      return candidates.reduce((best, to) => (seconds(to) < seconds(best) ? to : best));
    };
    const work = -1 - hub;
    const errand = (at: number): Trip[] => {
      const to = nearHub();
      return [
        { startSeconds: at, from: home, to },
        { startSeconds: at + hours(1.5, 0.5), from: to, to: home },
      ];
    };
    switch (vehicle.class) {
      case 'commuter':
        return [
          ...(this.#isWorkday(day) && random.next() < 0.75
            ? [
                { startSeconds: hours(7.8, 0.7), from: home, to: work },
                { startSeconds: hours(17.9, 0.9), from: work, to: home },
              ]
            : []),
          ...(random.next() < (this.#isWorkday(day) ? 0.15 : 0.5)
            ? errand(hours(this.#isWorkday(day) ? 20 : 13, 2))
            : []),
        ];
      case 'private':
        return random.next() < 0.6 ? errand(hours(13, 3.5)) : [];
      case 'visitor':
        return random.next() < 0.15
          ? [
              { startSeconds: hours(10, 2.5), from: this.#edgeNode(home), to: work },
              { startSeconds: hours(16, 2.5), from: work, to: this.#edgeNode(home) },
            ]
          : [];
      case 'taxi':
      case 'bus':
      case 'lorry':
        return this.#roundTrips(vehicle, random, work, anyHub);
    }
  }

  #roundTrips({ class: kind, index }: CityVehicle, random: Random, base: number, anyHub: () => number): Trip[] {
    const count = kind === 'taxi' ? 14 : kind === 'bus' ? 12 : 4;
    const otherEnd = -1 - ((Math.imul(index, 2_654_435_761) >>> 0) % this.#hubs.length);
    const trips: Trip[] = [];
    let at = (kind === 'lorry' ? 8 : 6) * HOUR_SECONDS + random.next() * HOUR_SECONDS;
    let from = base;
    for (let i = 0; i < count; i++) {
      const isLast = i === count - 1;
      const to = isLast ? base : kind === 'bus' ? (i % 2 === 0 ? otherEnd : base) : anyHub();
      if (to !== from) trips.push({ startSeconds: at, from, to });
      at += HOUR_SECONDS * (kind === 'lorry' ? 2 : 1) * (0.6 + 0.6 * random.next());
      from = to;
    }
    return trips;
  }

  #edgeNode(home: number): number {
    const { side } = this.#map;
    const along = home % side;
    return [along, (side - 1) * side + along, along * side, along * side + side - 1][home % 4] ?? along;
  }

  /** One end at least is a hub: ways are known to hubs only. @returns the second of the day at which it arrives */
  #drive(vehicle: CityVehicle, day: number, trip: Trip, random: Random, passes: TruePass[]): number {
    const isToHub = trip.to < 0;
    const hub = -1 - (isToHub ? trip.to : trip.from);
    const other = isToHub ? trip.from : trip.to;
    const nodes = this.#wayToHub(other < 0 ? (this.#hubs[-1 - other] ?? 0) : other, hub);
    if (!isToHub) nodes.reverse();
    const { neighbours, seconds, points } = this.#map;
    const midnightMs = this.#firstMidnightMs + day * DAY_MS;
    let at = trip.startSeconds;
    let cameFrom = -1;
    let arriving = 0;
    for (const [index, node] of nodes.entries()) {
      const next = nodes[index + 1];
      const leavesBy = next === undefined ? -1 : armTo(neighbours, node, next);
      const stretch = leavesBy < 0 ? 0 : (seconds[4 * node + leavesBy] ?? 0);
      const factor = vehicle.slowness * (CONGESTION[Math.floor(at / HOUR_SECONDS) % 24] ?? 1);
      if (cameFrom >= 0) this.#see(node, cameFrom, midnightMs + (at - arriving) * 1000, 'approaching', random, passes);
      if (index > 0 && next !== undefined && random.next() < RED_LIGHT_RATE) at += random.next() * RED_LIGHT_SECONDS;
      if (next === undefined || leavesBy < 0) break;
      const [a, b] = [points[node] ?? [0, 0], points[next] ?? [0, 0]];
      const leaving = (CAMERA_OFFSET_METRES / Math.hypot(b[0] - a[0], b[1] - a[1])) * stretch * factor;
      this.#see(node, leavesBy, midnightMs + (at + leaving) * 1000, 'receding', random, passes);
      at += stretch * factor;
      arriving = leaving;
      cameFrom = (leavesBy + 2) % 4;
    }
    return at;
  }

  #see(
    node: number,
    arm: number,
    timeMs: number,
    direction: TruePass['direction'],
    random: Random,
    passes: TruePass[],
  ): void {
    const camera = this.#cameraAt[4 * node + arm] ?? -1;
    if (camera < 0) return;
    const rate = this.#isCheckpoint[camera] ? CHECKPOINT_RATE : GLIMPSE_RATE;
    if (random.next() < rate) passes.push({ camera, timeMs: Math.round(timeMs), direction });
  }

  #wayToHub(start: number, hub: number): number[] {
    const toHub = this.#toHub[hub];
    const goal = this.#hubs[hub];
    const { neighbours, seconds } = this.#map;
    const nodes = [start];
    for (let node = start; node !== goal && toHub; ) {
      let best = -1;
      let bestSeconds = Number.POSITIVE_INFINITY;
      for (let arm = 0; arm < 4; arm++) {
        const next = neighbours[4 * node + arm] ?? -1;
        if (next < 0) continue;
        const whole = (seconds[4 * node + arm] ?? 0) + (toHub[next] ?? Number.POSITIVE_INFINITY);
        if (whole < bestSeconds) [best, bestSeconds] = [next, whole];
      }
      if (best < 0 || nodes.length > neighbours.length) return [start];
      nodes.push(best);
      node = best;
    }
    return nodes;
  }
}

function armTo(neighbours: Int32Array, from: number, to: number): number {
  for (let arm = 0; arm < 4; arm++) if (neighbours[4 * from + arm] === to) return arm;
  return -1;
}

/** Seconds on free roads from every node to one; ways are the same in both directions. */
function secondsTo(ways: ShortestWays, nodes: number, goal: number): Float32Array {
  const reached = new Float32Array(nodes).fill(Number.POSITIVE_INFINITY);
  ways.within([{ node: goal, seconds: 0 }], Number.POSITIVE_INFINITY, (node, seconds) => {
    reached[node] = seconds;
  });
  return reached;
}

function waysOf({ points, neighbours, seconds }: CityMap): ShortestWays {
  const offsets = new Int32Array(points.length + 1);
  const targets: number[] = [];
  const arcSeconds: number[] = [];
  for (let node = 0; node < points.length; node++) {
    for (let arm = 4 * node; arm < 4 * node + 4; arm++) {
      const next = neighbours[arm] ?? -1;
      if (next < 0) continue;
      targets.push(next);
      arcSeconds.push(seconds[arm] ?? 0);
    }
    offsets[node + 1] = targets.length;
  }
  return new ShortestWays({ offsets, targets: Int32Array.from(targets), seconds: Float64Array.from(arcSeconds) });
}
