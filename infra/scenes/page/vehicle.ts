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

type Paint = readonly [color: number, name: string];

/** Each with the name that people give it on the finished picture. */
const CAR_PAINTS: readonly [Paint, ...Paint[]] = [
  [0xcfd1d3, 'white'],
  [0xd6d8d8, 'white'],
  [0xc8cacb, 'white'],
  [0x9a9ea3, 'silver'],
  [0x1a1c20, 'black'],
  [0x5c6066, 'grey'],
  [0x8e1b1f, 'red'],
  [0x1c3766, 'blue'],
  [0xc9c2b0, 'white'],
  [0x2f5d50, 'green'],
];
const BUS_PAINTS: readonly [Paint, ...Paint[]] = [
  [0x2c6fb0, 'blue'],
  [0x2f8f57, 'green'],
  [0xe4e6e8, 'white'],
];
const TRUCK_PAINTS: readonly [Paint, ...Paint[]] = [
  [0x2a5ea8, 'blue'],
  [0xe4e6e8, 'white'],
  [0xa02020, 'red'],
];

export function createVehicle(id: number, style: VehicleStyle, random: SeededRandom, electricShare: number): Vehicle {
  const electric = style !== 'truck' && random.chance(electricShare);
  const plate = randomPlate(random, electric);
  const type: ObjectType = style === 'bus' || style === 'truck' ? style : 'car';
  const [color, colour] = random.pick(type === 'bus' ? BUS_PAINTS : type === 'truck' ? TRUCK_PAINTS : CAR_PAINTS);
  const body = buildBody(style, color, random, plate);
  const root = new THREE.Group();
  root.add(body.solid, flatShadow(body));
  return {
    id,
    type,
    plate,
    plates: body.plates,
    root,
    colour,
    lengthM: body.lengthM,
    outlines: outlineOf(root),
    shadow: true,
  };
}

function buildBody(style: VehicleStyle, color: number, random: SeededRandom, plate: string): VehicleBody {
  if (style === 'bus') return buildBus(random, color, plate);
  if (style === 'truck') return buildTruck(random, color, plate);
  return buildCar(style, color, plate);
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
