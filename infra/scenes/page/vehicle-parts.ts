import * as THREE from 'three';
import type { MountedPlate } from './licence-plate.ts';
import { PALETTE } from './materials.ts';
import type { Point2, SolidBuilder } from './solid-builder.ts';

export interface VehicleBody {
  solid: THREE.Group;
  plates: readonly MountedPlate[];
  lengthM: number;
  widthM: number;
}

/** An axle: where along the vehicle, and the wheel's radius. */
export interface Axle {
  x: number;
  radius: number;
}

/**
 * The closed side view of a body: its upper edge, smoothed, then the floor with a round arch over each wheel.
 *
 * @param upperEdge from rear to front, metres
 */
export function sideOutline(
  upperEdge: readonly Point2[],
  floor: number,
  axles: readonly Axle[],
  archGap: number,
): THREE.Shape {
  const outline = new THREE.Shape();
  const edge = upperEdge.map(([x, y]) => new THREE.Vector2(x, y));
  outline.moveTo((edge[0]?.x ?? 0) + 0.06, floor);
  for (const point of new THREE.SplineCurve(edge).getPoints(edge.length * 3)) outline.lineTo(point.x, point.y);
  outline.lineTo((edge.at(-1)?.x ?? 0) - 0.06, floor);
  for (const axle of [...axles].sort((a, b) => b.x - a.x)) {
    const radius = axle.radius + archGap;
    const start = Math.asin(Math.min(0.95, Math.max(-0.95, (floor - axle.radius) / radius)));
    outline.lineTo(axle.x + Math.cos(start) * radius, floor);
    outline.absarc(axle.x, axle.radius, radius, start, Math.PI - start, false);
  }
  outline.closePath();
  return outline;
}

/** @param z outer face of the wheel; its sign says which side */
export function addWheel(builder: SolidBuilder, { x, radius }: Axle, z: number, width = 0.22) {
  const side = Math.sign(z);
  const lying = new THREE.Matrix4().makeRotationX(Math.PI / 2);
  const place = (geometry: THREE.BufferGeometry, material: THREE.Material, outward: number) =>
    builder.add(geometry, material, new THREE.Matrix4().makeTranslation(x, radius, z + side * outward).multiply(lying));
  place(new THREE.CylinderGeometry(radius, radius, width, 24), PALETTE.tyre, -width / 2);
  place(new THREE.CylinderGeometry(radius * 0.68, radius * 0.68, 0.02, 20), PALETTE.dark, 0.005);
  place(new THREE.TorusGeometry(radius * 0.62, radius * 0.06, 6, 20).rotateX(Math.PI / 2), PALETTE.hub, 0.015);
  for (let spoke = 0; spoke < 5; spoke++) {
    const angle = (spoke * Math.PI * 2) / 5;
    const [across, up] = [Math.cos(angle) * radius * 0.31, Math.sin(angle) * radius * 0.31];
    builder.box([radius * 0.62, radius * 0.17, 0.03], [x + across, radius + up, z + side * 0.02], PALETTE.hub, [
      0,
      0,
      angle,
    ]);
  }
}

export interface LampPlaces {
  frontX: number;
  rearX: number;
  frontY: number;
  rearY: number;
  halfWidth: number;
  /** Vans carry tall lamps beside the tailgate, cars wide ones. */
  tallRear: boolean;
}

export function addCarLamps(builder: SolidBuilder, lamps: LampPlaces) {
  const { frontX, rearX, frontY, rearY, halfWidth, tallRear } = lamps;
  for (const side of [-1, 1]) {
    const swept = [0.12 * side, 0.35 * side, 0] as const;
    const inset = (metres: number) => side * (halfWidth - metres);
    builder.ellipsoid([0.15, 0.085, 0.23], [frontX - 0.092, frontY, inset(0.23)], PALETTE.dark, swept);
    builder.ellipsoid([0.15, 0.065, 0.2], [frontX - 0.08, frontY, inset(0.24)], PALETTE.lens, swept);
    builder.ellipsoid([0.1, 0.045, 0.07], [frontX - 0.01, frontY, inset(0.33)], PALETTE.headlamp, [0, 0.35 * side, 0]);
    builder.ellipsoid([0.1, 0.05, 0.08], [frontX - 0.07, frontY + 0.015, inset(0.19)], PALETTE.headlamp, [
      0,
      0.35 * side,
      0,
    ]);
    builder.ellipsoid([0.02, 0.05, 0.05], [frontX + 0.06, 0.36, inset(0.2)], PALETTE.chrome);
    const wrap = [0, -0.25 * side, 0] as const;
    if (tallRear) builder.box([0.14, 0.34, 0.16], [rearX + 0.08, rearY, inset(0.1)], PALETTE.tailLamp, wrap);
    else {
      builder.box([0.14, 0.13, 0.36], [rearX + 0.08, rearY, inset(0.2)], PALETTE.tailLamp, wrap);
      builder.box([0.1, 0.04, 0.3], [rearX + 0.085, rearY - 0.04, inset(0.2)], PALETTE.amber, wrap);
    }
  }
}
