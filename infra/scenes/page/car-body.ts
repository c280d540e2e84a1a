import * as THREE from 'three';
import { toCreasedNormals } from 'three/addons/utils/BufferGeometryUtils.js';
import { mountPlates } from './licence-plate.ts';
import { carPaint, PALETTE } from './materials.ts';
import { type Point2, type Point3, polygon, SolidBuilder } from './solid-builder.ts';
import { addCarLamps, addWheel, type Axle, sideOutline, type VehicleBody } from './vehicle-parts.ts';

export type CarStyle = 'sedan' | 'hatch' | 'suv' | 'van';

/** The glazed upper part: where its front and rear panes meet the belt line and the roof. Metres. */
interface Cabin {
  frontAtBelt: number;
  frontAtRoof: number;
  rearAtRoof: number;
  rearAtBelt: number;
  beltY: number;
  roofY: number;
  halfWidthAtBelt: number;
  halfWidthAtRoof: number;
}

interface CarPlan {
  lengthM: number;
  widthM: number;
  /** Bonnet, belt and boot line from rear to front. */
  upperEdge: readonly Point2[];
  axles: readonly Axle[];
  cabin: Cabin;
}

const PLANS: Record<CarStyle, CarPlan> = {
  sedan: {
    lengthM: 4.65,
    widthM: 1.82,
    upperEdge: [
      [-2.3, 0.34],
      [-2.32, 0.62],
      [-2.25, 0.93],
      [-1.85, 1.02],
      [-1.2, 1.0],
      [0, 0.95],
      [0.85, 0.95],
      [1.5, 0.87],
      [2.05, 0.76],
      [2.28, 0.6],
      [2.32, 0.38],
    ],
    axles: [
      { x: -1.38, radius: 0.32 },
      { x: 1.38, radius: 0.32 },
    ],
    cabin: {
      frontAtBelt: 1.0,
      frontAtRoof: 0.2,
      rearAtRoof: -0.95,
      rearAtBelt: -1.78,
      beltY: 0.95,
      roofY: 1.44,
      halfWidthAtBelt: 0.84,
      halfWidthAtRoof: 0.6,
    },
  },
  hatch: {
    lengthM: 4.1,
    widthM: 1.75,
    upperEdge: [
      [-2.0, 0.34],
      [-2.04, 0.65],
      [-1.98, 0.95],
      [-1.6, 1.02],
      [-0.8, 1.0],
      [0.3, 0.97],
      [0.8, 0.97],
      [1.4, 0.9],
      [1.85, 0.78],
      [2.03, 0.6],
      [2.05, 0.38],
    ],
    axles: [
      { x: -1.25, radius: 0.31 },
      { x: 1.28, radius: 0.31 },
    ],
    cabin: {
      frontAtBelt: 1.0,
      frontAtRoof: 0.25,
      rearAtRoof: -1.4,
      rearAtBelt: -1.93,
      beltY: 0.96,
      roofY: 1.5,
      halfWidthAtBelt: 0.81,
      halfWidthAtRoof: 0.6,
    },
  },
  suv: {
    lengthM: 4.7,
    widthM: 1.9,
    upperEdge: [
      [-2.28, 0.4],
      [-2.35, 0.75],
      [-2.3, 1.05],
      [-1.9, 1.1],
      [-1, 1.08],
      [0.3, 1.06],
      [0.95, 1.07],
      [1.6, 1.02],
      [2.1, 0.92],
      [2.3, 0.72],
      [2.33, 0.42],
    ],
    axles: [
      { x: -1.38, radius: 0.37 },
      { x: 1.4, radius: 0.37 },
    ],
    cabin: {
      frontAtBelt: 1.08,
      frontAtRoof: 0.42,
      rearAtRoof: -1.75,
      rearAtBelt: -2.22,
      beltY: 1.06,
      roofY: 1.7,
      halfWidthAtBelt: 0.87,
      halfWidthAtRoof: 0.68,
    },
  },
  van: {
    lengthM: 4.9,
    widthM: 1.85,
    upperEdge: [
      [-2.4, 0.38],
      [-2.45, 0.8],
      [-2.43, 1.05],
      [-1.8, 1.08],
      [0.3, 1.06],
      [1.45, 1.05],
      [1.95, 0.98],
      [2.3, 0.84],
      [2.43, 0.62],
      [2.45, 0.4],
    ],
    axles: [
      { x: -1.5, radius: 0.34 },
      { x: 1.5, radius: 0.34 },
    ],
    cabin: {
      frontAtBelt: 1.75,
      frontAtRoof: 0.95,
      rearAtRoof: -2.2,
      rearAtBelt: -2.4,
      beltY: 1.04,
      roofY: 1.9,
      halfWidthAtBelt: 0.88,
      halfWidthAtRoof: 0.76,
    },
  },
};

