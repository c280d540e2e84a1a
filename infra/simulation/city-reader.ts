import type { PlateEvidence, VehicleColour, VehicleSighting } from '#analyzers/analysis-event.ts';
import type { CityCamera } from './city-cameras.ts';
import type { TruePass } from './city-trips.ts';
import type { CityVehicle } from './city-vehicles.ts';
import { vehiclePictureBox, vehiclePictureKey } from './vehicle-picture.ts';
import { Random } from './random.ts';

/** How often plates are misread is set after what was measured with the reader on real crops (docs/benchmarks.md), somewhat worse at night. */
const UNREAD_RATE = { day: 0.05, night: 0.09 } as const;
const MISREAD_RATE = { checkpoint: 0.015, other: 0.035, atNight: 1.8 } as const;
const WRONG_TYPE_RATE = 0.03;
const WRONG_COLOUR_RATE = 0.07;
const COLOURLESS_NIGHT_RATE = 0.25;
const LOCAL_OFFSET_MS = 8 * 3_600_000;
/** What a character is taken for: those that look alike. Provinces too. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  '0': 'DQ8',
  '1': '7TJ',
  '2': 'Z7',
  '3': '89',
  '4': 'A',
  '5': 'S6',
  '6': '85G',
  '7': '1T2',
  '8': 'B03',
  '9': '83',
  A: '4R',
  B: '8E',
  C: 'G0',
  D: '0Q',
  E: 'FB',
  F: 'EP',
  G: 'C6',
  H: 'MN',
  J: '1U',
  K: 'XR',
  L: '1E',
  M: 'NW',
  N: 'MH',
  P: 'FR',
  Q: '0D',
  R: 'KP',
  S: '58',
  T: '71',
  U: 'JV',
  V: 'UY',
  W: 'VM',
  X: 'KY',
  Y: 'VX',
  Z: '27',
  皖: '赣晋',
  苏: '鲁京',
  浙: '湘渝',
  沪: '浙渝',
  豫: '鄂粤',
  鲁: '鄂晋',
  鄂: '鲁豫',
  湘: '浙赣',
  赣: '皖湘',
  京: '晋琼',
  粤: '豫甘',
  川: '吉渝',
  冀: '赣鄂',
};
const SIMILAR_COLOURS: Readonly<Partial<Record<VehicleColour, readonly VehicleColour[]>>> = {
  white: ['silver', 'grey'],
  silver: ['white', 'grey'],
  grey: ['silver', 'black'],
  black: ['grey', 'blue'],
  red: ['brown', 'orange'],
  blue: ['black', 'grey'],
  brown: ['red', 'grey'],
  yellow: ['orange', 'white'],
  green: ['grey', 'blue'],
  orange: ['red', 'yellow'],
};
const TAKEN_FOR: Readonly<Partial<Record<VehicleSighting['vehicleType'], VehicleSighting['vehicleType']>>> = {
  car: 'van',
  van: 'car',
  bus: 'truck',
  truck: 'bus',
};

/** What the analysis would have made of a pass: right mostly, and wrong in the ways in which readers are. */
export function readPass(
  seed: number,
  vehicle: CityVehicle,
  pass: TruePass,
  camera: CityCamera,
  number: number,
): VehicleSighting {
  const random = new Random(seed, 5, vehicle.index, Math.floor(pass.timeMs / 1000), number);
  const localHour = Math.floor(((pass.timeMs + LOCAL_OFFSET_MS) / 3_600_000) % 24);
  const isNight = localHour < 6 || localHour >= 19;
  const type = random.next() < WRONG_TYPE_RATE ? (TAKEN_FOR[vehicle.type] ?? vehicle.type) : vehicle.type;
  const colour = colourOf(vehicle.colour, isNight, random);
  const lasts = 800 + random.below(2500);
  const plate =
    random.next() < UNREAD_RATE[isNight ? 'night' : 'day'] ? undefined : readPlate(vehicle, camera, isNight, random);
  return {
    kind: 'vehicle.sighting',
    schemaVersion: 1,
    eventId: uuidOf(pass.timeMs, random),
    timeMs: pass.timeMs,
    cameraId: camera.id,
    trackId: `t${random.word().toString(36)}${random.word().toString(36)}`,
    firstSeenMs: pass.timeMs - lasts,
    lastSeenMs: pass.timeMs + lasts,
    vehicleType: type,
    vehicleColour: { name: colour, confidence: rounded(colour === 'unknown' ? 0.3 : 0.6 + 0.39 * random.next()) },
    direction: pass.direction,
    score: rounded(0.5 + 0.45 * random.next()),
    box: vehiclePictureBox(type),
    ...(plate ? { plate } : {}),
    pictureKey: vehiclePictureKey(type, colour),
  };
}

