import type { Violation, Zone } from '../truth-format.ts';
import { buildBin, buildFlame } from './kitchen-incidents.ts';
import { BIN, buildRoom, DOOR, furnish, STOVE } from './kitchen-room.ts';
import { pictureOf } from './observer.ts';
import { createPerson, type Person, type PersonLook } from './people.ts';
import { followRoute, type Stay } from './route.ts';
import type { Point3 } from './solid-builder.ts';
import { placeCamera, type SceneScript, type Stage } from './stage.ts';

/** The clip is as long as the story: everyone ends where they began, so that it loops without a jump. */
const LOOP_S = 30;
const TO_WALL = Math.PI;
const TO_RIGHT = Math.PI / 2;
const TO_BIN = 2.18;
const BEHIND_CURTAIN = [DOOR.x - 0.6, DOOR.z] as const;
const COMES_IN_S = 5.4;
const GOES_OUT_S = 26.6;
const DOOR_TO_BIN_S = 4;
const BESIDE_BIN = [-1.55, 1.45] as const;

const ROUTES = {
  // leaves a lit stove behind
  stoveCook: [
    { at: [1.9, -2.65], fromS: -1, untilS: 8, facing: TO_WALL },
    { at: [1.2, -2.05], fromS: 8.9, untilS: 8.9, facing: -TO_RIGHT },
    { at: [-3.0, -1.9], fromS: 12.8, untilS: 12.8, facing: -TO_RIGHT },
    { at: [-3.95, -1.05], fromS: 13.8, untilS: 22.2, facing: -TO_RIGHT },
    { at: [-3.0, -1.9], fromS: 23.1, untilS: 23.1, facing: TO_RIGHT },
    { at: [1.2, -2.05], fromS: 27, untilS: 27, facing: TO_RIGHT },
    { at: [1.9, -2.65], fromS: 27.9, untilS: 31, facing: TO_WALL },
  ],
  tableCook: [{ at: [0.45, 0.2], fromS: -1, untilS: 31, facing: TO_WALL }],
  counterCook: [{ at: [-1.0, -2.7], fromS: -1, untilS: 31, facing: TO_WALL }],
  // comes in without a cap, opens the bin, works at the table, closes the bin and goes
  newcomer: [
    { at: BEHIND_CURTAIN, fromS: -1, untilS: COMES_IN_S, facing: TO_RIGHT },
    { at: BESIDE_BIN, fromS: COMES_IN_S + DOOR_TO_BIN_S, untilS: 11, facing: TO_BIN },
    { at: [-2.0, -0.45], fromS: 12.8, untilS: 19.6, facing: TO_RIGHT },
    { at: BESIDE_BIN, fromS: 21.4, untilS: GOES_OUT_S - DOOR_TO_BIN_S, facing: TO_BIN },
    { at: BEHIND_CURTAIN, fromS: GOES_OUT_S, untilS: 31, facing: TO_RIGHT },
  ],
} satisfies Record<string, Stay[]>;

const INSIDE_X = DOOR.x + 0.3; // past the curtain
const BIN_OPENS_S = 10.2;
const BIN_CLOSES_S = 22;
const LID_MOVES_S = 0.5;
const FLAME_FROM_S = 2;
const FLAME_UNTIL_S = 24;
const STOVE_LEFT_S = 9.5;

/** A canteen kitchen in which three rules are broken, one after the other begun. */
export function buildKitchen(stage: Stage): SceneScript {
  placeCamera(stage, 960, [3.4, 2.75, 3.8], [-0.75, 0.85, -1.5]);
  buildRoom(stage);
  furnish(stage);
  const openBin = buildBin(stage);
  const lightFlame = buildFlame(stage);
  const staff = hireStaff(stage);
  return {
    zones: zonesOf(stage),
    lines: [],
    violations: violationsOf(staff.newcomer),
    advance(timeS) {
      const time = timeS % LOOP_S;
      followRoute(staff.stoveCook, ROUTES.stoveCook, time, 0.8);
      followRoute(staff.tableCook, ROUTES.tableCook, time, 0.6);
      followRoute(staff.counterCook, ROUTES.counterCook, time, 0.7);
      followRoute(staff.newcomer, ROUTES.newcomer, time, 0.5);
      setPresent(stage, staff.newcomer, staff.newcomer.root.position.x > INSIDE_X);
      openBin(Math.min(ramp(time, BIN_OPENS_S - LID_MOVES_S), 1 - ramp(time, BIN_CLOSES_S)));
      lightFlame(time >= FLAME_FROM_S && time < FLAME_UNTIL_S, time);
    },
  };
}

