import sharp from 'sharp';
import type { VehicleColour, VehicleSighting } from '#analyzers/analysis-event.ts';

type VehicleType = VehicleSighting['vehicleType'];

const WIDTH_PX = 640;
const HEIGHT_PX = 360;
const PAINT: Readonly<Record<VehicleColour, string>> = {
  white: '#f2f2f0',
  silver: '#b9bec4',
  grey: '#777c82',
  black: '#1d1f22',
  red: '#a9232a',
  orange: '#d9731a',
  yellow: '#e3b924',
  green: '#2f7d4b',
  blue: '#27519b',
  brown: '#6b4a2f',
  unknown: '#4a4d50',
};
/** Width and height in pixels of the drawing. */
const SHAPE: Readonly<Record<VehicleType, readonly [number, number]>> = {
  car: [220, 110],
  van: [230, 150],
  bus: [380, 180],
  truck: [340, 170],
  motorcycle: [110, 90],
};

/** One drawing for each type and colour: simulated sightings have no picture of their own. */
export function vehiclePictureKey(type: VehicleType, colour: VehicleColour): string {
  return `evidence/simulated/${type}-${colour}.jpg`;
}

/** Where the vehicle is in its drawing. */
export function vehiclePictureBox(type: VehicleType): VehicleSighting['box'] {
  const [width, height] = SHAPE[type];
  return {
    x: (WIDTH_PX - width) / 2 / WIDTH_PX,
    y: (300 - height) / HEIGHT_PX,
    width: width / WIDTH_PX,
    height: height / HEIGHT_PX,
  };
}

/** All drawings, each plainly marked as one. */
export async function* vehiclePictures(): AsyncGenerator<{ readonly key: string; readonly jpeg: Uint8Array }> {
  for (const type of Object.keys(SHAPE) as VehicleType[])
    for (const colour of Object.keys(PAINT) as VehicleColour[])
      yield {
        key: vehiclePictureKey(type, colour),
        jpeg: await sharp(Buffer.from(drawing(type, colour)))
          .jpeg({ quality: 85 })
          .toBuffer(),
      };
}

function drawing(type: VehicleType, colour: VehicleColour): string {
  const [width, height] = SHAPE[type];
  const [left, top] = [(WIDTH_PX - width) / 2, 300 - height];
  const paint = PAINT[colour];
  const isLow = type === 'car' || type === 'motorcycle';
  const wheel = type === 'motorcycle' ? 18 : 24;
  const cabin = isLow
    ? `<path d="M${left + width * 0.2} ${top + height * 0.5} L${left + width * 0.32} ${top} H${left + width * 0.7} L${left + width * 0.84} ${top + height * 0.5} Z" fill="#2b3640" stroke="${paint}" stroke-width="8"/>`
    : `<rect x="${left + 12}" y="${top + 14}" width="${width - 24}" height="${height * 0.35}" rx="6" fill="#2b3640"/>`;
  const body = isLow
    ? `<rect x="${left}" y="${top + height * 0.45}" width="${width}" height="${height * 0.45}" rx="16" fill="${paint}"/>`
    : `<rect x="${left}" y="${top}" width="${width}" height="${height * 0.9}" rx="10" fill="${paint}"/>`;
  const wheels = [0.2, 0.8]
    .map(
      (at) =>
        `<circle cx="${left + width * at}" cy="${300 - wheel * 0.7}" r="${wheel}" fill="#111" stroke="#888" stroke-width="5"/>`,
    )
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH_PX}" height="${HEIGHT_PX}">
    <rect width="100%" height="100%" fill="#9aa3a8"/><rect y="250" width="100%" height="110" fill="#5b5f63"/>
    ${isLow ? cabin + body : body + cabin}${wheels}
    <text x="16" y="34" font-family="sans-serif" font-size="22" fill="#222">模拟 SIMULATED</text></svg>`;
}
