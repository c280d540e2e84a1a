import { seededRandom } from '../degrade-picture.ts';
import type { Box } from '#analyzers/detection.ts';
import type { Point } from '#ingest/cameras/camera.ts';
import type { MadeRoom } from './made-room.ts';
import {
  fillEllipse,
  fillRectangle,
  glowEllipse,
  HEIGHT_PX,
  type Rgb,
  type SceneCanvas,
  shadeEllipse,
  WIDTH_PX,
} from './scene-canvas.ts';
import { type Animal, type Dirt, type Flame, placeAt, type Walker } from './story.ts';

/** How high someone is whose feet are there, in heights of the frame. */
function personHeight(footY: number): number {
  return 0.34 + (footY - 0.6) * 0.75;
}

const PERSON_ASPECT = 0.36;

export function personBox({ x, y }: Point): Box {
  const height = personHeight(y);
  const width = (height * PERSON_ASPECT * HEIGHT_PX) / WIDTH_PX;
  return { x: x - width / 2, y: y - height, width, height };
}

function under([red, green, blue]: Rgb, light: number): Rgb {
  return [red * light, green * light, blue * light];
}

/** With a shadow beside the feet and a mirror image in the floor. */
export function drawPerson(
  canvas: SceneCanvas,
  walker: Walker,
  at: Point & { readonly isMoving: boolean },
  timeMs: number,
  light: number,
  gloss: number,
): void {
  const { x, y, width, height } = personBox(at);
  const swing = at.isMoving ? Math.sin(timeMs / 190) * width * 0.18 : Math.sin(timeMs / 2900) * width * 0.02;
  const tunic = under(walker.tunic, light);
  const trousers = under([45, 48, 58], light);
  const skin = under(walker.skin, light);
  const middle = x + width / 2;
  shadeEllipse(canvas, middle + width * 0.35, y + height, width * 0.75, height * 0.09, 0.6, 0.8);
  fillEllipse(canvas, middle, y + height * 1.16, width * 0.32, height * 0.22, tunic, gloss);
  fillRectangle(canvas, middle - width * 0.2 + swing, y + height * 0.58, width * 0.17, height * 0.42, trousers);
  fillRectangle(canvas, middle + width * 0.04 - swing, y + height * 0.58, width * 0.17, height * 0.42, trousers);
  fillEllipse(canvas, middle, y + height * 0.4, width * 0.34, height * 0.25, tunic);
  fillRectangle(canvas, middle - width * 0.27, y + height * 0.3, width * 0.54, height * 0.32, tunic);
  fillRectangle(canvas, middle - width * 0.4 - swing * 0.7, y + height * 0.24, width * 0.13, height * 0.3, tunic);
  fillRectangle(canvas, middle + width * 0.27 + swing * 0.7, y + height * 0.24, width * 0.13, height * 0.3, tunic);
  fillEllipse(canvas, middle - width * 0.33 - swing * 0.7, y + height * 0.56, width * 0.08, height * 0.035, skin);
  fillEllipse(canvas, middle + width * 0.33 + swing * 0.7, y + height * 0.56, width * 0.08, height * 0.035, skin);
  fillEllipse(canvas, middle, y + height * 0.1, width * 0.18, height * 0.095, skin);
  if (walker.hasCap)
    fillRectangle(canvas, middle - width * 0.18, y, width * 0.36, height * 0.07, under([240, 240, 240], light));
  else fillEllipse(canvas, middle, y + height * 0.05, width * 0.18, height * 0.055, under([40, 32, 28], light));
}

/** Tongues of fire, another shape in each picture; brighter than anything that lamps light, so that they fill the sensor. */
export function drawFlame(canvas: SceneCanvas, flame: Flame, burner: Point, random: () => number): void {
  const size = flame.size;
  if (flame.kind === 'gas') {
    for (let tongue = 0; tongue < 9; tongue++) {
      const x = burner.x + (tongue - 4) * 0.0065 * size;
      const height = (0.014 + random() * 0.018) * size;
      fillEllipse(
        canvas,
        x,
        burner.y - height / 2,
        0.0045,
        height / 2 + 0.004,
        [70 + random() * 40, 150 + random() * 40, 340],
        0.9,
      );
      if (random() < 0.3) fillEllipse(canvas, x, burner.y - height, 0.003, 0.008, [420, 280, 110], 0.8);
    }
    return;
  }
  glowEllipse(canvas, burner.x, burner.y - 0.03 * size, 0.05 * size, 0.08 * size, [60, 34, 9]);
  for (let tongue = 0; tongue < 6; tongue++) {
    const height = (0.02 + random() * 0.05) * size;
    const x = burner.x + ((tongue - 2.5) * 0.008 + (random() - 0.5) * 0.01) * size;
    fillEllipse(canvas, x, burner.y - height / 2, 0.008 * size, height / 2 + 0.006, [430, 220 + random() * 60, 60]);
    fillEllipse(canvas, x, burner.y - height * 0.35, 0.004 * size, height * 0.35, [700, 560, 300]);
  }
}

/** An amber lamp that flashes about once a second; it and its mirror image in the steel grow and shrink as one. */
export function drawWarningLamp(canvas: SceneCanvas, lamp: Point, timeMs: number): void {
  const strength = Math.max(0.05, Math.sin((timeMs / 1370) * 2 * Math.PI));
  glowEllipse(canvas, lamp.x, lamp.y, 0.03, 0.05, [150 * strength, 75 * strength, 12 * strength]);
  fillEllipse(canvas, lamp.x, lamp.y, 0.007, 0.012, [120 + 135 * strength, 60 + 110 * strength, 20 + 40 * strength]);
  glowEllipse(canvas, lamp.x + 0.005, lamp.y + 0.1, 0.014, 0.055, [110 * strength, 52 * strength, 6 * strength]);
}

