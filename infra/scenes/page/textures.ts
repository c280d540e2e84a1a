import * as THREE from 'three';
import type { SeededRandom } from './seeded-random.ts';

type Rgb = readonly [number, number, number];
type Painter = (pen: CanvasRenderingContext2D, width: number, height: number) => void;

export function drawCanvas(width: number, height: number, paint: Painter): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser has no 2D canvas');
  paint(pen, width, height);
  return canvas;
}

/** @param repeat how often the picture repeats over the surface, [across, along] */
export function textureOf(canvas: HTMLCanvasElement, repeat: readonly [number, number] = [1, 1], anisotropy = 4) {
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  texture.repeat.set(...repeat);
  texture.anisotropy = anisotropy;
  return texture;
}

export function asphalt(random: SeededRandom) {
  return drawCanvas(1024, 1024, (pen, width, height) => {
    paintGrain(pen, random, [92, 93, 96], 60_000, 34);
    for (let stain = 0; stain < 40; stain++) {
      pen.fillStyle = `rgba(${random.pick(['20,20,20', '140,140,140'])},${random.between(0.02, 0.06)})`;
      paintBlot(
        pen,
        random.between(0, width),
        random.between(0, height),
        random.between(20, 140),
        random.between(20, 90),
        random.between(0, 6),
      );
    }
    pen.strokeStyle = 'rgba(35,35,35,0.35)';
    for (let crack = 0; crack < 9; crack++) paintCrack(pen, random, width, height);
  });
}

export function paving(random: SeededRandom) {
  return tiled(random, [158, 152, 144], 22, 16, 'rgba(90,85,80,.5)', 1);
}

export function floorTiles(random: SeededRandom) {
  return tiled(random, [140, 112, 96], 16, 8, 'rgba(60,45,36,.55)', 2);
}

export function wallTiles(random: SeededRandom) {
  return tiled(random, [206, 208, 206], 10, 8, 'rgba(130,130,128,.55)', 2);
}

export function ceilingPanels(random: SeededRandom) {
  return tiled(random, [214, 214, 210], 6, 4, 'rgba(130,130,128,.6)', 3);
}

export function grass(random: SeededRandom) {
  return drawCanvas(512, 512, (pen) => paintGrain(pen, random, [84, 104, 58], 60_000, 30));
}

export function leaves(random: SeededRandom) {
  return drawCanvas(256, 256, (pen, width, height) => {
    pen.fillStyle = '#2f4a22';
    pen.fillRect(0, 0, width, height);
    for (let leaf = 0; leaf < 2600; leaf++) {
      const light = random.between(-30, 60);
      pen.fillStyle = rgb([60 + light * 0.7, 88 + light, 42 + light * 0.4]);
      paintBlot(
        pen,
        random.between(0, width),
        random.between(0, height),
        random.between(2, 6),
        random.between(1, 3),
        random.between(0, 6),
      );
    }
  });
}

/** Five storeys of wall with windows, sills and here and there an air conditioner. */
export function facade(random: SeededRandom) {
  const wall = random.pick<Rgb>([
    [190, 182, 170],
    [168, 150, 132],
    [206, 204, 198],
    [150, 158, 166],
    [178, 128, 104],
  ]);
  return drawCanvas(512, 512, (pen, width, height) => {
    paintGrain(pen, random, wall, 9000, 14);
    const columns = random.pick([4, 5, 6]);
    const rows = 5;
    const [cellWidth, cellHeight] = [width / columns, height / rows];
    for (let cell = 0; cell < columns * rows; cell++) {
      const left = ((cell % columns) + 0.2) * cellWidth;
      const top = (Math.floor(cell / columns) + 0.22) * cellHeight;
      paintWindow(pen, random, left, top, cellWidth * 0.6, cellHeight * 0.55);
      if (!random.chance(0.3)) continue;
      pen.fillStyle = '#d8d8d4';
      pen.fillRect(left + cellWidth * 0.33, top + cellHeight * 0.55 + 6, cellWidth * 0.24, cellHeight * 0.14);
    }
  });
}

/** What a car window shows from outside: sky above, dark seats below, one streak of reflection. */
export function carGlass() {
  return drawCanvas(256, 128, (pen, width, height) => {
    const shade = pen.createLinearGradient(0, 0, 0, height);
    for (const [stop, color] of [
      [0, '#5b6c7b'],
      [0.35, '#39454f'],
      [0.7, '#1c2228'],
      [1, '#14181c'],
    ] as const)
      shade.addColorStop(stop, color);
    pen.fillStyle = shade;
    pen.fillRect(0, 0, width, height);
    pen.filter = 'blur(5px)';
    pen.fillStyle = 'rgba(8,9,10,.75)';
    for (const seat of [0.3, 0.7]) {
      pen.beginPath();
      pen.roundRect(width * seat - 22, height * 0.5, 44, height * 0.6, 12);
      pen.roundRect(width * seat - 10, height * 0.32, 20, 24, 8);
      pen.fill();
    }
    pen.fillStyle = 'rgba(200,215,228,.22)';
    pen.beginPath();
    pen.moveTo(width * 0.1, 0);
    pen.lineTo(width * 0.45, 0);
    pen.lineTo(width * 0.2, height);
    pen.lineTo(-10, height);
    pen.fill();
  });
}

