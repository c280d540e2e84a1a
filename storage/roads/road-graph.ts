import { type Place, Plane, nearestOnStretch } from './plane.ts';
import type { RoadNetwork, RoadSegment } from './road-network.ts';
import { type Arcs, ShortestWays, type Terminal } from './shortest-way.ts';

export interface PlacedCamera {
  readonly cameraId: string;
  readonly place: Place;
}

/** The fastest way from one camera to another on a free road. */
export interface RoadRoute {
  readonly distanceMetres: number;
  readonly fastestSeconds: number;
  readonly line: readonly Place[];
}

/** Metres east and north. */
type Point = readonly [east: number, north: number];

interface Anchor {
  readonly segment: RoadSegment;
  readonly fraction: number;
}

/** A camera farther from any road than this watches something else. */
const SNAP_METRES = 120;
const CELL_METRES = 300;
const KMH = 1 / 3.6;
const ORIGIN: Point = [0, 0];

/** The road network with the cameras on it. Answers from memory: a way across a city of 15,000 crossings takes a few milliseconds. */
export class RoadGraph {
  readonly #network: RoadNetwork;
  readonly #plane: Plane;
  readonly #points: readonly Point[];
  readonly #ways: ShortestWays;
  readonly #topMetresPerSecond: number;
  readonly #anchors = new Map<string, Anchor>();
  readonly #camerasBySegment = new Map<RoadSegment, string[]>();
  readonly #segmentsByNode = new Map<number, RoadSegment[]>();

  constructor(network: RoadNetwork, cameras: readonly PlacedCamera[]) {
    this.#network = network;
    this.#plane = new Plane(network.nodes[0] ?? [0, 0]);
    this.#points = network.nodes.map((node) => this.#plane.metres(node));
    this.#ways = new ShortestWays(arcsOf(network));
    this.#topMetresPerSecond = network.segments.reduce((top, { speedKmh }) => Math.max(top, speedKmh), 1) * KMH;
    this.#place(cameras);
    for (const segment of this.#camerasBySegment.keys())
      for (const node of [segment.from, segment.to]) {
        const segments = this.#segmentsByNode.get(node) ?? [];
        segments.push(segment);
        this.#segmentsByNode.set(node, segments);
      }
  }

  /** How many cameras stand at a road. */
  get cameraCount(): number {
    return this.#anchors.size;
  }

  /** Undefined when one of them stands at no road, or no road leads there. */
  routeBetween(fromCameraId: string, toCameraId: string): RoadRoute | undefined {
    const [from, to] = [this.#anchors.get(fromCameraId), this.#anchors.get(toCameraId)];
    if (!from || !to) return undefined;
    const goal = this.#pointOf(to);
    const found = this.#ways.between(departures(from), arrivals(to), (node) => {
      const [east, north] = this.#points[node] ?? ORIGIN;
      return Math.hypot(east - goal[0], north - goal[1]) / this.#topMetresPerSecond;
    });
    const direct = directSeconds(from, to);
    if (direct !== undefined && (!found || direct <= found.seconds)) return this.#route(from, to, [], direct);
    return found && this.#route(from, to, found.nodes, found.seconds);
  }

