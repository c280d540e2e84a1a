import * as THREE from 'three';
import { BIN, STOVE } from './kitchen-room.ts';
import { PALETTE, surface } from './materials.ts';
import { SolidBuilder } from './solid-builder.ts';
import { outlineOf, type Stage } from './stage.ts';

const LID_OPEN_RAD = -1.85;
const RUBBISH_RISE_M = 0.42;
const TONGUES = 7;

/** A bin with a hinged lid and rubbish that stands above the rim while it is open. */
export function buildBin(stage: Stage) {
  const group = new THREE.Group();
  group.position.set(BIN.x, 0, BIN.z);
  group.rotation.y = Math.PI * 0.3; // its front to the camera
  const plastic = surface(0x3f6b4a, 0.6);
  const body = new SolidBuilder();
  body.at(new THREE.CylinderGeometry(0.3, 0.24, BIN.heightM, 4).rotateY(Math.PI / 4), plastic, [0, BIN.heightM / 2, 0]);
  body.box([0.3, 0.04, 0.05], [0, 0.03, 0.2], PALETTE.steel); // pedal
  const lid = new THREE.Group();
  lid.position.set(0, BIN.heightM, -0.21);
  lid.add(new SolidBuilder().box([0.46, 0.05, 0.46], [0, 0.025, 0.21], plastic).build());
  const rubbish = buildRubbish();
  group.add(body.build(), lid, rubbish);
  stage.scene.add(group);
  stage.blockers.push(
    new THREE.Box3().setFromCenterAndSize(
      new THREE.Vector3(BIN.x, BIN.heightM / 2, BIN.z),
      new THREE.Vector3(0.44, BIN.heightM, 0.44),
    ),
  );
  stage.props.add({ outlines: [...outlineOf(lid), ...outlineOf(rubbish)], shadow: true });
  /** @param openness 0 closed .. 1 open and overflowing */
  return (openness: number) => {
    lid.rotation.x = LID_OPEN_RAD * openness;
    rubbish.position.y = BIN.heightM - RUBBISH_RISE_M + RUBBISH_RISE_M * openness;
    rubbish.scale.setScalar(0.6 + 0.4 * openness);
  };
}

function buildRubbish(): THREE.Group {
  const builder = new SolidBuilder();
  builder.ellipsoid([0.17, 0.16, 0.15], [-0.04, 0.02, 0.02], surface(0xd9d6cc, 0.5));
  builder.ellipsoid([0.12, 0.13, 0.12], [0.11, 0.06, 0.04], surface(0x23252a, 0.35));
  builder.box([0.2, 0.16, 0.1], [0.0, 0.13, -0.08], surface(0xb08a55, 0.9), [0.2, 0.5, 0.3]);
  builder.ellipsoid([0.06, 0.09, 0.06], [-0.13, 0.12, 0.07], surface(0xc0392b, 0.5));
  return builder.build();
}

/** A tall orange flame on the free ring of the stove. */
export function buildFlame(stage: Stage) {
  const group = new THREE.Group();
  group.position.set(STOVE.x + 0.45, STOVE.topY + 0.05, STOVE.z);
  const glow = (color: number, opacity: number) =>
    new THREE.MeshBasicMaterial({ color, transparent: true, opacity, depthWrite: false, toneMapped: false });
  const [outer, inner] = [glow(0xff6a10, 0.75), glow(0xffd35a, 0.85)];
  const tongues = Array.from({ length: TONGUES }, (_, index) => {
    const angle = (index / TONGUES) * Math.PI * 2;
    const tongue = new THREE.Group();
    tongue.position.set(Math.cos(angle) * 0.13, 0, Math.sin(angle) * 0.13);
    tongue.add(cone(0.085, 0.5, outer), cone(0.045, 0.3, inner));
    group.add(tongue);
    return tongue;
  });
  stage.scene.add(group);
  stage.props.add({ outlines: outlineOf(group), shadow: false });
  return (lit: boolean, timeS: number) => {
    for (const [index, tongue] of tongues.entries()) {
      const flicker = 0.8 + 0.25 * Math.sin(timeS * 13 + index * 2.1) + 0.15 * Math.sin(timeS * 29 + index);
      tongue.scale.set(1, lit ? flicker : 0.001, 1);
      tongue.rotation.z = 0.12 * Math.sin(timeS * 9 + index * 1.7);
      for (const part of tongue.children) part.visible = lit;
    }
  };
}

function cone(radius: number, height: number, material: THREE.Material) {
  return new THREE.Mesh(new THREE.ConeGeometry(radius, height, 12, 1, true).translate(0, height / 2, 0), material);
}
