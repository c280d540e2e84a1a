import * as THREE from 'three';
import { mountPlates } from './licence-plate.ts';
import { carPaint, PALETTE, surface } from './materials.ts';
import type { SeededRandom } from './seeded-random.ts';
import { type Point2, polygon, SolidBuilder } from './solid-builder.ts';
import { drawCanvas, textureOf } from './textures.ts';
import { addWheel, sideOutline, type VehicleBody } from './vehicle-parts.ts';

const BUS = {
  lengthM: 10.5,
  widthM: 2.5,
  heightM: 3.1,
  axles: [
    { x: -2.9, radius: 0.48 },
    { x: 2.6, radius: 0.48 },
  ],
};
const TRUCK = { lengthM: 6.2, widthM: 2.1 };

/** A low-floor city bus with a route display. */
export function buildBus(random: SeededRandom, color: number, plateText: string): VehicleBody {
  const builder = new SolidBuilder();
  const [nose, side, top] = [BUS.lengthM / 2, BUS.widthM / 2, BUS.heightM];
  const upperEdge: Point2[] = [
    [-nose + 0.02, 0.4],
    [-nose, 1.2],
    [-nose + 0.02, 2.8],
    [-nose + 0.25, top],
    [0, top + 0.02],
    [nose - 0.35, top],
    [nose - 0.12, 2.8],
    [nose - 0.02, 1.3],
    [nose, 0.45],
  ];
  builder.extrude(sideOutline(upperEdge, 0.32, BUS.axles, 0.07), BUS.widthM, 0.12, carPaint(color));
  builder.box([BUS.lengthM * 0.9, 0.1, BUS.widthM * 0.85], [0, 0.35, 0], PALETTE.underside);
  for (const { x } of BUS.axles) builder.box([1.1, 0.8, BUS.widthM * 0.8], [x, 0.6, 0], PALETTE.underside);
  const stripe = carPaint(random.pick([0xd8dde0, 0x1d6f42, 0xe0a020]));
  for (const sign of [-1, 1]) {
    for (let pane = 0; pane < 6; pane++) {
      builder.box([1.36, 0.95, 0.03], [-nose + 1.15 + pane * 1.46, 1.95, sign * (side + 0.001)], PALETTE.glass);
    }
    builder.box([BUS.lengthM * 0.94, 0.22, 0.02], [-0.1, 1.15, sign * (side + 0.002)], stripe);
    for (const axle of BUS.axles) addWheel(builder, axle, sign * (side - 0.02), 0.3);
    builder.box([1.15, 1.9, 0.035], [nose - 0.95, 1.5, sign * (side + 0.001)], PALETTE.glass); // door
    builder.box([0.2, 0.4, 0.12], [nose + 0.12, 2.35, sign * (side + 0.06)], PALETTE.dark); // mirror
    builder.ellipsoid([0.08, 0.12, 0.22], [nose - 0.06, 0.75, sign * (side - 0.4)], PALETTE.headlamp);
    builder.box([0.06, 0.45, 0.2], [-nose + 0.02, 1.0, sign * (side - 0.22)], PALETTE.tailLamp);
    builder.bar([nose, 1.3, sign * 0.02], [nose - 0.12, 2.6, sign * 0.02], 0.03, 0.03, PALETTE.dark);
  }
  const [wide, narrow] = [side - 0.12, side - 0.16];
  builder.quad(
    [
      [nose + 0.01, 1.22, wide],
      [nose + 0.01, 1.22, -wide],
      [nose - 0.14, 2.62, -narrow],
      [nose - 0.14, 2.62, narrow],
    ],
    PALETTE.glass,
  );
  const rear = -nose - 0.012;
  const rearHalf = side - 0.25;
  builder.quad(
    [
      [rear, 1.7, -rearHalf],
      [rear, 1.7, rearHalf],
      [rear, 2.6, rearHalf],
      [rear, 2.6, -rearHalf],
    ],
    PALETTE.glass,
  );
  builder.quad(
    [
      [nose - 0.1, 2.66, 0.8],
      [nose - 0.1, 2.66, -0.8],
      [nose - 0.2, 2.95, -0.8],
      [nose - 0.2, 2.95, 0.8],
    ],
    routeDisplay(`${random.below(80) + 1} 路`),
  );
  builder.box([3, 0.28, 1.6], [-1, top + 0.12, 0], PALETTE.white);
  builder.box([0.1, 0.3, BUS.widthM * 0.9], [nose - 0.02, 0.5, 0], PALETTE.trim);
  const plates = mountPlates(builder, plateText, [nose + 0.06, 0.62], [-nose - 0.02, 0.8]);
  return { solid: builder.build(), plates, lengthM: BUS.lengthM, widthM: BUS.widthM };
}