  /** The cameras that can be reached in `maxSeconds`, with the least time it takes; itself with 0. */
  secondsFrom(cameraId: string, maxSeconds: number): ReadonlyMap<string, number> {
    const reached = new Map<string, number>();
    const from = this.#anchors.get(cameraId);
    if (!from) return reached;
    const offer = (id: string, seconds: number): void => {
      if (seconds <= maxSeconds && seconds < (reached.get(id) ?? Number.POSITIVE_INFINITY)) reached.set(id, seconds);
    };
    const offerSegment = (segment: RoadSegment, node: number, seconds: number): void => {
      for (const id of this.#camerasBySegment.get(segment) ?? []) {
        const anchor = this.#anchors.get(id);
        for (const end of anchor ? arrivals(anchor) : []) if (end.node === node) offer(id, seconds + end.seconds);
      }
    };
    for (const id of this.#camerasBySegment.get(from.segment) ?? []) {
      const anchor = this.#anchors.get(id);
      const direct = anchor && directSeconds(from, anchor);
      if (direct !== undefined) offer(id, direct);
    }
    this.#ways.within(departures(from), maxSeconds, (node, seconds) => {
      for (const segment of this.#segmentsByNode.get(node) ?? []) offerSegment(segment, node, seconds);
    });
    return reached;
  }

  #place(cameras: readonly PlacedCamera[]): void {
    const cells = new Map<string, RoadSegment[]>();
    const cell = (metres: number): number => Math.floor(metres / CELL_METRES);
    for (const segment of this.#network.segments) {
      const [a, b] = this.#endsOf(segment);
      for (let x = cell(Math.min(a[0], b[0]) - SNAP_METRES); x <= cell(Math.max(a[0], b[0]) + SNAP_METRES); x++)
        for (let y = cell(Math.min(a[1], b[1]) - SNAP_METRES); y <= cell(Math.max(a[1], b[1]) + SNAP_METRES); y++) {
          const known = cells.get(`${x} ${y}`) ?? [];
          known.push(segment);
          cells.set(`${x} ${y}`, known);
        }
    }
    for (const { cameraId, place } of cameras) {
      const point = this.#plane.metres(place);
      let best: (Anchor & { readonly distance: number }) | undefined;
      for (const segment of cells.get(`${cell(point[0])} ${cell(point[1])}`) ?? []) {
        const [a, b] = this.#endsOf(segment);
        const { distance, fraction } = nearestOnStretch(point, a, b);
        if (distance <= SNAP_METRES && (!best || distance < best.distance)) best = { segment, fraction, distance };
      }
      if (!best) continue;
      this.#anchors.set(cameraId, { segment: best.segment, fraction: best.fraction });
      const known = this.#camerasBySegment.get(best.segment) ?? [];
      known.push(cameraId);
      this.#camerasBySegment.set(best.segment, known);
    }
  }

  #endsOf({ from, to }: RoadSegment): readonly [Point, Point] {
    return [this.#points[from] ?? ORIGIN, this.#points[to] ?? ORIGIN];
  }

  #pointOf({ segment, fraction }: Anchor): Point {
    const [a, b] = this.#endsOf(segment);
    return [a[0] + fraction * (b[0] - a[0]), a[1] + fraction * (b[1] - a[1])];
  }

  #route(from: Anchor, to: Anchor, nodes: readonly number[], seconds: number): RoadRoute {
    const between = nodes.flatMap((node) => {
      const point = this.#points[node];
      return point ? [point] : [];
    });
    const points = [this.#pointOf(from), ...between, this.#pointOf(to)];
    let distanceMetres = 0;
    for (const [index, point] of points.entries()) {
      const before = points[index - 1];
      if (before) distanceMetres += Math.hypot(point[0] - before[0], point[1] - before[1]);
    }
    return {
      distanceMetres,
      fastestSeconds: seconds,
      line: points.map(([east, north]) => this.#plane.place(east, north)),
    };
  }
}

function secondsOf({ distanceMetres, speedKmh }: RoadSegment): number {
  return distanceMetres / (speedKmh * KMH);
}

function departures({ segment, fraction }: Anchor): Terminal[] {
  const seconds = secondsOf(segment);
  const ahead = { node: segment.to, seconds: (1 - fraction) * seconds };
  return segment.isOneWay ? [ahead] : [ahead, { node: segment.from, seconds: fraction * seconds }];
}

function arrivals({ segment, fraction }: Anchor): Terminal[] {
  const seconds = secondsOf(segment);
  const ahead = { node: segment.from, seconds: fraction * seconds };
  return segment.isOneWay ? [ahead] : [ahead, { node: segment.to, seconds: (1 - fraction) * seconds }];
}

/** Along the stretch that both stand at. */
function directSeconds(from: Anchor, to: Anchor): number | undefined {
  if (from.segment !== to.segment || (from.segment.isOneWay && to.fraction < from.fraction)) return undefined;
  return Math.abs(to.fraction - from.fraction) * secondsOf(from.segment);
}

function arcsOf({ nodes, segments }: RoadNetwork): Arcs {
  const arcs = segments.flatMap((segment) => {
    const seconds = secondsOf(segment);
    const ahead = { from: segment.from, to: segment.to, seconds };
    return segment.isOneWay ? [ahead] : [ahead, { from: segment.to, to: segment.from, seconds }];
  });
  const offsets = new Int32Array(nodes.length + 1);
  for (const { from } of arcs) offsets[from + 1] = (offsets[from + 1] ?? 0) + 1;
  for (let node = 0; node < nodes.length; node++) offsets[node + 1] = (offsets[node + 1] ?? 0) + (offsets[node] ?? 0);
  const next = offsets.slice();
  const targets = new Int32Array(arcs.length);
  const seconds = new Float64Array(arcs.length);
  for (const arc of arcs) {
    const at = next[arc.from] ?? 0;
    next[arc.from] = at + 1;
    targets[at] = arc.to;
    seconds[at] = arc.seconds;
  }
  return { offsets, targets, seconds };
}
