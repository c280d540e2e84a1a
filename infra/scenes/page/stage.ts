import * as THREE from 'three';
import type { ObjectType, SceneDescription } from '../truth-format.ts';
import type { MountedPlate } from './licence-plate.ts';
import { surface } from './materials.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import type { Point3 } from './solid-builder.ts';
import { sky } from './textures.ts';

/** Points fixed to one moving part, in that part's own metres. */
export interface Outline {
  part: THREE.Object3D;
  points: readonly THREE.Vector3[];
}

/** Anything that changes from frame to frame, and so must be drawn again. */
export interface Mover {
  outlines: readonly Outline[];
  /** Falls on the ground as a shadow that must be drawn again, too. */
  shadow: boolean;
}

/** A mover that detectors are asked to find. */
export interface Actor extends Mover {
  id: number;
  type: ObjectType;
  plate?: string;
  plates: readonly MountedPlate[];
  /** Of vehicles: the name of the paint, the length, and the part whose place on the ground counts. */
  colour?: string;
  lengthM?: number;
  root?: THREE.Object3D;
}

/** Foliage between camera and street, as a ball. */
export interface Canopy {
  center: THREE.Vector3;
  radiusM: number;
}

export interface SceneScript extends SceneDescription {
  /** Puts everything where it is at this time; called with growing times only. */
  advance: (timeS: number) => void;
}

/** The place where a scene is built, and the list of what moves in it. */
export interface Stage {
  scene: THREE.Scene;
  camera: THREE.PerspectiveCamera;
  size: { width: number; height: number };
  seed: number;
  /** For the scenery; traffic has a stream of its own. */
  random: SeededRandom;
  actors: Set<Actor>;
  props: Set<Mover>;
  canopies: Canopy[];
  /** Furniture that hides people behind it. */
  blockers: THREE.Box3[];
  /** Travels from the light to the ground; its shadow is drawn along this direction. */
  sunDirection: THREE.Vector3;
}

export function createStage(size: { width: number; height: number }, seed: number): Stage {
  return {
    scene: new THREE.Scene(),
    camera: new THREE.PerspectiveCamera(),
    size,
    seed,
    random: seededRandom(seed, 'scenery'),
    actors: new Set(),
    props: new Set(),
    canopies: [],
    blockers: [],
    sunDirection: new THREE.Vector3(22, -40, -26).normalize(),
  };
}

/** @param focalPx focal length in pixels of the finished picture */
export function placeCamera({ camera, size }: Stage, focalPx: number, position: Point3, target: Point3) {
  camera.fov = THREE.MathUtils.radToDeg(2 * Math.atan(size.height / 2 / focalPx));
  camera.aspect = size.width / size.height;
  camera.near = 0.3;
  camera.far = 400;
  camera.position.set(...position);
  camera.lookAt(...target);
  camera.updateProjectionMatrix();
  camera.updateMatrixWorld();
}

export function lightByDay(stage: Stage, center: Point3, radiusM: number) {
  const { scene, sunDirection } = stage;
  const sun = new THREE.DirectionalLight(0xfff2dd, 2.6);
  sun.target.position.set(...center);
  sun.position.copy(sun.target.position).addScaledVector(sunDirection, -52);
  sun.castShadow = true;
  sun.shadow.mapSize.set(2048, 2048);
  sun.shadow.bias = -0.0006;
  sun.shadow.normalBias = 0.03;
  sun.shadow.radius = 3;
  Object.assign(sun.shadow.camera, {
    left: -radiusM,
    right: radiusM,
    bottom: -radiusM,
    top: radiusM,
    near: 1,
    far: 140,
  });
  scene.add(sun, sun.target, new THREE.HemisphereLight(0xcfe0f2, 0x6a665e, 0.5));
  scene.fog = new THREE.Fog(0xd5dee5, 60, 320);
}

export function hangSky({ scene, random }: Stage, renderer: THREE.WebGLRenderer) {
  const texture = sky(random);
  scene.background = texture;
  scene.environment = new THREE.PMREMGenerator(renderer).fromEquirectangular(texture).texture;
  scene.environmentIntensity = 0.75;
}

export function addBox({ scene }: Stage, size: Point3, position: Point3, material: THREE.Material | THREE.Material[]) {
  return addMesh(scene, new THREE.BoxGeometry(...size), material, position);
}

/** A level rectangle. @param size [along x, along z] */
export function addFlat({ scene }: Stage, size: readonly [number, number], position: Point3, material: THREE.Material) {
  const mesh = addMesh(scene, new THREE.PlaneGeometry(...size).rotateX(-Math.PI / 2), material, position);
  mesh.castShadow = false;
  return mesh;
}

export function addMesh(
  parent: THREE.Object3D,
  geometry: THREE.BufferGeometry,
  material: THREE.Material | THREE.Material[],
  position: Point3,
) {
  const mesh = new THREE.Mesh(geometry, material);
  mesh.position.set(...position);
  mesh.castShadow = mesh.receiveShadow = true;
  parent.add(mesh);
  return mesh;
}

/** Ground far beyond what the camera needs, so that no edge shows. */
export function addGround(stage: Stage, map: THREE.Texture) {
  addFlat(stage, [400, 400], [0, -0.02, 0], surface(0xffffff, 1, 0, { map }));
}

/** Samples the corners of an object's meshes: enough points for a tight box, few enough for every frame. */
export function outlineOf(part: THREE.Object3D, pointsPerMesh = 400): Outline[] {
  const outlines: Outline[] = [];
  part.traverse((child) => {
    if (!(child instanceof THREE.Mesh) || child.userData['isFlatShadow']) return;
    const geometry: unknown = child.geometry;
    if (!(geometry instanceof THREE.BufferGeometry)) return;
    const positions = geometry.getAttribute('position');
    const stride = Math.max(1, Math.floor(positions.count / pointsPerMesh));
    const points: THREE.Vector3[] = [];
    for (let i = 0; i < positions.count; i += stride)
      points.push(new THREE.Vector3().fromBufferAttribute(positions, i));
    outlines.push({ part: child, points });
  });
  return outlines;
}