function hireStaff(stage: Stage) {
  const hire = (id: number, look: Omit<PersonLook, 'cap'>, cap: boolean): Person => {
    const person = createPerson(id, { ...look, cap });
    stage.scene.add(person.root);
    stage.actors.add(person);
    return person;
  };
  return {
    stoveCook: hire(1, { skin: 0xc68e6c, trousers: 0x2b3442, apron: 0x2f3d55 }, true),
    tableCook: hire(2, { skin: 0xd9a684, trousers: 0x39404a, apron: 0x8a2f2f }, true),
    counterCook: hire(3, { skin: 0xb57d5c, trousers: 0x22262c, apron: 0x2f3d55 }, true),
    newcomer: hire(4, { skin: 0xd9a684, trousers: 0x4a4038, apron: 0x55606b }, false),
  };
}

/** Behind the curtain a person is neither drawn nor part of the truth. */
function setPresent({ actors, scene }: Stage, person: Person, present: boolean) {
  if (present) {
    actors.add(person);
    scene.add(person.root);
  } else {
    actors.delete(person);
    scene.remove(person.root);
  }
}

function violationsOf(newcomer: Person): Violation[] {
  const throughCurtainS = ((INSIDE_X - BEHIND_CURTAIN[0]) / (BESIDE_BIN[0] - BEHIND_CURTAIN[0])) * DOOR_TO_BIN_S;
  return [
    {
      item: 'no_head_cover',
      zone: 'room',
      id: newcomer.id,
      ...span(COMES_IN_S + throughCurtainS, GOES_OUT_S - throughCurtainS),
    },
    { item: 'bin_open', zone: 'bin', ...span(BIN_OPENS_S, BIN_CLOSES_S) },
    { item: 'flame_unattended', zone: 'stove', ...span(STOVE_LEFT_S, FLAME_UNTIL_S) },
  ];
}

function span(fromS: number, toS: number) {
  return { fromMs: Math.round(fromS * 1000), toMs: Math.round(toS * 1000) };
}

function zonesOf(stage: Stage): Zone[] {
  const { x, z, topY } = STOVE;
  return [
    {
      name: 'room',
      polygon: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    },
    { name: 'stove', polygon: frameOf(stage, [x - 0.15, topY, z - 0.35], [x + 0.85, topY + 0.75, z + 0.35]) },
    { name: 'stove_floor', polygon: floorArea(stage, [x - 1.1, -3.0], [x + 1.2, -1.85]) },
    {
      name: 'bin',
      polygon: frameOf(stage, [BIN.x - 0.28, 0.05, BIN.z - 0.28], [BIN.x + 0.28, BIN.heightM + 0.45, BIN.z + 0.28]),
    },
  ];
}

/** The upright rectangle of the picture that a box in the room fills. */
function frameOf(stage: Stage, low: Point3, high: Point3): Zone['polygon'] {
  const corners = [low[0], high[0]].flatMap((x) =>
    [low[1], high[1]].flatMap((y) => [low[2], high[2]].map((z) => pictureOf(stage, [x, y, z]))),
  );
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

function floorArea(
  stage: Stage,
  [x0, z0]: readonly [number, number],
  [x1, z1]: readonly [number, number],
): Zone['polygon'] {
  return [[x0, z0] as const, [x1, z0] as const, [x1, z1] as const, [x0, z1] as const].map(([x, z]) =>
    pictureOf(stage, [x, 0, z]),
  );
}

/** 0 before, 1 when the lid has finished moving. */
function ramp(timeS: number, startS: number): number {
  return Math.min(1, Math.max(0, (timeS - startS) / LID_MOVES_S));
}
