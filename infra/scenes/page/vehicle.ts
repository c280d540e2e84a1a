import * as THREE from 'three';
import type { ObjectType } from '../truth-format.ts';
import { buildCar, type CarStyle } from './car-body.ts';
import { buildBus, buildTruck } from './heavy-vehicles.ts';
import { randomPlate } from './licence-plate.ts';
import type { SeededRandom } from './seeded-random.ts';
import { type Actor, outlineOf } from './stage.ts';
import { contactShadow } from './textures.ts';
import type { VehicleBody } from './vehicle-parts.ts';

export type VehicleStyle = CarStyle | 'bus' | 'truck';

export interface Vehicle extends Actor {
  root: THREE.Group;
  lengthM: number;
}

const CAR_COLORS = [
  0xcfd1d3, 0xd6d8d8, 0xc8cacb, 0x9a9ea3, 0x1a1c20, 0x5c6066, 0x8e1b1f, 0x1c3766, 0xc9c2b0, 0x2f5d50,
] as const;

export function createVehicle(id: number, style: VehicleStyle, random: SeededRandom, electricShare: number): Vehicle {
  const electric = style !== 'truck' && random.chance(electricShare);
  const plate = randomPlate(random, electric);
  const body = buildBody(style, random, plate);
  const root = new THREE.Group();
  root.add(body.solid, flatShadow(body));
  const type: ObjectType = style === 'bus' || style === 'truck' ? style : 'car';
  return { id, type, plate, plates: body.plates, root, lengthM: body.lengthM, outlines: outlineOf(root), shadow: true };
}

function buildBody(style: VehicleStyle, random: SeededRandom, plate: string): VehicleBody {
  if (style === 'bus') return buildBus(random, random.pick([0x2c6fb0, 0x2f8f57, 0xe4e6e8]), plate);
  if (style === 'truck') return buildTruck(random, random.pick([0x2a5ea8, 0xe4e6e8, 0xa02020]), plate);
  return buildCar(style, random.pick(CAR_COLORS), plate);
}

function flatShadow({ lengthM, widthM }: VehicleBody) {
  const material = new THREE.MeshBasicMaterial({
    map: contactShadow(),
    transparent: true,
    opacity: 0.75,
    depthWrite: false,
    polygonOffset: true,
    polygonOffsetFactor: -4,
  });
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(lengthM * 1.22, widthM * 1.5).rotateX(-Math.PI / 2), material);
  mesh.position.y = 0.025;
  mesh.userData['isFlatShadow'] = true;
  return mesh;
}
