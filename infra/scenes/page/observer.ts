import * as THREE from 'three';
import type { Box, GroundMark, SeenObject, TruthPlate } from '../truth-format.ts';
import type { MountedPlate } from './licence-plate.ts';
import type { Actor, Canopy, Outline, Stage } from './stage.ts';

/** Pixels of the finished picture, possibly outside of it. */
export interface Rectangle {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const SMALLEST_SIDE_PX = 4;
const GRID = 12; // the hidden share is counted on a grid of this many points each way
const STEEPEST_PLATE_COSINE = 0.25;

interface Sight {
  actor: Actor;
  whole: Rectangle;
  visible: Rectangle;
  distanceM: number;
}

/** What a perfect detector would report for the current picture, nearest object first. */
export function observe(stage: Stage): SeenObject[] {
  const sights = [...stage.actors].flatMap((actor) => look(stage, actor)).sort((a, b) => a.distanceM - b.distanceM);
  return sights.map((sight, index) => {
    const nearer = sights.slice(0, index).map(({ visible }) => visible);
    const hidden = hiddenShare(sight.visible, nearer) + sceneryShare(stage, sight.actor);
    const plate = readablePlate(stage, sight.actor, nearer);
    return {
      id: sight.actor.id,
      type: sight.actor.type,
      box: normalise(sight.visible, stage),
      occludedRatio: round(Math.min(1, hidden), 2),
      cutRatio: round(1 - area(sight.visible) / area(sight.whole), 2),
      ...groundOf(sight.actor),
      ...(plate ? { plate } : {}),
    };
  });
}

function groundOf({ root, colour, lengthM }: Actor): Pick<SeenObject, 'ground' | 'colour' | 'lengthM'> {
  if (!root || lengthM === undefined) return {};
  const { x, z } = root.position;
  return { ground: [round(x, 2), round(z, 2)], lengthM, ...(colour === undefined ? {} : { colour }) };
}

/** The box around all points as the camera sees them; null when part of them is behind the camera. */
export function project(
  stage: Stage,
  outlines: readonly Outline[],
  displace?: (point: THREE.Vector3) => void,
): Rectangle | null {
  const box: Rectangle = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const point = new THREE.Vector3();
  const { camera, size } = stage;
  for (const { part, points } of outlines) {
    part.updateWorldMatrix(true, false);
    for (const own of points) {
      point.copy(own).applyMatrix4(part.matrixWorld);
      displace?.(point);
      point.applyMatrix4(camera.matrixWorldInverse);
      if (point.z > -0.5) return null;
      point.applyMatrix4(camera.projectionMatrix);
      const [x, y] = [((point.x + 1) / 2) * size.width, ((1 - point.y) / 2) * size.height];
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
    }
  }
  return box;
}

/** @returns null when nothing of it lies in the picture */
export function clip(box: Rectangle, { size }: Stage): Rectangle | null {
  const clipped = {
    left: Math.max(0, box.left),
    top: Math.max(0, box.top),
    right: Math.min(size.width, box.right),
    bottom: Math.min(size.height, box.bottom),
  };
  return clipped.left < clipped.right && clipped.top < clipped.bottom ? clipped : null;
}

/** Where a place in the scene lies in the picture, 0..1. */
export function pictureOf({ camera }: Stage, place: readonly [number, number, number]): readonly [number, number] {
  const point = new THREE.Vector3(...place).project(camera);
  return [round((point.x + 1) / 2, 4), round((1 - point.y) / 2, 4)];
}

/** A place on the road and where it lies in the picture: what a camera is calibrated with. */
export function groundMark(stage: Stage, ground: GroundMark['ground']): GroundMark {
  return { picture: pictureOf(stage, [ground[0], 0, ground[1]]), ground };
}

function look(stage: Stage, actor: Actor): Sight[] {
  const whole = project(stage, actor.outlines);
  const visible = whole && clip(whole, stage);
  if (!visible || visible.right - visible.left < SMALLEST_SIDE_PX || visible.bottom - visible.top < SMALLEST_SIDE_PX)
    return [];
  const [first] = actor.outlines;
  const distanceM = first
    ? first.part.getWorldPosition(new THREE.Vector3()).distanceTo(stage.camera.position)
    : Infinity;
  return [{ actor, whole, visible, distanceM }];
}

function hiddenShare(box: Rectangle, nearer: readonly Rectangle[]): number {
  let hidden = 0;
  for (let cell = 0; cell < GRID * GRID; cell++) {
    const x = box.left + (((cell % GRID) + 0.5) / GRID) * (box.right - box.left);
    const y = box.top + ((Math.floor(cell / GRID) + 0.5) / GRID) * (box.bottom - box.top);
    if (nearer.some((other) => x > other.left && x < other.right && y > other.top && y < other.bottom)) hidden++;
  }
  return hidden / GRID ** 2;
}

/** How much of the actor's surface lies behind trees and furniture. */
function sceneryShare({ canopies, blockers, camera }: Stage, actor: Actor): number {
  if (canopies.length + blockers.length === 0) return 0;
  const ray = new THREE.Ray(camera.position.clone());
  const target = new THREE.Vector3();
  const entry = new THREE.Vector3();
  let [seen, hidden] = [0, 0];
  for (const { part, points } of actor.outlines) {
    const stride = Math.max(1, Math.floor(points.length / 6));
    for (let i = 0; i < points.length; i += stride) {
      const point = points[i];
      if (!point) continue;
      target.copy(point).applyMatrix4(part.matrixWorld);
      ray.lookAt(target);
      const reach = ray.origin.distanceTo(target);
      seen++;
      const blocked = () =>
        blockers.some((box) => ray.intersectBox(box, entry) && entry.distanceTo(ray.origin) < reach);
      if (canopies.some((canopy) => crosses(canopy, ray, reach)) || blocked()) hidden++;
    }
  }
  return seen ? hidden / seen : 0;
}

function crosses({ center, radiusM }: Canopy, ray: THREE.Ray, reach: number): boolean {
  const toCenter = center.clone().sub(ray.origin);
  const along = toCenter.dot(ray.direction);
  return along > 0 && along < reach && toCenter.lengthSq() - along * along < radiusM * radiusM;
}

function readablePlate(stage: Stage, actor: Actor, nearer: readonly Rectangle[]): TruthPlate | null {
  const [carrier] = actor.outlines;
  if (!carrier) return null;
  for (const plate of actor.plates) {
    const corners = plate.corners.map((corner) => new THREE.Vector3(...corner));
    const outline = { part: carrier.part, points: corners };
    const box = project(stage, [outline]);
    if (!box || !facesCamera(stage, carrier.part, plate)) continue;
    if (box.left <= 0 || box.top <= 0 || box.right >= stage.size.width || box.bottom >= stage.size.height) continue;
    if (nearer.some((other) => overlaps(other, box))) continue;
    return { text: plate.text, box: normalise(box, stage), widthPx: Math.round(box.right - box.left) };
  }
  return null;
}

function facesCamera({ camera }: Stage, carrier: THREE.Object3D, { corners }: MountedPlate): boolean {
  const [lowerLeft, lowerRight, , upperLeft] = corners.map((corner) =>
    new THREE.Vector3(...corner).applyMatrix4(carrier.matrixWorld),
  );
  if (!lowerLeft || !lowerRight || !upperLeft) return false;
  const normal = lowerRight.sub(lowerLeft).cross(upperLeft.sub(lowerLeft)).normalize();
  return normal.dot(camera.position.clone().sub(lowerLeft).normalize()) > STEEPEST_PLATE_COSINE;
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function area(box: Rectangle): number {
  return (box.right - box.left) * (box.bottom - box.top);
}

function normalise(box: Rectangle, { size }: Stage): Box {
  return {
    x: round(box.left / size.width, 4),
    y: round(box.top / size.height, 4),
    width: round((box.right - box.left) / size.width, 4),
    height: round((box.bottom - box.top) / size.height, 4),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