/** A light box truck: cab before a ribbed cargo body with reflective marks. */
export function buildTruck(random: SeededRandom, color: number, plateText: string): VehicleBody {
  const builder = new SolidBuilder();
  const nose = TRUCK.lengthM / 2;
  const cargo = surface(random.pick([0xe6e7e4, 0xdfe3e6, 0x4a78a8]), 0.6);
  addCab(builder, nose, carPaint(color));
  addCargoBody(builder, -nose, cargo);
  for (const sign of [-1, 1]) {
    const side = TRUCK.widthM / 2;
    addWheel(builder, { x: nose - 0.95, radius: 0.4 }, sign * (side - 0.1), 0.24);
    addWheel(builder, { x: -nose + 1.35, radius: 0.4 }, sign * (side - 0.05), 0.42);
    builder.box([1.9, 0.3, 0.05], [-0.1, 0.66, sign * (side - 0.12)], PALETTE.steel);
    builder.box([0.03, 0.45, 0.42], [-nose + 0.75, 0.42, sign * (side - 0.28)], PALETTE.dark); // mudguard
    builder.box([0.06, 0.12, 0.4], [-nose, 0.72, sign * (side - 0.3)], PALETTE.tailLamp);
  }
  const plates = mountPlates(builder, plateText, [nose + 0.045, 0.56], [-nose - 0.07, 0.56]);
  return { solid: builder.build(), plates, lengthM: TRUCK.lengthM, widthM: TRUCK.widthM };
}

function addCab(builder: SolidBuilder, nose: number, paint: THREE.Material) {
  const side = TRUCK.widthM / 2;
  const back = nose - 1.65;
  const upperEdge: Point2[] = [
    [back, 0.5],
    [back, 1.3],
    [back + 0.03, 2.2],
    [back + 0.2, 2.32],
    [nose - 0.6, 2.3],
    [nose - 0.38, 2.15],
    [nose - 0.06, 1.35],
    [nose, 1.0],
    [nose, 0.48],
  ];
  builder.extrude(
    sideOutline(upperEdge, 0.42, [{ x: nose - 0.95, radius: 0.4 }], 0.07),
    TRUCK.widthM * 0.95,
    0.1,
    paint,
  );
  const [wide, narrow] = [side - 0.16, side - 0.22];
  builder.quad(
    [
      [nose, 1.3, wide],
      [nose, 1.3, -wide],
      [nose - 0.36, 2.14, -narrow],
      [nose - 0.36, 2.14, narrow],
    ],
    PALETTE.glass,
  );
  const doorGlass: Point2[] = [
    [nose - 1.35, 1.35],
    [nose - 0.28, 1.35],
    [nose - 0.55, 2.08],
    [nose - 1.3, 2.08],
  ];
  for (const sign of [-1, 1]) {
    const pane = new THREE.ExtrudeGeometry(polygon(doorGlass), { depth: 0.008, bevelEnabled: false });
    builder.at(pane, PALETTE.glass, [0, 0, sign * (side * 0.95 + 0.004)]);
    builder.box([0.1, 0.4, 0.16], [nose + 0.02, 1.75, sign * (side + 0.12)], PALETTE.dark); // mirror
    builder.ellipsoid([0.08, 0.12, 0.2], [nose - 0.05, 0.82, sign * (side - 0.34)], PALETTE.headlamp);
  }
  builder.box([0.08, 0.28, TRUCK.widthM * 0.86], [nose - 0.01, 0.56, 0], PALETTE.trim);
  builder.box([0.05, 0.2, TRUCK.widthM * 0.5], [nose - 0.005, 1.1, 0], PALETTE.dark);
}

function addCargoBody(builder: SolidBuilder, tail: number, cargo: THREE.Material) {
  const side = TRUCK.widthM / 2;
  builder.box([4.35, 2.15, TRUCK.widthM + 0.06], [tail + 2.18, 2.02, 0], cargo);
  builder.box([4.6, 0.22, 0.9], [tail + 2.3, 0.72, 0], PALETTE.underside);
  builder.box([0.02, 2.0, 0.02], [tail - 0.005, 2.0, 0], PALETTE.seam);
  builder.box([0.1, 0.16, TRUCK.widthM * 0.9], [tail, 0.5, 0], PALETTE.dark);
  for (const z of [-0.35, 0.35]) {
    builder.box([0.04, 1.9, 0.03], [tail - 0.01, 2.0, z], PALETTE.steel);
    builder.box([0.05, 0.1, 0.12], [tail - 0.03, 1.5, z], PALETTE.steel);
  }
  for (let mark = 0; mark < 8; mark++) {
    const stripe = mark % 2 ? PALETTE.tailLamp : PALETTE.white;
    builder.box([0.02, 0.07, 0.26], [tail - 0.012, 0.99, -0.92 + mark * 0.262], stripe);
    for (const sign of [-1, 1]) {
      builder.box([0.26, 0.06, 0.02], [tail + 0.4 + mark * 0.5, 1.0, sign * (side + 0.045)], stripe);
      builder.box([0.05, 2.0, 0.03], [tail + 0.3 + mark * 0.5, 2.0, sign * (side + 0.03)], cargo); // rib
      const hinge = mark % 2 ? PALETTE.steel : PALETTE.dark;
      builder.box([0.02, 0.28, 0.06], [tail - 0.012, 1.2 + mark * 0.23, sign * (side - 0.01)], hinge);
    }
  }
}

function routeDisplay(text: string) {
  const canvas = drawCanvas(256, 48, (pen, width, height) => {
    pen.fillStyle = '#0a0a0a';
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = '#ff9a2a';
    pen.font = '700 36px "Noto Sans CJK SC", sans-serif';
    pen.textAlign = 'center';
    pen.fillText(text, width / 2, 37);
  });
  return surface(0xffffff, 0.6, 0, { map: textureOf(canvas), emissive: 0x442200 });
}