function colourOf(colour: VehicleColour, isNight: boolean, random: Random): VehicleColour {
  if (isNight && random.next() < COLOURLESS_NIGHT_RATE) return 'unknown';
  const similar = SIMILAR_COLOURS[colour];
  return similar && random.next() < WRONG_COLOUR_RATE * (isNight ? 2 : 1) ? random.pick(similar) : colour;
}

function readPlate(vehicle: CityVehicle, camera: CityCamera, isNight: boolean, random: Random): PlateEvidence {
  const rate = MISREAD_RATE[camera.isCheckpoint ? 'checkpoint' : 'other'] * (isNight ? MISREAD_RATE.atNight : 1);
  const isMisread = random.next() < rate;
  const text = isMisread ? misread(vehicle.plate, random) : vehicle.plate;
  const confidence = rounded(
    isMisread ? 0.45 + 0.48 * random.next() : Math.max(0.6, 1 + 0.035 * Math.log(1 - random.next())),
  );
  const framesRead = 1 + random.below(4);
  const alternatives: { text: string; confidence: number }[] = [];
  // A misreading has the truth among its alternatives more often than not.
  if (isMisread && random.next() < 0.65)
    alternatives.push({ text: vehicle.plate, confidence: rounded((1 - confidence) * (0.3 + 0.6 * random.next())) });
  if (random.next() < (isMisread ? 0.6 : 0.3)) {
    const other = misread(vehicle.plate, random);
    if (other !== text && other !== vehicle.plate)
      alternatives.push({ text: other, confidence: rounded((1 - confidence) * 0.25 * random.next()) });
  }
  const characters = Array.from(text);
  const weakest = random.below(characters.length);
  return {
    text,
    confidence,
    colour: random.next() < 0.015 ? 'unknown' : vehicle.plateColour,
    alternatives,
    characterConfidences: characters.map((_, index) =>
      index === weakest ? confidence : rounded(confidence + (1 - confidence) * (0.6 + 0.4 * random.next())),
    ),
    framesRead,
    framesAgreeing: isMisread ? 1 + random.below(framesRead) : framesRead,
  };
}

function misread(plate: string, random: Random): string {
  const characters = Array.from(plate);
  const places = random.next() < 0.86 ? 1 : 2;
  for (let i = 0; i < places; i++) {
    const at = random.below(characters.length);
    const similar = LOOKS_LIKE[characters[at] ?? ''];
    if (similar) characters[at] = random.pick(Array.from(similar));
  }
  // Now and then a narrow character at the end is lost.
  if (random.next() < 0.03 && characters.length > 6) characters.pop();
  return characters.join('');
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A UUIDv7 whose random part comes from the seed. */
function uuidOf(timeMs: number, random: Random): string {
  const hex = (word: number, shift: number): string => HEX[(word >>> shift) & 255] ?? '';
  const [a, b, c] = [random.word(), random.word(), random.word()];
  const time = timeMs.toString(16).padStart(12, '0');
  const version = `7${((a >>> 20) & 0xfff).toString(16).padStart(3, '0')}`;
  const variant = HEX[0x80 | ((a >>> 8) & 0x3f)] ?? '';
  const tail = hex(a, 0) + hex(b, 24) + hex(b, 16) + hex(b, 8) + hex(b, 0) + hex(c, 24) + hex(c, 16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`;
}