const FLOOR_Y = 0.2;
const WINDSCREEN_BOW = 0.12; // how far the middle of a windscreen stands before its corners
const REAR_BOW = 0.084;

export function buildCar(style: CarStyle, color: number, plateText: string): VehicleBody {
  const plan = PLANS[style];
  const builder = new SolidBuilder();
  const paint = carPaint(color);
  const nose = plan.lengthM / 2;
  builder.extrude(sideOutline(plan.upperEdge, FLOOR_Y, plan.axles, 0.055), plan.widthM, 0.09, paint, rounded(plan));
  addUnderside(builder, plan);
  addCabin(builder, plan.cabin, paint);
  addPillars(builder, plan, style, paint);
  for (const axle of plan.axles) for (const side of [-1, 1]) addWheel(builder, axle, side * (plan.widthM / 2 - 0.03));
  addFace(builder, plan, style);
  addSideFittings(builder, plan);
  const plates = mountPlates(builder, plateText, [nose + 0.025, 0.44], [-nose - 0.02, style === 'sedan' ? 0.66 : 0.62]);
  return { solid: builder.build(), plates, lengthM: plan.lengthM, widthM: plan.widthM };
}

/** Narrows the body towards both ends and upwards: straight sheets look like crates, also to a detector. */
function rounded({ lengthM, widthM }: CarPlan) {
  return (x: number, y: number, z: number): Point3 => {
    const towardsEnd = Math.abs(x) / (lengthM / 2);
    const taper = 1 - (x > 0 ? 0.16 : 0.1) * Math.max(0, (towardsEnd - 0.6) / 0.4) ** 2;
    const tumblehome = 1 - 0.09 * Math.max(0, y - 0.62) - 0.05 * Math.max(0, 0.45 - y);
    const cornerCut = Math.sign(x) * 0.14 * (Math.abs(z) / (widthM / 2)) ** 3 * Math.max(0, (towardsEnd - 0.8) / 0.2);
    return [x - cornerCut, y, z * taper * tumblehome];
  };
}

function addUnderside(builder: SolidBuilder, { lengthM, widthM, axles }: CarPlan) {
  builder.box([lengthM * 0.86, 0.1, widthM * 0.8], [0, FLOOR_Y + 0.03, 0], PALETTE.underside);
  for (const { x, radius } of axles) {
    builder.box([radius * 2.3, radius * 1.6, widthM * 0.78], [x, radius + 0.12, 0], PALETTE.underside);
  }
}

interface Ring {
  front: number;
  rear: number;
  y: number;
  halfWidth: number;
}

function beltRing(cabin: Cabin): Ring {
  return { front: cabin.frontAtBelt, rear: cabin.rearAtBelt, y: cabin.beltY - 0.03, halfWidth: cabin.halfWidthAtBelt };
}

function roofRing(cabin: Cabin): Ring {
  return { front: cabin.frontAtRoof, rear: cabin.rearAtRoof, y: cabin.roofY - 0.03, halfWidth: cabin.halfWidthAtRoof };
}

