import * as THREE from 'three';
import { mergeVertices } from 'three/addons/utils/BufferGeometryUtils.js';
import { PALETTE, surface } from './materials.ts';
import { addBox, addMesh, type Stage } from './stage.ts';
import { facade, leaves, textureOf } from './textures.ts';

const FOLIAGE_CLUMPS = 5;

/** Plants trees in one kind of foliage. Each is remembered as a canopy, because it hides what drives behind it. */
export function treePlanter(stage: Stage) {
  const foliage = surface(0xffffff, 0.95, 0, { map: textureOf(leaves(stage.random), [3, 3]) });
  const { scene, random, canopies } = stage;
  return (x: number, z: number, scale: number) => {
    canopies.push({ center: new THREE.Vector3(x, 3.9 * scale, z), radiusM: 2.1 * scale });
    addMesh(scene, new THREE.CylinderGeometry(0.12 * scale, 0.18 * scale, 3 * scale, 8), PALETTE.wood, [
      x,
      1.5 * scale,
      z,
    ]);
    for (let clump = 0; clump < FOLIAGE_CLUMPS; clump++) {
      const offset = () => random.between(-1, 1) * scale;
      const height = (3.4 + random.between(-0.5, 1.5)) * scale;
      addMesh(scene, foliageClump(random.between(1, 1.5) * scale, clump), foliage, [
        x + offset(),
        height,
        z + offset(),
      ]);
    }
  };
}

function foliageClump(radius: number, variant: number) {
  const clump = mergeVertices(new THREE.IcosahedronGeometry(radius, 3).deleteAttribute('normal'));
  const positions = clump.getAttribute('position');
  for (let i = 0; i < positions.count; i++) {
    const [x, y, z] = [positions.getX(i), positions.getY(i), positions.getZ(i)];
    const swell =
      1 + 0.16 * Math.sin(x * 5 + variant) * Math.sin(y * 6 + 1) + 0.12 * Math.sin(z * 9 + variant * 2 + x * 3);
    positions.setXYZ(i, x * swell, y * swell, z * swell);
  }
  clump.computeVertexNormals();
  return clump;
}

export interface BuildingPlan {
  at: readonly [number, number];
  size: readonly [width: number, height: number, depth: number];
}

export function addBuilding(stage: Stage, { at: [x, z], size: [width, height, depth] }: BuildingPlan) {
  const picture = facade(stage.random);
  const wall = (across: number) => {
    const repeat = [Math.max(1, Math.round(across / 14)), Math.max(1, Math.round(height / 15))] as const;
    return surface(0xffffff, 0.9, 0, { map: textureOf(picture, repeat) });
  };
  const roof = surface(0x8a8580, 0.95);
  const [side, front] = [wall(depth), wall(width)];
  addBox(stage, [width, height, depth], [x, height / 2, z], [side, side, roof, roof, front, front]);
  addBox(stage, [width + 0.4, 0.6, depth + 0.4], [x, height, z], roof);
  const awning = surface(stage.random.pick([0x8c2f2f, 0x2f5d8c, 0x3d7050, 0xb08a3a, 0x777777]), 0.7);
  addBox(stage, [width + 0.3, 0.9, depth + 0.3], [x, 3.6, z], awning);
}

export interface PolePlan {
  at: readonly [number, number];
  heightM: number;
  armDirection: readonly [number, number];
  armM: number;
  /** Distances along the arm at which signal heads hang. */
  signals?: readonly number[];
}

export function addPole(stage: Stage, { at: [x, z], heightM, armDirection, armM, signals = [] }: PolePlan) {
  const { scene } = stage;
  addMesh(scene, new THREE.CylinderGeometry(0.08, 0.12, heightM, 10), PALETTE.steel, [x, heightM / 2, z]);
  const along = (distance: number, y: number) =>
    [x + armDirection[0] * distance, y, z + armDirection[1] * distance] as const;
  const arm = addMesh(
    scene,
    new THREE.CylinderGeometry(0.05, 0.06, armM, 8),
    PALETTE.steel,
    along(armM / 2, heightM - 0.2),
  );
  arm.rotation.set(0, Math.atan2(-armDirection[1], armDirection[0]), Math.PI / 2);
  for (const distance of signals) addBox(stage, [0.35, 1.0, 0.3], along(distance, heightM - 0.5), PALETTE.dark);
}
