import type { Point } from '#ingest/cameras/camera.ts';
import {
  fillEllipse,
  fillRectangle,
  HEIGHT_PX,
  newCanvas,
  PLACES,
  type Rgb,
  type SceneCanvas,
  WIDTH_PX,
} from './scene-canvas.ts';

/** A kitchen as a camera in its corner sees it: back wall, work tops, stove, bin, tiled floor. Another one for each seed. */
export interface MadeRoom {
  /** What all is made of, under a light of 1. */
  readonly surfaces: SceneCanvas;
  /** How much of each lamp reaches each place. */
  readonly lamps: readonly [Float32Array, Float32Array];
  readonly zones: { readonly stove: Point[]; readonly bin: Point[]; readonly floor: Point[] };
  readonly burners: readonly Point[];
  readonly bin: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly binColour: Rgb;
  /** Where people go: feet. */
  readonly spots: { readonly stove: Point; readonly bin: Point; readonly door: Point; readonly work: readonly Point[] };
  /** A lamp over the stove that flashes at times. */
  readonly warningLamp: Point | undefined;
  /** Something on a hook that a detector may take for a person. */
  readonly apron:
    | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
    | undefined;
  /** How much the floor mirrors, 0..1. */
  readonly gloss: number;
}

type Random = () => number;

export function makeRoom(random: Random): MadeRoom {
  const between = (least: number, most: number): number => least + random() * (most - least);
  const surfaces = newCanvas();
  const horizon = between(0.48, 0.56);
  paintWall(surfaces, horizon, between);
  paintFloor(surfaces, horizon, between);
  const stove = { x: between(0.6, 0.7), y: between(0.38, 0.42), width: between(0.18, 0.24) };
  paintWorkTops(surfaces, horizon, stove, between);
  const burners = paintStove(surfaces, stove, random);
  const bin = {
    x: between(0.04, 0.12),
    y: between(0.58, 0.64),
    width: between(0.08, 0.11),
    height: between(0.2, 0.25),
  };
  const binColour: Rgb = [between(30, 90), between(60, 110), between(40, 100)];
  fillRectangle(surfaces, bin.x, bin.y + 0.05, bin.width, bin.height - 0.05, binColour);
  fillRectangle(
    surfaces,
    bin.x + bin.width * 0.75,
    bin.y + 0.05,
    bin.width * 0.25,
    bin.height - 0.05,
    [20, 30, 25],
    0.35,
  );
  const apron = random() < 0.5 ? { x: between(0.3, 0.4), y: 0.2, width: 0.06, height: 0.24 } : undefined;
  if (apron)
    fillRectangle(surfaces, apron.x, apron.y, apron.width, apron.height, [
      between(90, 200),
      between(80, 190),
      between(80, 180),
    ]);
  const far = between(0.64, 0.68);
  return {
    surfaces,
    lamps: [lampMap(between(0.2, 0.4), between(0.1, 0.5)), lampMap(between(0.6, 0.85), between(0.1, 0.6))],
    zones: {
      stove: rectangle(stove.x, stove.y - 0.17, stove.width, 0.2),
      bin: rectangle(bin.x - 0.012, bin.y - 0.07, bin.width + 0.024, bin.height + 0.08),
      floor: [
        { x: between(0.24, 0.28), y: far },
        { x: between(0.68, 0.76), y: far },
        { x: between(0.82, 0.92), y: 0.96 },
        { x: between(0.16, 0.22), y: 0.96 },
      ],
    },
    burners,
    bin,
    binColour,
    spots: {
      stove: { x: stove.x + stove.width / 2 + between(-0.05, 0.05), y: 0.66 },
      bin: { x: bin.x + bin.width + between(0.03, 0.06), y: bin.y + bin.height },
      door: { x: 1.06, y: 0.75 },
      work: [
        { x: 0.2, y: 0.62 },
        { x: 0.36, y: 0.62 },
        { x: 0.5, y: 0.62 },
        { x: between(0.3, 0.6), y: between(0.7, 0.9) },
        { x: between(0.5, 0.8), y: between(0.75, 0.95) },
      ],
    },
    warningLamp:
      random() < 0.6 ? { x: stove.x + between(0.02, stove.width - 0.02), y: stove.y - between(0.08, 0.15) } : undefined,
    apron,
    gloss: between(0.04, 0.22),
  };
}

type Between = (least: number, most: number) => number;

function rectangle(x: number, y: number, width: number, height: number): Point[] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

function paintWall(canvas: SceneCanvas, horizon: number, between: Between): void {
  const level = between(130, 190);
  const wall: Rgb = [level, level * between(0.94, 1.02), level * between(0.88, 1.02)];
  fillRectangle(canvas, 0, 0, 1, horizon, wall);
  const tile = between(0.028, 0.05);
  for (let x = 0; x < 1; x += tile) fillRectangle(canvas, x, 0, 1 / WIDTH_PX, horizon, [90, 90, 90], 0.3);
  for (let y = 0; y < horizon; y += tile * 1.6) fillRectangle(canvas, 0, y, 1, 1 / HEIGHT_PX, [90, 90, 90], 0.3);
  // A window, and a shelf with things.
  fillRectangle(canvas, between(0.02, 0.1), 0.06, between(0.12, 0.2), 0.24, [200, 215, 225]);
  fillRectangle(canvas, 0.42, 0.18, 0.2, 0.012, [100, 100, 105]);
  for (let index = 0; index < 9; index++) {
    const height = between(0.03, 0.09);
    const colour: Rgb = [between(40, 220), between(40, 200), between(40, 200)];
    fillRectangle(canvas, 0.42 + index * 0.022, 0.18 - height, between(0.01, 0.018), height, colour);
  }
}

