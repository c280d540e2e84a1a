import { expect, test } from 'vitest';
import {
  areaBetween,
  type MapScene,
  middleOf,
  namedLines,
  projector,
  roadLines,
  sceneBounds,
  unprojector,
} from './map-scene.ts';

const camera = (longitude: number, latitude: number) => ({
  cameraId: `${longitude}`,
  name: '',
  place: [longitude, latitude] as const,
  passes: 0,
});
const scene: MapScene = {
  roads: undefined,
  cameras: [camera(117.2, 31.8), camera(117.3, 31.9)],
  legs: [],
  highlightedCamera: undefined,
  area: undefined,
};

test('takes lines and multi-lines of the base map, and nothing else', () => {
  const line = {
    geometry: {
      type: 'LineString',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    },
    properties: { kind: 'primary' },
  };
  const several = {
    geometry: {
      type: 'MultiLineString',
      coordinates: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
    },
    properties: {},
  };
  const point = { geometry: { type: 'Point', coordinates: [1, 2] }, properties: {} };
  const lines = roadLines({ type: 'FeatureCollection', features: [line, several, point, null, 'x'] });
  expect(lines.map((road) => [road.points.length, road.isMajor])).toEqual([
    [2, true],
    [2, false],
    [2, false],
  ]);
});

test('shows the trajectory when there is one, else the part searched, else where something passed, else all cameras', () => {
  const leg = {
    points: [
      [117.21, 31.81],
      [117.22, 31.82],
    ],
    isRoute: false,
    isImplausible: false,
    isHighlighted: false,
    isStop: false,
    order: 1,
  } as const;
  const area = { west: 117.1, south: 31.7, east: 117.15, north: 31.75 };
  const hit = { ...camera(117.25, 31.85), passes: 2 };
  expect(sceneBounds(scene)?.east).toBeCloseTo(117.302);
  expect(sceneBounds({ ...scene, cameras: [...scene.cameras, hit] })?.east).toBeCloseTo(117.252);
  expect(sceneBounds({ ...scene, area })?.east).toBeCloseTo(117.152);
  expect(sceneBounds({ ...scene, area, legs: [leg] })?.east).toBeCloseTo(117.222);
  expect(sceneBounds({ ...scene, cameras: [] })).toBeUndefined();
});

test('finds the place half way along a bent line, not between its ends', () => {
  const [x, y] = middleOf([
    [0, 0],
    [4, 0],
    [4, 2],
  ])!;
  expect([x, y]).toEqual([3, 0]);
  expect(middleOf([[1, 1]])).toEqual([1, 1]);
  expect(middleOf([])).toBeUndefined();
});

test('knows the place under a pixel, and the area between two corners in any order', () => {
  const bounds = sceneBounds(scene)!;
  const place = unprojector(bounds, 800, 600)(...projector(bounds, 800, 600)([117.23, 31.84]));
  expect(place[0]).toBeCloseTo(117.23, 9);
  expect(place[1]).toBeCloseTo(31.84, 9);
  expect(areaBetween([3, 1], [2, 4])).toEqual({ west: 2, south: 1, east: 3, north: 4 });
});

test('names roads that cameras can stand on, no rivers', () => {
  const line = (name: string, kind: string) => ({
    properties: { name, kind },
    geometry: {
      type: 'LineString',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    },
  });
  const features = [line('滨河路', 'main'), line('清河', 'river'), line('', 'main')];
  expect(namedLines({ type: 'FeatureCollection', features }).map((road) => road.name)).toEqual(['滨河路']);
});

test('puts north up and keeps the picture inside the box', () => {
  const bounds = sceneBounds(scene)!;
  const project = projector(bounds, 800, 600);
  const [westX, northY] = project([bounds.west, bounds.north]);
  const [eastX, southY] = project([bounds.east, bounds.south]);
  expect(westX).toBeGreaterThanOrEqual(-1e-6);
  expect(eastX).toBeLessThanOrEqual(800 + 1e-6);
  expect(northY).toBeLessThan(southY);
  expect(eastX - westX).toBeLessThan(southY - northY);
});