export function drawBin(canvas: SceneCanvas, room: MadeRoom, lid: 'closed' | 'open' | 'heaped', light: number): void {
  const { x, y, width } = room.bin;
  const middle = x + width / 2;
  const colour = under(room.binColour, light);
  if (lid === 'closed') {
    fillEllipse(canvas, middle, y + 0.05, width * 0.54, 0.035, under(room.binColour, light * 1.25));
    fillRectangle(canvas, middle - 0.012, y + 0.01, 0.024, 0.012, under([30, 30, 30], light));
    return;
  }
  fillRectangle(canvas, x + width * 0.1, y - 0.06, width * 0.85, 0.1, under(room.binColour, light * 1.15));
  fillEllipse(canvas, middle, y + 0.06, width * 0.52, 0.045, under([215, 215, 210], light));
  fillEllipse(canvas, middle, y + 0.065, width * 0.44, 0.034, under([32, 30, 28], light));
  const scraps = seededRandom(77);
  const many = lid === 'heaped' ? 16 : 5;
  for (let scrap = 0; scrap < many; scrap++) {
    const scrapColour: Rgb = [60 + scraps() * 180, 60 + scraps() * 150, 40 + scraps() * 120];
    const rise = lid === 'heaped' ? scraps() * 0.08 : -0.005;
    fillEllipse(
      canvas,
      middle + (scraps() - 0.5) * width * 0.8,
      y + 0.06 - rise,
      0.012,
      0.018,
      under(scrapColour, light),
    );
  }
  fillRectangle(canvas, x, y + 0.09, width, 0.012, colour);
}

export function drawDirt(canvas: SceneCanvas, dirt: Dirt, light: number): void {
  const random = seededRandom(dirt.seed);
  const { x, y, reach } = dirt;
  const depth = 0.6 + (y - 0.6) * 1.2;
  if (dirt.kind === 'litter') {
    const many = 5 + Math.floor(random() * 8);
    for (let piece = 0; piece < many; piece++) {
      const at = { x: x + (random() - 0.5) * 2 * reach, y: y + (random() - 0.5) * 1.6 * reach };
      const radius = (0.006 + random() * 0.012) * depth;
      const shades: Rgb[] = [
        [235, 235, 230],
        [90, 150, 60],
        [185, 60, 45],
        [120, 85, 50],
        [240, 200, 90],
      ];
      const colour = shades[Math.floor(random() * shades.length)] as Rgb;
      shadeEllipse(canvas, at.x + 0.004, at.y + radius * 1.1, radius * 1.3, radius * 0.9, 0.65, 0.6);
      fillEllipse(canvas, at.x, at.y, radius, radius * (0.8 + random() * 0.6), under(colour, light));
    }
    return;
  }
  // Water is darker than the dry floor, and mirrors lamps and wall in streaks.
  const lobes = 4 + Math.floor(random() * 4);
  const places = Array.from({ length: lobes }, () => ({
    x: x + (random() - 0.5) * 1.5 * reach,
    y: y + (random() - 0.5) * 1.2 * reach,
    radius: reach * (0.3 + random() * 0.45),
  }));
  for (const lobe of places) shadeEllipse(canvas, lobe.x, lobe.y, lobe.radius, lobe.radius * 0.8, 0.8, 0.25);
  const streaks = 3 + Math.floor(random() * 4);
  for (let streak = 0; streak < streaks; streak++) {
    const lobe = places[Math.floor(random() * places.length)] ?? { x, y, radius: reach };
    const shine = (110 + random() * 110) * Math.max(0.15, light);
    const at = { x: lobe.x + (random() - 0.5) * lobe.radius, y: lobe.y + (random() - 0.5) * lobe.radius * 0.6 };
    glowEllipse(canvas, at.x, at.y, 0.006 + random() * 0.008, 0.012 + random() * 0.035, [shine, shine, shine]);
  }
}

/** @returns where it is, undefined when it is not there */
export function drawAnimal(canvas: SceneCanvas, animal: Animal, timeMs: number, light: number): Point | undefined {
  const at = placeAt(animal.way, timeMs);
  if (!at) return undefined;
  const ahead = placeAt(animal.way, timeMs + 300) ?? at;
  const depth = 0.55 + (at.y - 0.66) * 1.4;
  const length = animal.length * depth;
  const [towardsX, towardsY] = [ahead.x - at.x, ahead.y - at.y];
  const way = Math.hypot(towardsX, towardsY) || 1;
  const isAcross = Math.abs(towardsX) >= Math.abs(towardsY) * 0.6;
  const colour = under([52, 46, 42], light);
  const [wide, high] = isAcross ? [length / 2, length * 0.38] : [length * 0.26, length * 0.62];
  shadeEllipse(canvas, at.x, at.y + high * 0.8, wide * 1.2, high * 0.7, 0.75, 0.7);
  fillEllipse(canvas, at.x, at.y, wide, high, colour);
  for (let bit = 1; bit <= 4; bit++) {
    const back = (length * (0.5 + bit * 0.16)) / way;
    fillEllipse(canvas, at.x - towardsX * back, at.y - towardsY * back, 0.0025, 0.004, colour, 0.7);
  }
  return at;
}

/** The lamps of a car sweep over wall and floor. */
export function drawHeadlights(canvas: SceneCanvas, share: number): void {
  const x = -0.1 + share * 1.2;
  for (let beam = 0; beam < 2; beam++) {
    glowEllipse(canvas, x + beam * 0.09, 0.45, 0.09, 0.4, [70, 68, 60]);
    glowEllipse(canvas, x * 0.8 + 0.1 + beam * 0.05, 0.82, 0.035, 0.05, [60, 58, 50]);
  }
}
