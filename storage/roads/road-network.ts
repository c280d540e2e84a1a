import { type Place, Plane, crossingOf, nearestOnStretch } from './plane.ts';

/** What a vehicle can drive: places, and the stretches between them. */
export interface RoadNetwork {
  readonly nodes: readonly Place[];
  readonly segments: readonly RoadSegment[];
}

export interface RoadSegment {
  /** Indices into the nodes. */
  readonly from: number;
  readonly to: number;
  readonly distanceMetres: number;
  /** On a free road. */
  readonly speedKmh: number;
  /** From `from` to `to` only. */
  readonly isOneWay: boolean;
}

/** A road as a map draws it. */
export interface RoadLine {
  readonly points: readonly Place[];
  readonly speedKmh: number;
  readonly isOneWay: boolean;
  /** Lines of different levels cross without a way from one to the other: bridges and tunnels. */
  readonly level: number;
}

/** Ends that lie this near to each other, or to a line, are joined. */
const JOIN_METRES = 1;
const CELL_METRES = 200;
/** Where the map says nothing. */
const DEFAULT_SPEED_KMH = 50;
const SPEED_KMH_BY_KIND: Readonly<Record<string, number>> = {
  motorway: 120,
  trunk: 80,
  expressway: 80,
  primary: 60,
  main: 60,
  secondary: 60,
  tertiary: 50,
  street: 50,
  residential: 30,
  living_street: 20,
  service: 20,
};
const NOT_FOR_VEHICLES = new Set(['river', 'footway', 'cycleway', 'path', 'steps', 'pedestrian', 'railway']);

/**
 * The drivable lines of a GeoJSON FeatureCollection of LineStrings. Properties that count: `kind` (or `highway`), `maxspeed` in km/h,
 * `oneway` (true, `yes`, `-1` for against the line), `level` (or `layer`).
 * @see RFC 7946; the names are those of OpenStreetMap exports
 */
export function roadLinesOf(features: readonly unknown[]): RoadLine[] {
  return features.flatMap((feature) => {
    if (!isRecord(feature) || !isRecord(feature['geometry'])) return [];
    const { type, coordinates } = feature['geometry'];
    const properties = isRecord(feature['properties']) ? feature['properties'] : {};
    const kind = textOf(properties['kind']) || textOf(properties['highway']);
    if (type !== 'LineString' || !Array.isArray(coordinates) || NOT_FOR_VEHICLES.has(kind)) return [];
    const points = coordinates.flatMap((point): Place[] =>
      Array.isArray(point) && Number.isFinite(point[0]) && Number.isFinite(point[1]) ? [[point[0], point[1]]] : [],
    );
    if (points.length < 2) return [];
    const speed = Number.parseFloat(textOf(properties['maxspeed']));
    const oneWay = textOf(properties['oneway']);
    return [
      {
        points: oneWay === '-1' ? points.toReversed() : points,
        speedKmh: speed > 0 ? speed : (SPEED_KMH_BY_KIND[kind] ?? DEFAULT_SPEED_KMH),
        isOneWay: ['true', 'yes', '1', '-1'].includes(oneWay),
        level: Number(properties['level'] ?? properties['layer'] ?? 0) || 0,
      },
    ];
  });
}

interface Stretch {
  readonly line: RoadLine;
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
  /** Where it is cut, 0..1. */
  readonly cuts: number[];
}