function addCabin(builder: SolidBuilder, cabin: Cabin, paint: THREE.Material) {
  const [belt, roof] = [beltRing(cabin), roofRing(cabin)];
  const strips = 6;
  for (let strip = 0; strip < strips; strip++) {
    const [left, right] = [-1 + (2 * strip) / strips, -1 + (2 * (strip + 1)) / strips];
    const front = (ring: Ring, z: number): Point3 => [ring.front - WINDSCREEN_BOW * z * z, ring.y, z * ring.halfWidth];
    const rear = (ring: Ring, z: number): Point3 => [ring.rear + REAR_BOW * z * z, ring.y, z * ring.halfWidth];
    const [u0, u1] = [(left + 1) / 2, (right + 1) / 2];
    builder.quad(
      [front(belt, right), front(belt, left), front(roof, left), front(roof, right)],
      PALETTE.glass,
      1 - u1,
      1 - u0,
    );
    builder.quad([rear(belt, left), rear(belt, right), rear(roof, right), rear(roof, left)], PALETTE.glass, u0, u1);
  }
  for (const side of [-1, 1]) {
    const rearBelt: Point3 = [belt.rear + REAR_BOW, belt.y, side * belt.halfWidth];
    const frontBelt: Point3 = [belt.front - WINDSCREEN_BOW, belt.y, side * belt.halfWidth];
    const frontRoof: Point3 = [roof.front - WINDSCREEN_BOW, roof.y, side * roof.halfWidth];
    const rearRoof: Point3 = [roof.rear + REAR_BOW, roof.y, side * roof.halfWidth];
    if (side > 0) builder.quad([rearBelt, frontBelt, frontRoof, rearRoof], PALETTE.glass);
    else builder.quad([frontBelt, rearBelt, rearRoof, frontRoof], PALETTE.glass);
  }
  builder.add(roofSkin(roof), paint);
}

function roofSkin(roof: Ring): THREE.BufferGeometry {
  const halfWidth = roof.halfWidth + 0.03;
  const [front, rear] = [roof.front + 0.05, roof.rear - 0.04];
  const outline = new THREE.Shape();
  outline.moveTo(rear + 0.12, -halfWidth);
  outline.lineTo(front - 0.2, -halfWidth);
  outline.quadraticCurveTo(front, -halfWidth * 0.9, front, 0);
  outline.quadraticCurveTo(front, halfWidth * 0.9, front - 0.2, halfWidth);
  outline.lineTo(rear + 0.12, halfWidth);
  outline.quadraticCurveTo(rear, halfWidth * 0.9, rear, 0);
  outline.quadraticCurveTo(rear, -halfWidth * 0.9, rear + 0.12, -halfWidth);
  const skin = new THREE.ExtrudeGeometry(outline, {
    depth: 0.02,
    bevelSize: 0.07,
    bevelThickness: 0.05,
    bevelOffset: -0.05,
    bevelSegments: 4,
    curveSegments: 8,
  });
  skin.rotateX(-Math.PI / 2);
  skin.translate(0, roof.y - 0.02, 0);
  return toCreasedNormals(skin, 0.9);
}

function addPillars(builder: SolidBuilder, { widthM, cabin }: CarPlan, style: CarStyle, paint: THREE.Material) {
  const [belt, roof] = [beltRing(cabin), roofRing(cabin)];
  const middle = (belt.front + belt.rear) / 2;
  for (const side of [-1, 1]) {
    const at = (ring: Ring, x: number): Point3 => [x, ring.y, side * (ring.halfWidth + 0.005)];
    const pillar = (beltX: number, roofX: number, depth: number, width: number, material: THREE.Material) =>
      builder.bar(at(belt, beltX), at(roof, roofX), depth, width, material);
    pillar(belt.front - WINDSCREEN_BOW + 0.02, roof.front - WINDSCREEN_BOW + 0.02, 0.06, 0.075, paint);
    pillar(belt.rear + REAR_BOW - 0.02, roof.rear + REAR_BOW - 0.02, 0.06, style === 'sedan' ? 0.16 : 0.1, paint);
    pillar(middle - 0.02, middle - 0.12, 0.035, 0.09, PALETTE.dark);
    if (style === 'suv' || style === 'van') pillar(middle - 0.95, middle - 1.0, 0.05, 0.11, paint);
    const mirror: Point3 = [belt.front - 0.3, belt.y + 0.1, side * (widthM / 2 + 0.04)];
    builder.box([0.14, 0.12, 0.18], mirror, paint);
  }
}