/** A whole sky and ground for reflections and background, equirectangular. */
export function sky(random: SeededRandom) {
  const canvas = drawCanvas(1024, 512, (pen, width, height) => {
    const air = pen.createLinearGradient(0, 0, 0, height);
    for (const [stop, color] of [
      [0, '#6f9cd0'],
      [0.42, '#b9d0e4'],
      [0.5, '#dfe6ea'],
      [0.51, '#8a8a86'],
      [1, '#5c5c5a'],
    ] as const)
      air.addColorStop(stop, color);
    pen.fillStyle = air;
    pen.fillRect(0, 0, width, height);
    pen.filter = 'blur(9px)';
    for (let cloud = 0; cloud < 60; cloud++) {
      pen.fillStyle = `rgba(255,255,255,${random.between(0.08, 0.3)})`;
      paintBlot(
        pen,
        random.between(0, width),
        random.between(40, 235),
        random.between(20, 110),
        random.between(5, 20),
        0,
      );
    }
  });
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.mapping = THREE.EquirectangularReflectionMapping;
  return texture;
}

/** The soft dark patch under a vehicle that the shadow map is too coarse to give. */
export function contactShadow() {
  return textureOf(
    drawCanvas(128, 64, (pen, width, height) => {
      pen.filter = 'blur(7px)';
      pen.fillStyle = 'rgba(0,0,0,.95)';
      pen.fillRect(14, 12, width - 28, height - 24);
    }),
  );
}

function tiled(random: SeededRandom, base: Rgb, spread: number, count: number, joint: string, lineWidth: number) {
  return drawCanvas(512, 512, (pen, width, height) => {
    paintGrain(pen, random, base, 14_000, spread);
    pen.strokeStyle = joint;
    pen.lineWidth = lineWidth;
    for (let line = 0; line <= count; line++) {
      const at = (line * width) / count;
      pen.beginPath();
      pen.moveTo(at, 0);
      pen.lineTo(at, height);
      pen.moveTo(0, at);
      pen.lineTo(width, at);
      pen.stroke();
    }
  });
}

function paintGrain(pen: CanvasRenderingContext2D, random: SeededRandom, base: Rgb, grains: number, spread: number) {
  const { width, height } = pen.canvas;
  pen.fillStyle = rgb(base);
  pen.fillRect(0, 0, width, height);
  pen.globalAlpha = 0.5;
  for (let grain = 0; grain < grains; grain++) {
    const light = random.between(-spread, spread);
    const size = random.between(0.6, 2.6);
    pen.fillStyle = rgb([base[0] + light, base[1] + light, base[2] + light]);
    pen.fillRect(random.between(0, width), random.between(0, height), size, size);
  }
  pen.globalAlpha = 1;
}

function paintCrack(pen: CanvasRenderingContext2D, random: SeededRandom, width: number, height: number) {
  let [x, y] = [random.between(0, width), random.between(0, height)];
  pen.lineWidth = random.between(1, 2.5);
  pen.beginPath();
  pen.moveTo(x, y);
  for (let bend = 0; bend < 14; bend++) {
    x += random.between(-30, 40);
    y += random.between(-30, 40);
    pen.lineTo(x, y);
  }
  pen.stroke();
}

function paintWindow(
  pen: CanvasRenderingContext2D,
  random: SeededRandom,
  left: number,
  top: number,
  width: number,
  height: number,
) {
  const dark = random.between(30, 95);
  const glass = pen.createLinearGradient(left, top, left + width, top + height);
  glass.addColorStop(0, rgb([dark + 30, dark + 45, dark + 60]));
  glass.addColorStop(1, rgb([dark, dark + 6, dark + 12]));
  pen.fillStyle = glass;
  pen.fillRect(left, top, width, height);
  pen.strokeStyle = 'rgba(235,235,235,.75)';
  pen.lineWidth = 3;
  pen.strokeRect(left, top, width, height);
  pen.beginPath();
  pen.moveTo(left + width / 2, top);
  pen.lineTo(left + width / 2, top + height);
  pen.stroke();
  pen.fillStyle = 'rgba(0,0,0,.18)';
  pen.fillRect(left - 3, top + height + 3, width + 6, 5);
}

function paintBlot(
  pen: CanvasRenderingContext2D,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  turn: number,
) {
  pen.beginPath();
  pen.ellipse(x, y, radiusX, radiusY, turn, 0, Math.PI * 2);
  pen.fill();
}

function rgb([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(red)},${Math.round(green)},${Math.round(blue)})`;
}