/** Cuts lines where they meet or cross on the same level, and joins what lies within a metre. */
export function buildRoadNetwork(lines: readonly RoadLine[]): RoadNetwork {
  const first = lines[0]?.points[0];
  if (!first) return { nodes: [], segments: [] };
  const plane = new Plane(first);
  const stretches = lines.flatMap((line) => {
    const points = line.points.map((point) => plane.metres(point));
    return points.slice(1).flatMap((b, index): Stretch[] => {
      const a = points[index];
      return a && Math.hypot(b[0] - a[0], b[1] - a[1]) > 0 ? [{ line, a, b, cuts: [0, 1] }] : [];
    });
  });
  for (const [one, other] of neighbours(stretches)) cutAtMeeting(one, other);
  const nodes = new NodeBook(plane);
  const segments: RoadSegment[] = [];
  for (const { line, a, b, cuts } of stretches) {
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    const ids = [...new Set(cuts)]
      .toSorted((x, y) => x - y)
      .map((cut) => ({ at: cut * length, node: nodes.at(a[0] + cut * (b[0] - a[0]), a[1] + cut * (b[1] - a[1])) }));
    for (const [index, end] of ids.entries()) {
      const start = ids[index - 1];
      if (!start || start.node === end.node) continue;
      segments.push({
        from: start.node,
        to: end.node,
        distanceMetres: end.at - start.at,
        speedKmh: line.speedKmh,
        isOneWay: line.isOneWay,
      });
    }
  }
  return { nodes: nodes.places, segments };
}

function cutAtMeeting(one: Stretch, other: Stretch): void {
  if (one.line.level !== other.line.level) return;
  const crossing = crossingOf(one.a, one.b, other.a, other.b);
  if (crossing) {
    one.cuts.push(crossing[0]);
    other.cuts.push(crossing[1]);
    return;
  }
  // A line that ends a hand's breadth before another is meant to meet it.
  for (const [stretch, target] of [
    [one, other],
    [other, one],
  ] as const)
    for (const end of [stretch.a, stretch.b]) {
      const { distance, fraction } = nearestOnStretch(end, target.a, target.b);
      if (distance <= JOIN_METRES) target.cuts.push(fraction);
    }
}

/** Pairs of stretches that could meet, each once. */
function* neighbours(stretches: readonly Stretch[]): Generator<readonly [Stretch, Stretch]> {
  const cells = new Map<string, number[]>();
  for (const [index, { a, b }] of stretches.entries()) {
    const seen = new Set<number>();
    for (const key of cellsOf(a, b)) {
      const cell = cells.get(key) ?? [];
      for (const earlier of cell) {
        const other = stretches[earlier];
        const own = stretches[index];
        if (!seen.has(earlier) && other && own) {
          seen.add(earlier);
          yield [other, own];
        }
      }
      cell.push(index);
      cells.set(key, cell);
    }
  }
}

function* cellsOf(a: readonly [number, number], b: readonly [number, number]): Generator<string> {
  const cell = (metres: number): number => Math.floor(metres / CELL_METRES);
  for (let x = cell(Math.min(a[0], b[0]) - JOIN_METRES); x <= cell(Math.max(a[0], b[0]) + JOIN_METRES); x++)
    for (let y = cell(Math.min(a[1], b[1]) - JOIN_METRES); y <= cell(Math.max(a[1], b[1]) + JOIN_METRES); y++)
      yield `${x} ${y}`;
}

/** Gives points their numbers; points within a metre share one. */
class NodeBook {
  readonly places: Place[] = [];
  readonly #plane: Plane;
  readonly #cells = new Map<string, { readonly node: number; readonly east: number; readonly north: number }[]>();

  constructor(plane: Plane) {
    this.#plane = plane;
  }

  at(east: number, north: number): number {
    const [x, y] = [Math.floor(east / JOIN_METRES), Math.floor(north / JOIN_METRES)];
    for (let column = x - 1; column <= x + 1; column++)
      for (let row = y - 1; row <= y + 1; row++)
        for (const known of this.#cells.get(`${column} ${row}`) ?? [])
          if (Math.hypot(known.east - east, known.north - north) <= JOIN_METRES) return known.node;
    const node = this.places.push(this.#plane.place(east, north)) - 1;
    const cell = this.#cells.get(`${x} ${y}`) ?? [];
    cell.push({ node, east, north });
    this.#cells.set(`${x} ${y}`, cell);
    return node;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
