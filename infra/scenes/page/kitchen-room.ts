import * as THREE from 'three';
import { PALETTE, surface } from './materials.ts';
import { SolidBuilder } from './solid-builder.ts';
import { addBox, addFlat, addMesh, type Stage } from './stage.ts';
import { ceilingPanels, floorTiles, textureOf, wallTiles } from './textures.ts';

export const ROOM_HEIGHT_M = 3.2;
export const STOVE = { x: 1.8, z: -3.35, topY: 0.9 } as const;
export const BIN = { x: -0.9, z: 1.0, heightM: 0.72 } as const;
export const DOOR = { x: -4.94, z: 0.4 } as const;

const INOX = surface(0xb9bec2, 0.35, 0.75);
const POT = surface(0x7d8286, 0.3, 0.9);

export function buildRoom(stage: Stage) {
  const { scene, random, sunDirection } = stage;
  const tiles = (repeat: readonly [number, number]) =>
    surface(0xffffff, 0.4, 0, { map: textureOf(wallTiles(random), repeat) });
  addFlat(stage, [12, 12], [0, 0, 1], surface(0xffffff, 0.5, 0, { map: textureOf(floorTiles(random), [5, 5]) }));
  addBox(stage, [10.2, ROOM_HEIGHT_M, 0.1], [0, ROOM_HEIGHT_M / 2, -4], tiles([5, 2])).castShadow = false;
  for (const side of [-1, 1]) {
    addBox(stage, [0.1, ROOM_HEIGHT_M, 10], [side * 5, ROOM_HEIGHT_M / 2, 1], tiles([5, 2])).castShadow = false;
  }
  hangCeiling(stage);
  hangDoorCurtain(stage);
  sunDirection.set(-0.22, -1, -0.3).normalize();
  const lamp = new THREE.DirectionalLight(0xfffaf0, 1.7);
  lamp.position.copy(sunDirection).multiplyScalar(-8);
  lamp.castShadow = true;
  lamp.shadow.mapSize.set(2048, 2048);
  lamp.shadow.bias = -0.001;
  lamp.shadow.normalBias = 0.02;
  lamp.shadow.radius = 5;
  Object.assign(lamp.shadow.camera, { left: -7, right: 7, bottom: -7, top: 7, near: 0.5, far: 20 });
  scene.add(lamp, lamp.target, new THREE.HemisphereLight(0xf4f7ff, 0xb8aea4, 1.7));
  scene.environmentIntensity = 0.45;
}

export function furnish(stage: Stage) {
  const { random } = stage;
  for (const [x, width] of [
    [-2.75, 2.1],
    [-0.6, 2.1],
    [3.75, 2.2],
  ] as const) {
    addBox(stage, [width, 0.06, 0.8], [x, 0.88, -3.4], INOX);
    addBox(stage, [width - 0.1, 0.85, 0.7], [x, 0.43, -3.4], INOX);
    for (let pot = 0; pot < 4; pot++) addPot(stage, x - 0.75 + pot * 0.5, -3.4 + random.between(-0.1, 0.1));
  }
  for (const [x, width] of [
    [-1.7, 4.2],
    [2.3, 3.6],
  ] as const)
    addBox(stage, [width, 0.6, 0.6], [x, 2.35, -3.65], INOX); // hoods
  buildStove(stage);
  buildTable(stage);
  addBox(stage, [0.8, 0.88, 1.3], [-4.55, 0.44, -1.1], INOX); // sink
  addBox(stage, [0.5, 0.02, 0.9], [-4.5, 0.885, -1.1], PALETTE.dark);
  addMesh(stage.scene, new THREE.TorusGeometry(0.14, 0.02, 8, 16, Math.PI), PALETTE.chrome, [-4.72, 1.1, -1.1]);
  const door = surface(0xdfe2e3, 0.5);
  addBox(stage, [0.95, 1.95, 0.8], [-4.4, 0.98, -3.4], door); // refrigerator
  addBox(stage, [0.04, 0.5, 0.04], [-4.02, 1.3, -2.97], PALETTE.steel);
}

