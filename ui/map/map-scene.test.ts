import { expect, test } from 'vitest';
import { type MapScene, projector, roadLines, sceneBounds } from './map-scene.ts';

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

test('shows the trajectory when there is one, else all cameras', () => {
  const leg = { from: [117.21, 31.81], to: [117.22, 31.82], isImplausible: false, order: 1 } as const;
  expect(sceneBounds(scene)?.east).toBeCloseTo(117.302);
  expect(sceneBounds({ ...scene, legs: [leg] })?.east).toBeCloseTo(117.222);
  expect(sceneBounds({ ...scene, cameras: [] })).toBeUndefined();
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
