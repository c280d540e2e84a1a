import { ARMS, type CityMap } from './city-map.ts';
import { Random } from './random.ts';

export interface CityCamera {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly area: string;
  readonly longitude: number;
  readonly latitude: number;
  readonly node: number;
  /** The arm of the crossing that it looks along: it sees who comes from there and who leaves there. */
  readonly arm: 0 | 1 | 2 | 3;
  /** A checkpoint reads nearly every plate; other cameras stand for other purposes and read one now and then. */
  readonly isCheckpoint: boolean;
}

/** Metres from the middle of the crossing. */
export const CAMERA_OFFSET_METRES = 15;
const CHECKPOINT_SHARE = 0.014;
const ARM_NAMES = ['北', '东', '南', '西'] as const;
const WEIGHT = { expressway: 6, main: 3, street: 1 } as const;

/** Cameras at crossings, more of them at large roads, at most one for each arm. */
export function placeCameras(map: CityMap, count: number, seed: number): CityCamera[] {
  const random = new Random(seed, 2);
  const { side, rows, columns, neighbours, points, plane } = map;
  const arms = points.flatMap((_, node) => {
    const row = rows[Math.floor(node / side)];
    const column = columns[node % side];
    return ARMS.flatMap((_name, arm) => {
      if ((neighbours[4 * node + arm] ?? -1) < 0 || !row || !column) return [];
      const weight = WEIGHT[(arm % 2 === 0 ? column : row).kind];
      // Drawn without being put back: the smallest of -ln(u) / weight come first (Efraimidis and Spirakis 2006).
      return [{ node, arm: arm as 0 | 1 | 2 | 3, row, column, key: -Math.log(1 - random.next()) / weight }];
    });
  });
  const chosen = arms.toSorted((a, b) => a.key - b.key).slice(0, count);
  return chosen.map(({ node, arm, row, column }, index) => {
    const to = points[neighbours[4 * node + arm] ?? 0] ?? [0, 0];
    const [east, north] = points[node] ?? [0, 0];
    const length = Math.hypot(to[0] - east, to[1] - north);
    const share = CAMERA_OFFSET_METRES / length;
    const [longitude, latitude] = plane.place(east + share * (to[0] - east), north + share * (to[1] - north));
    const isLarge = (arm % 2 === 0 ? column : row).kind !== 'street';
    const isCheckpoint = random.next() < (isLarge ? CHECKPOINT_SHARE * 1.5 : CHECKPOINT_SHARE * 0.5);
    const number = `${index + 1}`.padStart(5, '0');
    return {
      id: `city-${number}`,
      number: `SC-${number}`,
      name: `${row.name}${column.name}口${ARM_NAMES[arm]}向${isCheckpoint ? '卡口' : ''}`,
      area: areaOf(node % side, Math.floor(node / side), side),
      longitude,
      latitude,
      node,
      arm,
      isCheckpoint,
    };
  });
}

const AREAS = ['西南', '城南', '东南', '城西', '城中', '城东', '西北', '城北', '东北'] as const;

function areaOf(column: number, row: number, side: number): string {
  const third = (at: number): number => Math.min(2, Math.floor((3 * at) / side));
  return `${AREAS[3 * third(row) + third(column)]}片区`;
}
