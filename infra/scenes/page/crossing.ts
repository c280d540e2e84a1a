import { PALETTE, roadPaint, surface } from './materials.ts';
import { groundMark, pictureOf } from './observer.ts';
import { addBox, addFlat, addGround, lightByDay, placeCamera, type SceneScript, type Stage } from './stage.ts';
import { addBuilding, addPole, treePlanter } from './street.ts';
import { asphalt, paving, textureOf } from './textures.ts';
import { type LanePlan, Traffic } from './traffic.ts';
import type { VehicleStyle } from './vehicle.ts';

const ROAD_HALF_M = 7.3;
const STOP_LINE_M = 11.2; // from the middle of the crossing
const ROAD_START_M = 80;
const CYCLE_S = 24; // also the length of the clip, so that the signals go on when it loops
const WARM_UP_S = 48;
/** Camera, corners of its view and places where a tree would hide the crossing: [x, z, radius]. */
const KEEP_CLEAR = [
  [-17, 15.5, 9],
  [-11, 11, 5],
  [14, 11, 8],
  [24, 10, 6],
  [8, 16, 6],
  [-11, -11, 4],
] as const;
const BUSES_TOO: LanePlan['styles'] = ['sedan', 'suv', 'hatch', 'sedan', 'suv', 'van', 'bus'];
const CARS_AND_TRUCKS: LanePlan['styles'] = ['sedan', 'suv', 'hatch', 'sedan', 'van', 'suv', 'hatch', 'sedan', 'truck'];

const BUILDINGS = [
  [30, -34, 34, 16, 16],
  [64, -34, 24, 26, 18],
  [-30, -38, 30, 20, 18],
  [32, 36, 30, 18, 18],
  [70, 34, 30, 30, 18],
  [20, -70, 20, 34, 20],
  [-24, -72, 20, 24, 20],
  [100, -30, 30, 40, 16],
  [110, 30, 30, 22, 20],
  [130, 0, 14, 40, 60],
  [0, -130, 60, 34, 14],
  [-66, -36, 26, 14, 16],
] as const;

/** Two roads of four lanes with signals, seen from a pole at the corner. */
export function buildCrossing(stage: Stage): SceneScript {
  placeCamera(stage, 1000, [-17, 6.2, 15.5], [6, 0.2, -3.2]);
  lightByDay(stage, [8, 0, -4], 62);
  layRoads(stage);
  paintLines(stage);
  plantTrees(stage);
  for (const [x, z, width, height, depth] of BUILDINGS)
    addBuilding(stage, { at: [x, z], size: [width, height, depth] });
  setPoles(stage);
  const traffic = sendTraffic(stage);
  traffic.advance(WARM_UP_S);
  const line = (name: string, from: readonly [number, number], to: readonly [number, number]) => ({
    name,
    points: [pictureOf(stage, [from[0], 0, from[1]]), pictureOf(stage, [to[0], 0, to[1]])] as const,
  });
  return {
    zones: [],
    lines: [line('east arm', [10, -7], [10, 7]), line('north arm', [-7, -10], [7, -10])],
    groundMarks: (
      [
        [-7, -7],
        [7, -7],
        [7, 7],
        [-7, 7],
      ] as const
    ).map((corner) => groundMark(stage, corner)),
    violations: [],
    advance: (timeS) => traffic.advance(WARM_UP_S + timeS),
  };
}

function layRoads(stage: Stage) {
  addGround(stage, textureOf(paving(stage.random), [80, 80]));
  const road = asphalt(stage.random);
  const width = 2 * ROAD_HALF_M;
  addFlat(stage, [240, width], [0, 0, 0], surface(0xffffff, 0.95, 0, { map: textureOf(road, [24, 2]) }));
  const across = surface(0xffffff, 0.95, 0, {
    map: textureOf(road, [2, 24]),
    polygonOffset: true,
    polygonOffsetFactor: -1,
  });
  addFlat(stage, [width, 240], [0, 0.001, 0], across);
  for (const sx of [-1, 1]) {
    for (const sz of [-1, 1]) {
      addBox(stage, [110, 0.14, 0.3], [sx * 65, 0.07, sz * 7.45], PALETTE.white);
      addBox(stage, [0.3, 0.14, 110], [sx * 7.45, 0.07, sz * 65], PALETTE.white);
    }
  }
}

