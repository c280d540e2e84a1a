import { PALETTE, roadPaint, surface } from './materials.ts';
import { groundMark, pictureOf } from './observer.ts';
import {
  addBox,
  addFlat,
  addGround,
  lightByDay,
  outlineOf,
  placeCamera,
  type SceneScript,
  type Stage,
} from './stage.ts';
import { addBuilding, treePlanter } from './street.ts';
import { asphalt, grass, paving, textureOf } from './textures.ts';
import { type Driver, type LanePlan, Traffic } from './traffic.ts';

const WARM_UP_S = 30;
const STAND_S = 2.2; // at the barrier; long enough for a plate to be read many times
/** No trucks: so near, the frame cuts them, and detectors know them least. */
const CARS: LanePlan['styles'] = ['sedan', 'suv', 'hatch', 'van', 'sedan', 'suv', 'hatch'];
const LANE_START_X = -100;
const STOP_LINE_M = 101.4;
const BUILDINGS = [
  [-40, 24, 40, 18, 16],
  [-85, 22, 30, 24, 16],
  [-40, -30, 40, 16, 16],
  [-90, -30, 40, 28, 18],
  [-140, 0, 14, 30, 70],
] as const;

/** A checkpoint with a barrier: one vehicle after another stops with its plate before the camera. */
export function buildGate(stage: Stage): SceneScript {
  placeCamera(stage, 2700, [9.6, 3.3, 2.5], [-4.2, 0.68, -0.35]);
  lightByDay(stage, [-18, 0, -2], 34);
  layRoad(stage);
  buildBooth(stage);
  plantTrees(stage);
  for (const [x, z, width, height, depth] of BUILDINGS)
    addBuilding(stage, { at: [x, z], size: [width, height, depth] });
  const traffic = new Traffic(stage);
  const entering = traffic.addLane({
    from: [LANE_START_X, 0.2],
    direction: [1, 0],
    lengthM: 125,
    speedMps: 7,
    gapS: 6,
    styles: CARS,
    electricShare: 0.2,
    stopLine: { atM: STOP_LINE_M, mustStop: (_timeS, { stoodS }) => stoodS < STAND_S },
  });
  traffic.addLane({
    from: [20, -4.5],
    direction: [-1, 0],
    lengthM: 125,
    speedMps: 7,
    gapS: 9,
    styles: CARS,
    electricShare: 0.2,
  });
  const moveBarrier = buildBarrier(stage, entering);
  traffic.advance(WARM_UP_S);
  return {
    zones: [],
    lines: [{ name: 'before the barrier', points: [pictureOf(stage, [-7, 0, 2.2]), pictureOf(stage, [-7, 0, -2.2])] }],
    groundMarks: (
      [
        [-20, 2],
        [-20, -2],
        [-4, -2],
        [-4, 2],
      ] as const
    ).map((corner) => groundMark(stage, corner)),
    violations: [],
    advance(timeS) {
      traffic.advance(WARM_UP_S + timeS);
      moveBarrier();
    },
  };
}

function layRoad(stage: Stage) {
  addGround(stage, textureOf(grass(stage.random), [100, 100]));
  addFlat(
    stage,
    [200, 9],
    [-60, 0, -2.2],
    surface(0xffffff, 0.95, 0, { map: textureOf(asphalt(stage.random), [20, 1]) }),
  );
  const sidewalk = surface(0xffffff, 1, 0, { map: textureOf(paving(stage.random), [70, 1]) });
  for (const kerb of [2.4, -6.8]) {
    addBox(stage, [200, 0.15, 0.3], [-60, 0.07, kerb], PALETTE.white);
    addFlat(stage, [200, 3], [-60, 0.02, kerb + Math.sign(kerb) * 1.65], sidewalk);
  }
  const white = roadPaint(0xd9dad6);
  for (let dash = 0; dash < 24; dash++) addFlat(stage, [3, 0.12], [-6 - dash * 6, 0.012, -2.3], white);
  addFlat(stage, [0.35, 4.2], [-0.2, 0.012, 0.2], white);
}

function buildBooth(stage: Stage) {
  addBox(stage, [7, 0.2, 1.1], [0, 0.1, -2.3], PALETTE.white);
  addBox(stage, [2, 2.5, 0.9], [1.5, 1.35, -2.35], surface(0xd8dcdf, 0.6));
  addBox(stage, [1.6, 1, 0.94], [1.5, 1.7, -2.35], PALETTE.glass);
  addBox(stage, [2.4, 0.15, 1.3], [1.5, 2.65, -2.35], surface(0x2f5d8c, 0.6));
}

function plantTrees(stage: Stage) {
  const plant = treePlanter(stage);
  const astray = () => stage.random.between(-0.4, 0.4);
  for (let i = 0; i < 14; i++) {
    plant(-6 - i * 7, 5.6 + astray(), 1.15);
    plant(-4 - i * 7, -9.6 + astray(), 1.2);
  }
}

/** Opens while a vehicle that has stood long enough passes. */
function buildBarrier(stage: Stage, entering: readonly Driver[]) {
  const arm = addBox(stage, [0.08, 0.12, 3.6], [2.5, 0.9, 0.2], surface(0xd8342a, 0.6));
  addBox(stage, [0.35, 1.1, 0.35], [2.5, 0.55, -1.75], surface(0xe8a020, 0.6));
  stage.props.add({ outlines: outlineOf(arm), shadow: true });
  return () => {
    arm.visible = !entering.some(
      ({ positionM, stoodS, vehicle: { lengthM } }) => stoodS >= STAND_S && positionM - lengthM / 2 < STOP_LINE_M + 3,
    );
  };
}