function paintFloor(canvas: SceneCanvas, horizon: number, between: Between): void {
  const level = between(95, 150);
  const tint: Rgb = [level * between(0.95, 1.1), level, level * between(0.85, 1)];
  const tiles = between(5, 9);
  const [jointStrength, speckle] = [between(0.6, 0.85), between(0.02, 0.09)];
  for (let row = Math.floor(horizon * HEIGHT_PX); row < HEIGHT_PX; row++) {
    const depth = (row / HEIGHT_PX - horizon) / (1 - horizon) + 0.12;
    const along = (1 / depth) * tiles * 0.35;
    for (let column = 0; column < WIDTH_PX; column++) {
      const across = ((column / WIDTH_PX - 0.5) / depth) * tiles * 0.32 + 40;
      const joint = Math.min(fraction(across), fraction(along)) < 0.06 / Math.max(0.4, depth) / 2 ? jointStrength : 1;
      const stone = 1 + speckle * (hash(Math.floor(across) * 131 + Math.floor(along) * 7 + 3) - 0.5) * 2;
      const grain = 1 + speckle * (hash(row * 977 + column) - 0.5);
      const at = (row * WIDTH_PX + column) * 3;
      for (let channel = 0; channel < 3; channel++)
        canvas[at + channel] = (tint[channel] as number) * joint * stone * grain;
    }
  }
}

function paintWorkTops(canvas: SceneCanvas, horizon: number, stove: { x: number }, between: Between): void {
  const steel = between(140, 185);
  fillRectangle(canvas, 0.14, horizon - 0.1, stove.x - 0.16, 0.14, [steel, steel, steel * 1.03]);
  fillRectangle(canvas, 0.14, horizon - 0.1, stove.x - 0.16, 0.015, [225, 228, 230]);
  for (let x = 0.14; x < stove.x - 0.08; x += 0.09) fillRectangle(canvas, x, horizon - 0.07, 0.004, 0.11, [70, 70, 75]);
  for (let index = 0; index < 7; index++) {
    const height = between(0.03, 0.07);
    const colour: Rgb = [between(60, 230), between(60, 200), between(50, 190)];
    fillRectangle(canvas, between(0.16, stove.x - 0.08), horizon - 0.1 - height, between(0.015, 0.04), height, colour);
  }
}

/** @returns where flames burn */
function paintStove(canvas: SceneCanvas, stove: { x: number; y: number; width: number }, random: Random): Point[] {
  const { x, y, width } = stove;
  fillRectangle(canvas, x - 0.01, y - 0.2, width + 0.02, 0.2, [150, 152, 156]);
  fillRectangle(canvas, x - 0.01, y, width + 0.02, 0.2, [120, 122, 126]);
  fillRectangle(canvas, x - 0.01, y, width + 0.02, 0.012, [60, 60, 62]);
  for (let knob = 0; knob < 4; knob++)
    fillEllipse(canvas, x + 0.03 + knob * 0.045, y + 0.06, 0.008, 0.014, [35, 35, 38]);
  const burners = [
    { x: x + width * 0.3, y: y - 0.005 },
    { x: x + width * 0.72, y: y - 0.005 },
  ];
  // On one burner there may be a pot, of copper or red enamel at times: warm colours that are no fire.
  if (random() < 0.75) {
    const pot = burners[1] as Point;
    const colours: Rgb[] = [
      [205, 110, 45],
      [200, 60, 40],
      [170, 172, 178],
      [60, 62, 66],
      [225, 150, 60],
    ];
    const colour = colours[Math.floor(random() * colours.length)] as Rgb;
    fillRectangle(canvas, pot.x - 0.03, pot.y - 0.075, 0.06, 0.07, colour);
    fillRectangle(canvas, pot.x - 0.03, pot.y - 0.075, 0.06, 0.012, [230, 225, 215], 0.5);
    burners.pop();
  }
  return burners;
}

/** Light that falls off with the distance from a lamp. */
function lampMap(x: number, y: number): Float32Array {
  const map = new Float32Array(PLACES);
  for (let place = 0; place < PLACES; place++) {
    const [column, row] = [place % WIDTH_PX, Math.floor(place / WIDTH_PX)];
    const distance = Math.hypot(column / WIDTH_PX - x, (row / HEIGHT_PX - y) * 0.6);
    map[place] = 0.62 / (1 + 2.2 * distance * distance);
  }
  return map;
}

function fraction(value: number): number {
  return value - Math.floor(value);
}

function hash(value: number): number {
  let mixed = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