function paintLines(stage: Stage) {
  const white = roadPaint(0xd9dad6);
  const yellow = roadPaint(0xd2a83a);
  const mark = (alongX: number, alongZ: number, x: number, z: number, paint = white) =>
    addFlat(stage, [alongX, alongZ], [x, 0.012, z], paint);
  for (const side of [-1, 1]) {
    for (const offset of [-0.12, 0.12]) {
      mark(100, 0.12, side * 61.5, offset, yellow);
      mark(0.12, 100, offset, side * 61.5, yellow);
    }
    for (const lane of [-3.5, 3.5]) {
      for (let x = 11.5; x < 100; x += 6) {
        const dash = x < 30 ? 6 : 3; // unbroken near the crossing
        mark(dash, 0.14, side * (x + 1.5), lane);
        mark(0.14, dash, lane, side * (x + 1.5));
      }
    }
    mark(0.4, 7, side * STOP_LINE_M, side * -3.6);
    mark(7, 0.4, side * 3.6, side * STOP_LINE_M);
    for (let stripe = -6.5; stripe <= 6.6; stripe++) {
      mark(3, 0.5, side * 9, stripe);
      mark(0.5, 3, stripe, side * 9);
    }
  }
}

function plantTrees(stage: Stage) {
  const { random } = stage;
  const plant = treePlanter(stage);
  const plantWhereFree = (x: number, z: number) => {
    const scale = random.between(1, 1.35);
    if (KEEP_CLEAR.every(([clearX, clearZ, radius]) => Math.hypot(x - clearX, z - clearZ) >= radius))
      plant(x, z, scale);
  };
  for (const sx of [-1, 1]) {
    for (const sz of [-1, 1]) {
      for (let i = 0; i < 7; i++)
        plantWhereFree(sx * (random.between(12, 13.5) + 9 * i), sz * random.between(10, 11.5));
      for (let i = 1; i < 6; i++) plantWhereFree(sx * random.between(10, 11.5), sz * (13 + 9 * i));
    }
  }
}

function setPoles(stage: Stage) {
  for (const [x, z, dx, dz] of [
    [9.5, -9.5, -1, 0],
    [9.5, 9.5, 0, -1],
    [-9.5, -9.5, 0, 1],
  ] as const) {
    addPole(stage, { at: [x, z], heightM: 6, armDirection: [dx, dz], armM: 6, signals: [3, 5.4] });
  }
  for (let lamp = 0; lamp < 5; lamp++) {
    for (const side of [-1, 1])
      addPole(stage, { at: [18 + lamp * 20, side * 8.6], heightM: 8, armDirection: [0, -side], armM: 2.5 });
  }
}

function sendTraffic(stage: Stage): Traffic {
  const traffic = new Traffic(stage);
  const phase = (timeS: number) => timeS % CYCLE_S;
  const eastWest = (timeS: number) => phase(timeS) < 10;
  const northSouth = (timeS: number) => phase(timeS) > 12 && phase(timeS) < 22;
  const lane = (
    from: LanePlan['from'],
    direction: LanePlan['direction'],
    green: (timeS: number) => boolean,
    gapS: number,
    styles: readonly [VehicleStyle, ...VehicleStyle[]],
  ) =>
    traffic.addLane({
      from,
      direction,
      lengthM: 165,
      speedMps: 12,
      gapS,
      styles,
      electricShare: 0.25,
      stopLine: {
        atM: ROAD_START_M - STOP_LINE_M - 0.6,
        // whoever can no longer stop drives on, as on a yellow light
        mustStop: (timeS, { speedMps }, distanceM) =>
          !green(timeS) && distanceM > 0 && distanceM > speedMps ** 2 / 10 - 1,
      },
    });
  for (const [offset, gapS, styles] of [
    [1.75, 8, BUSES_TOO],
    [5.25, 9, CARS_AND_TRUCKS],
  ] as const) {
    lane([-ROAD_START_M, offset], [1, 0], eastWest, gapS, styles);
    lane([ROAD_START_M, -offset], [-1, 0], eastWest, gapS, styles);
    lane([offset, ROAD_START_M], [0, -1], northSouth, gapS + 1, styles);
    lane([-offset, -ROAD_START_M], [0, 1], northSouth, gapS, styles);
  }
  return traffic;
}