function addPot(stage: Stage, x: number, z: number) {
  const { random } = stage;
  const [radius, height] = [random.between(0.12, 0.2), random.between(0.14, 0.28)];
  addMesh(stage.scene, new THREE.CylinderGeometry(radius, radius * 0.95, height, 20), POT, [x, 0.91 + height / 2, z]);
}

function buildStove(stage: Stage) {
  const { x, z, topY } = STOVE;
  const builder = new SolidBuilder();
  builder.box([1.8, topY, 0.78], [0, topY / 2, 0], INOX);
  builder.box([1.7, 0.03, 0.7], [0, topY + 0.01, 0], PALETTE.trim);
  builder.box([1.6, 0.4, 0.02], [0, 0.42, 0.395], PALETTE.dark);
  for (const offset of [-0.45, 0.45]) {
    builder.at(new THREE.TorusGeometry(0.2, 0.03, 8, 24), PALETTE.dark, [offset, topY + 0.06, 0], [Math.PI / 2, 0, 0]);
    builder.at(
      new THREE.CylinderGeometry(0.03, 0.03, 0.05, 12),
      PALETTE.chrome,
      [offset, 0.78, 0.4],
      [Math.PI / 2, 0, 0],
    );
  }
  const solid = builder.build();
  solid.position.set(x, 0, z);
  stage.scene.add(solid);
  // a stock pot stays on the left ring, the right one is free for the flame
  addMesh(stage.scene, new THREE.CylinderGeometry(0.22, 0.21, 0.34, 24), POT, [x - 0.45, topY + 0.26, z]);
}

function buildTable(stage: Stage) {
  const { random } = stage;
  for (const board of [
    addBox(stage, [3.2, 0.06, 1], [0.4, 0.9, -0.6], INOX),
    addBox(stage, [3.0, 0.04, 0.9], [0.4, 0.25, -0.6], INOX),
  ]) {
    stage.blockers.push(new THREE.Box3().setFromObject(board));
  }
  for (const x of [-1.1, 1.9]) for (const z of [-1, -0.2]) addBox(stage, [0.06, 0.9, 0.06], [x, 0.45, z], INOX);
  for (let item = 0; item < 7; item++) {
    const height = random.between(0.05, 0.16);
    const food = surface(random.pick([0xb8432e, 0x4f8f3a, 0xe4d9b8, 0xd09a3a, 0xf0f0f0]), 0.7);
    const size = [random.between(0.18, 0.38), height, random.between(0.15, 0.3)] as const;
    addBox(stage, size, [-0.8 + item * 0.4, 0.93 + height / 2, -0.6 + random.between(-0.2, 0.2)], food);
  }
}

function hangCeiling(stage: Stage) {
  const panels = surface(0xffffff, 0.95, 0, {
    emissive: 0x3c3c38,
    map: textureOf(ceilingPanels(stage.random), [5, 5]),
  });
  const ceiling = addBox(stage, [12, 0.1, 12], [0, ROOM_HEIGHT_M + 0.05, 1], panels);
  ceiling.castShadow = false;
  const light = new THREE.MeshBasicMaterial({ color: 0xffffff });
  for (const x of [-3, 0, 3]) {
    for (const z of [-2, 0.6]) addBox(stage, [1.2, 0.03, 0.35], [x, ROOM_HEIGHT_M - 0.01, z], light).castShadow = false;
  }
}

/** Strips of plastic before the way out: people come through it, and nothing shows of them before. */
function hangDoorCurtain(stage: Stage) {
  const { x, z } = DOOR;
  addBox(stage, [0.1, 2.25, 1.5], [x - 0.02, 1.12, z], surface(0x55595d, 0.6)).castShadow = false;
  const strip = surface(0x9fb2b8, 0.25, 0.1);
  for (let i = 0; i < 8; i++)
    addBox(stage, [0.02, 2.1, 0.145], [x + 0.04 + (i % 2) * 0.015, 1.05, z - 0.56 + i * 0.16], strip).castShadow =
      false;
}
