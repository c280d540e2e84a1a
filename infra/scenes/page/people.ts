import * as THREE from 'three';
import { PALETTE, surface } from './materials.ts';
import { type Point3, SolidBuilder } from './solid-builder.ts';
import { type Actor, outlineOf } from './stage.ts';

export interface PersonLook {
  skin: number;
  trousers: number;
  apron: number;
  /** Without it the dark hair shows. */
  cap: boolean;
}

interface Limbs {
  hip: THREE.Group;
  knee: THREE.Group;
  shoulder: THREE.Group;
  elbow: THREE.Group;
}

export interface Person extends Actor {
  root: THREE.Group;
  left: Limbs;
  right: Limbs;
}

const COAT = surface(0xe6e7e6, 0.85);
const HAIR = surface(0x16130f, 0.75);
const UPPER_LEG_M = 0.43;
const UPPER_ARM_M = 0.29;
/** Half a torso, from waist to neck: [distance from the axis, height]. */
const TORSO = [
  [0.001, 0.72],
  [0.2, 0.73],
  [0.19, 0.9],
  [0.165, 1.08],
  [0.19, 1.25],
  [0.205, 1.36],
  [0.17, 1.45],
  [0.07, 1.49],
  [0.001, 1.5],
] as const;
const APRON = [
  [0.205, 0.55],
  [0.212, 0.73],
  [0.202, 0.9],
  [0.177, 1.08],
  [0.2, 1.25],
] as const;
const DEPTH_TO_WIDTH = 0.62;

/** A jointed figure, 1.8 m with its cap; it looks along +z at rest. */
export function createPerson(id: number, look: PersonLook): Person {
  const root = new THREE.Group();
  const skin = surface(look.skin, 0.7);
  root.add(buildTrunk(look, skin), buildHead(look, skin));
  const limbs = (side: number) => buildLimbs(root, side, surface(look.trousers, 0.85), skin);
  const [left, right] = [limbs(-1), limbs(1)];
  return { id, type: 'person', plates: [], root, left, right, outlines: outlineOf(root, 60), shadow: true };
}

/** Steps and swinging arms. @param phase in radians; one turn is two steps */
export function walkPose({ left, right }: Person, phase: number) {
  for (const [limbs, offset] of [
    [left, 0],
    [right, Math.PI],
  ] as const) {
    const swing = Math.sin(phase + offset);
    limbs.hip.rotation.x = -0.5 * swing;
    limbs.knee.rotation.x = 0.35 + 0.35 * Math.cos(phase + offset);
    limbs.shoulder.rotation.set(0.45 * swing, 0, 0);
    limbs.elbow.rotation.x = -0.4;
  }
}

/** Standing, both hands busy in front of the body. */
export function workPose({ left, right }: Person, phase: number) {
  for (const [limbs, side] of [
    [left, -1],
    [right, 1],
  ] as const) {
    const stir = side * Math.sin(phase);
    limbs.hip.rotation.x = limbs.knee.rotation.x = 0;
    limbs.shoulder.rotation.set(-0.7 - 0.12 * stir, 0, side * 0.12);
    limbs.elbow.rotation.x = -0.9 + 0.2 * stir;
  }
}

function buildTrunk({ apron }: PersonLook, skin: THREE.Material): THREE.Group {
  const builder = new SolidBuilder();
  builder.add(turned(TORSO, 0, Math.PI * 2), COAT);
  builder.add(turned(APRON, -Math.PI * 0.45, Math.PI * 0.9), surface(apron, 0.9, 0, { side: THREE.DoubleSide }));
  builder.at(new THREE.CapsuleGeometry(0.052, 0.06, 6, 14), skin, [0, 1.52, 0]);
  return builder.build();
}

function buildHead({ cap }: PersonLook, skin: THREE.Material): THREE.Group {
  const builder = new SolidBuilder();
  builder.ellipsoid([0.093, 0.124, 0.105], [0, 1.66, 0.01], skin);
  builder.at(new THREE.ConeGeometry(0.018, 0.05, 8), skin, [0, 1.65, 0.115], [0.3, 0, 0]);
  for (const side of [-1, 1]) {
    builder.ellipsoid([0.014, 0.01, 0.01], [side * 0.038, 1.685, 0.102], PALETTE.dark);
    builder.ellipsoid([0.014, 0.026, 0.02], [side * 0.094, 1.66, 0], skin);
  }
  const hair = new THREE.SphereGeometry(0.112, 20, 12, 0, Math.PI * 2, 0, 1.75).scale(0.9, 1.12, 1);
  builder.at(hair, HAIR, [0, 1.675, -0.012], [cap ? -0.45 : -0.3, 0, 0]);
  if (cap) {
    builder.at(new THREE.CylinderGeometry(0.108, 0.102, 0.11, 20), COAT, [0, 1.785, -0.008]);
    builder.ellipsoid([0.135, 0.06, 0.135], [0, 1.86, -0.008], COAT);
  }
  return builder.build();
}

function buildLimbs(root: THREE.Group, side: number, trousers: THREE.Material, skin: THREE.Material): Limbs {
  const shin = new SolidBuilder();
  shin.at(capsule(0.065, 0.32), trousers, [0, -0.19, 0]);
  shin.at(capsule(0.055, 0.14), PALETTE.dark, [0, -0.43, 0.06], [Math.PI / 2, 0, 0]);
  const thigh = new SolidBuilder().at(capsule(0.085, 0.32), trousers, [0, -0.22, 0]);
  const forearm = new SolidBuilder().at(capsule(0.05, 0.18), COAT, [0, -0.12, 0]);
  forearm.ellipsoid([0.044, 0.066, 0.033], [0, -0.3, 0], skin);
  const upperArm = new SolidBuilder().at(capsule(0.062, 0.22), COAT, [0, -0.14, 0]);
  const hip = joint(root, [side * 0.1, 0.9, 0], thigh);
  const knee = joint(hip, [0, -UPPER_LEG_M, 0], shin);
  const shoulder = joint(root, [side * 0.21, 1.4, 0], upperArm);
  const elbow = joint(shoulder, [0, -UPPER_ARM_M, 0], forearm);
  return { hip, knee, shoulder, elbow };
}

function joint(parent: THREE.Object3D, position: Point3, solid: SolidBuilder): THREE.Group {
  const group = new THREE.Group();
  group.position.set(...position);
  group.add(solid.build());
  parent.add(group);
  return group;
}

function capsule(radius: number, length: number) {
  return new THREE.CapsuleGeometry(radius, length, 6, 14);
}

function turned(profile: readonly (readonly [number, number])[], from: number, angle: number) {
  const points = profile.map(([radius, height]) => new THREE.Vector2(radius, height));
  return new THREE.LatheGeometry(points, 24, from, angle).scale(1, 1, DEPTH_TO_WIDTH);
}
