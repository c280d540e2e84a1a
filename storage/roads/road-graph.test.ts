import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Place, Plane } from './plane.ts';
import { RoadGraph } from './road-graph.ts';
import { type RoadLine, buildRoadNetwork, roadLinesOf } from './road-network.ts';
import { ShortestWays } from './shortest-way.ts';

const plane = new Plane([117.28, 31.86]);
const at = (east: number, north: number): Place => plane.place(east, north);
const road = (points: readonly Place[], more: Partial<RoadLine> = {}): RoadLine => ({
  points,
  speedKmh: 36,
  isOneWay: false,
  level: 0,
  ...more,
});

describe('a road network', () => {
  test('is joined where lines cross on one level, and not where one bridges the other', () => {
    const across = road([at(-100, 0), at(100, 0)]);
    expect(buildRoadNetwork([across, road([at(0, -100), at(0, 100)])]).segments).toHaveLength(4);
    expect(buildRoadNetwork([across, road([at(0, -100), at(0, 100)], { level: 1 })]).segments).toHaveLength(2);
  });

  test('is joined where a line ends just before another', () => {
    const network = buildRoadNetwork([road([at(-100, 0), at(100, 0)]), road([at(0, 0.6), at(0, 100)])]);
    expect(network.nodes).toHaveLength(4);
    expect(network.segments).toHaveLength(3);
  });

  test('takes speeds, one-way roads and levels from GeoJSON, and leaves out what nobody drives on', () => {
    const line = { type: 'LineString', coordinates: [at(0, 0), at(100, 0)] };
    const lines = roadLinesOf([
      { type: 'Feature', geometry: line, properties: { kind: 'main' } },
      {
        type: 'Feature',
        geometry: line,
        properties: { highway: 'residential', maxspeed: '20', oneway: '-1', layer: 1 },
      },
      { type: 'Feature', geometry: line, properties: { kind: 'river' } },
      { type: 'Feature', geometry: { type: 'Point', coordinates: [0, 0] } },
      { type: 'Feature', geometry: { type: 'LineString', coordinates: [at(0, 0), ['x', 1]] } },
      null,
    ]);
    expect(lines).toMatchObject([
      { speedKmh: 60, isOneWay: false, level: 0 },
      { speedKmh: 20, isOneWay: true, level: 1, points: [at(100, 0), at(0, 0)] },
    ]);
  });
});

describe('the way from one camera to another', () => {
  const cameras = [
    { cameraId: 'west', place: at(-400, 10) },
    { cameraId: 'east', place: at(400, -10) },
    { cameraId: 'north', place: at(5, 300) },
    { cameraId: 'field', place: at(900, 900) },
  ];
  const lines = [road([at(-500, 0), at(500, 0)]), road([at(0, 0), at(0, 500)])];

  test('follows the roads, from and to the middle of a stretch', () => {
    const graph = new RoadGraph(buildRoadNetwork(lines), cameras);
    const route = graph.routeBetween('west', 'north');
    expect(route?.distanceMetres).toBeCloseTo(700, 0);
    expect(route?.fastestSeconds).toBeCloseTo(70, 1);
    expect(route?.line).toHaveLength(3);
    expect(graph.routeBetween('west', 'east')?.distanceMetres).toBeCloseTo(800, 0);
    expect(graph.routeBetween('west', 'field')).toBeUndefined();
    expect(graph.cameraCount).toBe(3);
  });

  test('obeys one-way roads', () => {
    const oneWay = [road([at(-500, 0), at(500, 0)], { isOneWay: true }), road([at(0, 0), at(0, 500)])];
    const graph = new RoadGraph(buildRoadNetwork(oneWay), cameras);
    expect(graph.routeBetween('west', 'east')).toBeDefined();
    expect(graph.routeBetween('east', 'west')).toBeUndefined();
  });

  test('takes a detour that is faster', () => {
    const detour = road([at(-500, 0), at(-500, -300), at(500, -300), at(500, 0)], { speedKmh: 120 });
    const graph = new RoadGraph(buildRoadNetwork([road([at(-500, 0), at(500, 0)], { speedKmh: 10 }), detour]), cameras);
    expect(graph.routeBetween('west', 'east')?.distanceMetres).toBeGreaterThan(1500);
  });

  test('agrees with what can be reached in that time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
          minLength: 2,
          maxLength: 12,
        }),
        (places) => {
          const streets = [-8, -3, 1, 6].flatMap((offset, index) => [
            road([at(-1000, offset * 100), at(1000, offset * 100)], {
              speedKmh: 20 + 10 * index,
              isOneWay: index === 1,
            }),
            road([at(offset * 110, -1000), at(offset * 110, 1000)], { speedKmh: 30, isOneWay: index === 2 }),
          ]);
          const placed = places.map(([east, north], index) => ({
            cameraId: `c${index}`,
            place: at(east * 105, north * 95),
          }));
          const graph = new RoadGraph(buildRoadNetwork(streets), placed);
          for (const { cameraId } of placed) {
            const reached = graph.secondsFrom(cameraId, 1e6);
            for (const other of placed) {
              const route = graph.routeBetween(cameraId, other.cameraId);
              expect(reached.has(other.cameraId)).toBe(route !== undefined);
              if (route) expect(reached.get(other.cameraId)).toBeCloseTo(route.fastestSeconds, 6);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

test('the shortest way is that of trying every arc until nothing gets better', () => {
  const arc = fc.tuple(
    fc.integer({ min: 0, max: 11 }),
    fc.integer({ min: 0, max: 11 }),
    fc.integer({ min: 1, max: 50 }),
  );
  fc.assert(
    fc.property(fc.array(arc, { maxLength: 40 }), (arcs) => {
      const sorted = arcs.toSorted((a, b) => a[0] - b[0]);
      const offsets = Int32Array.from({ length: 13 }, (_, node) => sorted.filter(([from]) => from < node).length);
      const ways = new ShortestWays({
        offsets,
        targets: Int32Array.from(sorted.map(([, to]) => to)),
        seconds: Float64Array.from(sorted.map(([, , seconds]) => seconds)),
      });
      const costs = Array.from({ length: 12 }, () => Number.POSITIVE_INFINITY);
      costs[0] = 3;
      for (let round = 0; round < 12; round++)
        for (const [from, to, seconds] of arcs) costs[to] = Math.min(costs[to] ?? 0, (costs[from] ?? 0) + seconds);
      for (let node = 0; node < 12; node++) {
        const found = ways.between([{ node: 0, seconds: 3 }], [{ node, seconds: 0 }], () => 0);
        expect(found?.seconds ?? Number.POSITIVE_INFINITY).toBe(costs[node]);
      }
    }),
  );
});