function addFace(builder: SolidBuilder, { lengthM, widthM, upperEdge, cabin }: CarPlan, style: CarStyle) {
  const nose = lengthM / 2;
  const lampY = (upperEdge.at(-2)?.[1] ?? 0.6) + 0.04;
  const rearY = (upperEdge[2]?.[1] ?? 0.9) - 0.14;
  const tallRear = style === 'van' || style === 'suv';
  addCarLamps(builder, {
    frontX: nose - 0.1,
    rearX: -nose + 0.02,
    frontY: lampY,
    rearY,
    halfWidth: (widthM / 2) * 0.93,
    tallRear,
  });
  const grille = new THREE.ExtrudeGeometry(
    polygon([
      [-0.36, 0.07],
      [0.36, 0.07],
      [0.28, -0.13],
      [-0.28, -0.13],
    ]),
    { depth: 0.05, bevelEnabled: false },
  );
  builder.add(
    grille.rotateY(Math.PI / 2),
    PALETTE.dark,
    new THREE.Matrix4().makeTranslation(nose - 0.05, lampY - 0.02, 0),
  );
  for (let slat = 0; slat < 4; slat++) {
    builder.box([0.02, 0.012, 0.66 - slat * 0.05], [nose + 0.002, lampY + 0.03 - slat * 0.045, 0], PALETTE.chrome);
  }
  builder.box([0.03, 0.05, 0.09], [nose + 0.005, lampY - 0.02, 0], PALETTE.chrome);
  builder.box([0.07, 0.11, widthM * 0.5], [nose - 0.02, 0.29, 0], PALETTE.dark);
  builder.box([0.1, 0.05, widthM * 0.66], [nose - 0.05, 0.22, 0], PALETTE.trim);
  for (const [from, to] of [
    [0.5, -0.1],
    [-0.08, -0.62],
  ] as const) {
    builder.bar(
      [cabin.frontAtBelt - 0.06, cabin.beltY + 0.06, from],
      [cabin.frontAtBelt + 0.02, cabin.beltY + 0.03, to],
      0.02,
      0.02,
      PALETTE.dark,
    ); // wiper
  }
  builder.box([0.12, 0.03, cabin.halfWidthAtBelt * 1.7], [cabin.frontAtBelt, cabin.beltY + 0.012, 0], PALETTE.dark);
  builder.box([0.08, 0.16, widthM * 0.7], [-nose + 0.02, 0.34, 0], PALETTE.trim);
  builder.box([0.02, 0.012, widthM * 0.7], [-nose + 0.005, (upperEdge[1]?.[1] ?? 0.6) + 0.02, 0], PALETTE.seam);
}

/** Door gaps, handles and sills: small, but they are what tells a car door from a box. */
function addSideFittings(builder: SolidBuilder, { lengthM, widthM, cabin }: CarPlan) {
  const door = (cabin.frontAtBelt + cabin.rearAtBelt) / 2 - 0.02;
  for (const side of [-1, 1]) {
    const skin = side * ((widthM / 2) * 0.985 + 0.003);
    for (const x of [door + 0.95, door, door - 0.82])
      builder.box([0.014, 0.5, 0.012], [x, 0.62, skin - side * 0.012], PALETTE.seam);
    builder.box([1.9, 0.014, 0.012], [door + 0.05, 0.37, skin - side * 0.012], PALETTE.seam);
    for (const x of [door + 0.18, door - 0.65])
      builder.box([0.16, 0.025, 0.03], [x, cabin.beltY - 0.17, skin], PALETTE.chrome);
    builder.box([lengthM * 0.5, 0.07, 0.03], [0, 0.24, side * (widthM / 2) * 0.96], PALETTE.trim);
  }
}
