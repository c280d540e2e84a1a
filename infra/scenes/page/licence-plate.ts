import { PALETTE, surface } from './materials.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Point3, SolidBuilder } from './solid-builder.ts';
import { drawCanvas, textureOf } from './textures.ts';

/** Corners on the vehicle: lower left first, anticlockwise as a reader stands. */
export interface MountedPlate {
  text: string;
  corners: readonly [Point3, Point3, Point3, Point3];
}

const OTHER_PROVINCES = Array.from('苏浙沪京鲁豫鄂赣粤');
const LETTERS = Array.from('ABCDEFGHJKLMNPQRSTUVWXYZ'); // the standard has no I and no O
const PIXELS_PER_MM = 2;

/** Glyph cells in millimetres after GA 36-2018: blue small-vehicle plates and green new-energy ones. */
const LAYOUTS = {
  blue: { widthMm: 440, left: 15.5, step: 57, afterCity: 22, glyphWidth: 45, dotAt: 134.5 },
  green: { widthMm: 480, left: 15.5, step: 54, afterCity: 32, glyphWidth: 43, dotAt: null },
};

/** Seven characters for a fuel vehicle, eight with D or F in third place for an electric one. */
export function randomPlate(random: SeededRandom, electric: boolean): string {
  const province = random.chance(0.7) ? '皖' : pickOne(random, OTHER_PROVINCES);
  const city = pickOne(random, Array.from('AAAABCDEHK'));
  const digit = () => String(random.below(10));
  const digits = (count: number) => Array.from({ length: count }, digit).join('');
  if (electric) return `${province}${city}${random.pick(['D', 'F'])}${digits(5)}`;
  const serial = Array.from({ length: 5 }, () => (random.chance(0.3) ? pickOne(random, LETTERS) : digit()));
  return `${province}${city}${serial.join('')}`;
}

export function mountPlates(
  builder: SolidBuilder,
  text: string,
  front: readonly [number, number],
  rear: readonly [number, number],
) {
  const { canvas, widthMm } = paintPlate(text);
  const face = surface(0xffffff, 0.55, 0, { map: textureOf(canvas, [1, 1], 16), envMapIntensity: 0.4 });
  const [width, height] = [widthMm / 1000, 0.14];
  return (
    [
      [front, 1],
      [rear, -1],
    ] as const
  ).map(([[x, y], facing]): MountedPlate => {
    builder.box([0.02, height + 0.03, width + 0.03], [x, y, 0], PALETTE.dark);
    const faceX = x + facing * 0.016;
    const side = (facing * width) / 2;
    const corners: MountedPlate['corners'] = [
      [faceX, y - height / 2, side],
      [faceX, y - height / 2, -side],
      [faceX, y + height / 2, -side],
      [faceX, y + height / 2, side],
    ];
    builder.quad(corners, face);
    return { text, corners };
  });
}

function paintPlate(text: string) {
  const characters = Array.from(text);
  const green = characters.length === 8;
  const layout = green ? LAYOUTS.green : LAYOUTS.blue;
  const ink = green ? '#101414' : '#f4f6fa';
  const canvas = drawCanvas(layout.widthMm * PIXELS_PER_MM, 140 * PIXELS_PER_MM, (pen) => {
    pen.scale(PIXELS_PER_MM, PIXELS_PER_MM);
    pen.fillStyle = green ? greenGround(pen) : '#0b3fae';
    pen.fillRect(0, 0, layout.widthMm, 140);
    pen.strokeStyle = ink;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.roundRect(4, 4, layout.widthMm - 8, 132, 9);
    pen.stroke();
    pen.fillStyle = ink;
    characters.forEach((character, index) => {
      const x = layout.left + index * layout.step + (index > 1 ? layout.afterCity : 0);
      paintGlyph(pen, character, x, 25, layout.glyphWidth, 90);
    });
    if (layout.dotAt === null) return;
    pen.beginPath();
    pen.arc(layout.dotAt, 70, 5, 0, Math.PI * 2);
    pen.fill();
  });
  return { canvas, widthMm: layout.widthMm };
}

function greenGround(pen: CanvasRenderingContext2D) {
  const ground = pen.createLinearGradient(0, 0, 0, 140);
  ground.addColorStop(0, '#e9f3ea');
  ground.addColorStop(1, '#4fbf6a');
  return ground;
}

/** Stretches a glyph to fill its cell, as the stamped characters of real plates do. */
function paintGlyph(
  pen: CanvasRenderingContext2D,
  character: string,
  x: number,
  y: number,
  width: number,
  height: number,
) {
  const ideograph = character > '\u2e80';
  pen.save();
  pen.font = ideograph
    ? '700 100px "Noto Sans CJK SC"'
    : '700 100px "DejaVu Sans Condensed", "DejaVu Sans", sans-serif';
  const ink = pen.measureText(character);
  const inkWidth = ink.actualBoundingBoxLeft + ink.actualBoundingBoxRight;
  const inkHeight = ink.actualBoundingBoxAscent + ink.actualBoundingBoxDescent;
  const cellWidth = character === '1' ? width * 0.55 : width;
  pen.translate(x + (width - cellWidth) / 2, y);
  pen.scale(cellWidth / inkWidth, height / inkHeight);
  pen.fillText(character, ink.actualBoundingBoxLeft, ink.actualBoundingBoxAscent);
  pen.restore();
}

function pickOne(random: SeededRandom, choices: readonly string[]): string {
  return choices[random.below(choices.length)] ?? '';
}
