import { type Place, Plane } from '#storage/roads/plane.ts';
import type { RoadNetwork, RoadSegment } from '#storage/roads/road-network.ts';
import { Random } from './random.ts';

/** Arms of a crossing. */
export const ARMS = ['north', 'east', 'south', 'west'] as const;

/** A made-up city: crossings on a bent grid, a river with bridges, and roads of three kinds. No real place is meant. */
export interface CityMap {
  readonly plane: Plane;
  readonly side: number;
  readonly network: RoadNetwork;
  /** Metres east and north of each crossing. */
  readonly points: readonly (readonly [number, number])[];
  /** Of node n the neighbours at 4n … 4n + 3, in the order of {@link ARMS}; -1: no road. */
  readonly neighbours: Int32Array;
  /** What the stretch to that neighbour takes on a free road. */
  readonly seconds: Float64Array;
  readonly rows: readonly CityRoad[];
  readonly columns: readonly CityRoad[];
  readonly river: readonly Place[];
}

export interface CityRoad {
  readonly name: string;
  readonly nameEn: string;
  readonly kind: 'expressway' | 'main' | 'street';
}

const CENTRE: Place = [117.28, 31.86];
const SPACING_METRES = 300;
const BEND_METRES = 60;
const SPEED_KMH = { expressway: 80, main: 60, street: 40 } as const;
const SUFFIX = { expressway: ['大道', 'Avenue'], main: ['路', 'Road'], street: ['街', 'Street'] } as const;
const BRIDGE_EVERY = 6;
const FIRST = [
  ['滨', 'Bin'],
  ['清', 'Qing'],
  ['望', 'Wang'],
  ['长', 'Chang'],
  ['青', 'Qing'],
  ['云', 'Yun'],
  ['金', 'Jin'],
  ['紫', 'Zi'],
  ['明', 'Ming'],
  ['和', 'He'],
  ['龙', 'Long'],
  ['锦', 'Jin'],
  ['瑞', 'Rui'],
  ['安', 'An'],
  ['桂', 'Gui'],
] as const;
const SECOND = [
  ['河', 'he'],
  ['山', 'shan'],
  ['江', 'jiang'],
  ['湖', 'hu'],
  ['林', 'lin'],
  ['园', 'yuan'],
  ['桥', 'qiao'],
  ['塘', 'tang'],
  ['泉', 'quan'],
  ['岭', 'ling'],
  ['阳', 'yang'],
  ['门', 'men'],
  ['溪', 'xi'],
  ['城', 'cheng'],
  ['田', 'tian'],
  ['港', 'gang'],
  ['亭', 'ting'],
] as const;

/** @param cameras decides the size: about seven crossings for ten cameras */
export function makeCityMap(seed: number, cameras: number): CityMap {
  const side = Math.max(8, Math.ceil(Math.sqrt(cameras * 0.72)));
  const random = new Random(seed, 1);
  const plane = new Plane(CENTRE);
  const middle = (side - 1) / 2;
  const points = Array.from({ length: side * side }, (_, node): readonly [number, number] => {
    const [column, row] = [node % side, Math.floor(node / side)];
    const bend = (): number => (random.next() * 2 - 1) * BEND_METRES;
    return [(column - middle) * SPACING_METRES + bend(), (row - middle) * SPACING_METRES + bend()];
  });
  const columns = nameRoads(side, 0);
  const rows = nameRoads(side, side);
  const riverRow = Math.floor(side * 0.4);
  const neighbours = new Int32Array(side * side * 4).fill(-1);
  const seconds = new Float64Array(side * side * 4);
  const segments: RoadSegment[] = [];
  const join = (from: number, to: number, arm: 0 | 1, kind: CityRoad['kind']): void => {
    const [a, b] = [points[from] ?? [0, 0], points[to] ?? [0, 0]];
    const distanceMetres = Math.hypot(b[0] - a[0], b[1] - a[1]);
    const speedKmh = SPEED_KMH[kind];
    segments.push({ from, to, distanceMetres, speedKmh, isOneWay: false });
    neighbours[4 * from + arm] = to;
    neighbours[4 * to + arm + 2] = from;
    seconds[4 * from + arm] = seconds[4 * to + arm + 2] = (distanceMetres * 3.6) / speedKmh;
  };
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const node = row * side + column;
      const isBridged = row !== riverRow || column % BRIDGE_EVERY === 0;
      if (row + 1 < side && isBridged) join(node, node + side, 0, columns[column]?.kind ?? 'street');
      if (column + 1 < side) join(node, node + 1, 1, rows[row]?.kind ?? 'street');
    }
  const river = Array.from({ length: side + 1 }, (_, column): Place => {
    const south = points[riverRow * side + Math.min(column, side - 1)]?.[1] ?? 0;
    return plane.place((column - 0.5 - middle) * SPACING_METRES, south + SPACING_METRES / 2);
  });
  const nodes = points.map(([east, north]) => plane.place(east, north));
  return { plane, side, network: { nodes, segments }, points, neighbours, seconds, rows, columns, river };
}

/** The map as the pages draw it: one line for each road. */
export function cityMapLayer(map: CityMap): { type: 'FeatureCollection'; features: unknown[] } {
  const { side, rows, columns, network } = map;
  const feature = ({ name, nameEn, kind }: { name: string; nameEn: string; kind: string }, coordinates: unknown[]) => ({
    type: 'Feature',
    properties: { name, nameEn, kind },
    geometry: { type: 'LineString', coordinates },
  });
  const drawn = (road: CityRoad) => ({ ...road, kind: road.kind === 'street' ? 'street' : 'main' });
  const along = (start: number, step: number) =>
    Array.from({ length: side }, (_, index) => network.nodes[start + index * step]);
  return {
    type: 'FeatureCollection',
    features: [
      feature({ name: '清河', nameEn: 'Qing River', kind: 'river' }, [...map.river]),
      ...rows.map((road, row) => feature(drawn(road), along(row * side, 1))),
      // A road that ends at the river would be drawn across it: it is, as a line; the graph knows better.
      ...columns.map((road, column) => feature(drawn(road), along(column, side))),
    ],
  };
}

function nameRoads(count: number, offset: number): CityRoad[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = index % 16 === 8 ? 'expressway' : index % 4 === 0 ? 'main' : 'street';
    // Steps that share no factor with the lists go through all pairs before one comes again.
    const at = (index + offset) * 7 + 3;
    const [zh, en] = FIRST[at % FIRST.length] ?? FIRST[0];
    const [zhEnd, enEnd] = SECOND[(at * 5) % SECOND.length] ?? SECOND[0];
    const round = Math.floor((index + offset) / (FIRST.length * SECOND.length));
    const number = round === 0 ? '' : `${round + 1}`;
    return {
      name: `${zh}${zhEnd}${number}${SUFFIX[kind][0]}`,
      nameEn: `${en}${enEnd} ${number}${SUFFIX[kind][1]}`,
      kind,
    };
  });
}
