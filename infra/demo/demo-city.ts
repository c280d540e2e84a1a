/** The made-up district of the demo: a few roads along a river, and places for cameras. No real place is meant. */

const ORIGIN = { latitude: 31.86, longitude: 117.28 } as const;
const METRES_PER_DEGREE_LATITUDE = 111_320;
const METRES_PER_DEGREE_LONGITUDE = METRES_PER_DEGREE_LATITUDE * Math.cos((ORIGIN.latitude * Math.PI) / 180);

/** Metres east and north of the district's centre, as longitude and latitude. */
function place(eastMetres: number, northMetres: number): [number, number] {
  return [
    ORIGIN.longitude + eastMetres / METRES_PER_DEGREE_LONGITUDE,
    ORIGIN.latitude + northMetres / METRES_PER_DEGREE_LATITUDE,
  ];
}

interface Road {
  readonly name: string;
  readonly nameEn: string;
  readonly kind: 'main' | 'street' | 'river';
  readonly points: readonly (readonly [number, number])[];
}

const ROADS: readonly Road[] = [
  {
    name: '清河',
    nameEn: 'Qing River',
    kind: 'river',
    points: [
      [-1800, -760],
      [-900, -620],
      [-200, -700],
      [700, -560],
      [1800, -640],
    ],
  },
  {
    name: '滨河路',
    nameEn: 'Binhe Road',
    kind: 'main',
    points: [
      [-1700, -560],
      [-900, -420],
      [-200, -500],
      [700, -360],
      [1700, -440],
    ],
  },
  {
    name: '人民路',
    nameEn: 'Renmin Road',
    kind: 'main',
    points: [
      [-1700, 80],
      [0, 60],
      [1700, 100],
    ],
  },
  {
    name: '中山大道',
    nameEn: 'Zhongshan Avenue',
    kind: 'main',
    points: [
      [0, -1200],
      [-10, -480],
      [0, 60],
      [20, 1100],
    ],
  },
  {
    name: '学府路',
    nameEn: 'Xuefu Road',
    kind: 'street',
    points: [
      [-900, -420],
      [-880, 70],
      [-860, 1000],
    ],
  },
  {
    name: '工业路',
    nameEn: 'Gongye Road',
    kind: 'street',
    points: [
      [700, -360],
      [760, 80],
      [820, 1000],
    ],
  },
  {
    name: '北环路',
    nameEn: 'North Ring',
    kind: 'main',
    points: [
      [-1600, 820],
      [-860, 760],
      [10, 740],
      [800, 780],
      [1600, 860],
    ],
  },
  {
    name: '东门街',
    nameEn: 'Dongmen Street',
    kind: 'street',
    points: [
      [1300, -400],
      [1320, 90],
      [1340, 820],
    ],
  },
];

export function demoRoads(): { type: 'FeatureCollection'; features: unknown[] } {
  return {
    type: 'FeatureCollection',
    features: ROADS.map((road) => ({
      type: 'Feature',
      properties: { name: road.name, nameEn: road.nameEn, kind: road.kind },
      geometry: { type: 'LineString', coordinates: road.points.map(([east, north]) => place(east, north)) },
    })),
  };
}

export type DemoScene = 'crossing' | 'gate' | 'kitchen';

export interface DemoCamera {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly area: string;
  readonly scene: DemoScene;
  readonly longitude: number;
  readonly latitude: number;
}

/** What stands where. The first nine are what `./vantage demo` shows by default; further ones repeat with a number. */
const PLACES: readonly {
  readonly name: string;
  readonly area: string;
  readonly scene: DemoScene;
  readonly at: readonly [number, number];
}[] = [
  { name: '滨河路口', area: '河东片区', scene: 'crossing', at: [-10, -490] },
  { name: '滨河路西卡口', area: '河东片区', scene: 'gate', at: [-900, -420] },
  { name: '清河饭店后厨', area: '河东片区', scene: 'kitchen', at: [420, -300] },
  { name: '人民路东卡口', area: '城中片区', scene: 'gate', at: [760, 80] },
  { name: '人民路口', area: '城中片区', scene: 'crossing', at: [0, 60] },
  { name: '北环路卡口', area: '城北片区', scene: 'gate', at: [-860, 760] },
  { name: '中山大道北口', area: '城北片区', scene: 'crossing', at: [10, 740] },
  { name: '学府食堂后厨', area: '城北片区', scene: 'kitchen', at: [-700, 420] },
  { name: '东门街口', area: '城中片区', scene: 'crossing', at: [1320, 90] },
];

export function demoCameras(count: number): DemoCamera[] {
  return Array.from({ length: count }, (_, index) => {
    const base = PLACES[index % PLACES.length];
    if (!base) throw new RangeError('no places');
    const round = Math.floor(index / PLACES.length);
    const [longitude, latitude] = place(base.at[0] + round * 90, base.at[1] + round * 70);
    const number = `${index + 1}`.padStart(4, '0');
    return {
      id: `demo-${number}`,
      number: `QH-${number}`,
      name: round === 0 ? base.name : `${base.name} ${round + 1}号`,
      area: base.area,
      scene: base.scene,
      longitude,
      latitude,
    };
  });
}
