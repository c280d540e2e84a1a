import { spawnSync } from 'node:child_process';
import sharp from 'sharp';
import type { PlateColour } from '../detection.ts';
import { decodePicture } from '../imaging/scale.ts';
import type { Picture } from '../packs/model-pack.ts';

/** A plate to draw. Drawn plates show that forms and rows are understood, and nothing about how well real ones are read. */
export interface RenderedPlate {
  /** Of each row, top first. */
  readonly rows: readonly [string] | readonly [string, string];
  readonly colour: Exclude<PlateColour, 'unknown'>;
}

const FONT = 'Noto Sans CJK SC';
const GROUND: Readonly<Record<RenderedPlate['colour'], string>> = {
  blue: '#1540a8',
  green: '#57c78a',
  yellow: '#f2b90f',
  white: '#f2f2f2',
  black: '#141416',
};
const INK: Readonly<Record<RenderedPlate['colour'], string>> = {
  blue: '#fff',
  green: '#111',
  yellow: '#111',
  white: '#111',
  black: '#fff',
};
/** 440×140 mm in one row, 440×220 mm in two; a third of it in pixels. */
const WIDTH_PX = 147;
const HEIGHTS_PX = { one: 47, two: 74 } as const;
const BLUR = 0.5;

/** Whether this machine has the font that plates are drawn with. */
export function hasPlateFont(): boolean {
  const { stdout } = spawnSync('fc-match', ['-f', '%{family}', FONT], { encoding: 'utf8' });
  return typeof stdout === 'string' && stdout.includes(FONT);
}

function row(text: string, fill: string, box: { x: number; y: number; width: number; height: number }): string {
  // Capitals of this font are 0.73 em high, digits and letters about 0.62 em wide, Chinese characters 1 em.
  const size = box.height / 0.78;
  const natural = Array.from(text).reduce((sum, character) => sum + (character > '\u2e80' ? 1 : 0.62), 0) * size;
  const stretch = box.width / natural;
  return `<text transform="translate(${box.x} ${box.y + box.height * 0.96}) scale(${stretch} 1)" font-family="${FONT}" font-weight="bold" font-size="${size}" fill="${fill}">${text}</text>`;
}

/** Draws a plate as seen straight on, a little soft. */
export async function renderPlate({ rows: [first, second], colour }: RenderedPlate): Promise<Picture> {
  const heightPx = second === undefined ? HEIGHTS_PX.one : HEIGHTS_PX.two;
  const ink = INK[colour];
  const texts =
    second === undefined
      ? row(first, ink, { x: 8, y: 9, width: WIDTH_PX - 16, height: 29 })
      : row(first, ink, { x: 45, y: 5, width: WIDTH_PX - 90, height: 20 }) +
        row(second, ink, { x: 9, y: 31, width: WIDTH_PX - 18, height: 36 });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH_PX}" height="${heightPx}"><rect width="100%" height="100%" fill="${GROUND[colour]}"/><rect x="2" y="2" width="${WIDTH_PX - 4}" height="${heightPx - 4}" rx="3" fill="none" stroke="${ink}"/>${texts}</svg>`;
  return decodePicture(await sharp(Buffer.from(svg)).blur(BLUR).png().toBuffer());
}
