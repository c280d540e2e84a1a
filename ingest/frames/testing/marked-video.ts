import { spawnSync } from 'node:child_process';
import type { AccessUnit, VideoCodec, VideoFormat } from '../../media.ts';
import { parseH264Sps } from '../../rtp/h264-sps.ts';
import { isIrap, nalTypeOf } from '../../rtp/h265-nal.ts';
import { parseH265Sps } from '../../rtp/h265-sps.ts';

/** Test pictures that say which they are: 32 cells over the width, a 20-bit number and its 12-bit check value. */
const NUMBER_BITS = 20;
const CELLS = 32;

function checkValue(number: number): number {
  let hash = Math.imul(number ^ 0x5bd1e, 0x9e3779b1) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
  return (hash ^ (hash >>> 13)) & 0xfff;
}

function cellsOf(number: number): boolean[] {
  const bits = number.toString(2).padStart(NUMBER_BITS, '0') + checkValue(number).toString(2).padStart(12, '0');
  return bits.split('').map((bit) => bit === '1');
}

/** @returns the number in an RGB picture; undefined when no sound mark is in it */
export function readMark(rgb: Uint8Array, widthPx: number, heightPx: number): number | undefined {
  const row = heightPx >> 1;
  let bits = '';
  for (let cell = 0; cell < CELLS; cell++) {
    const column = Math.floor(((cell + 0.5) * widthPx) / CELLS);
    let sum = 0;
    for (const dy of [-6, -3, 0, 3, 6]) sum += rgb[((row + dy) * widthPx + column) * 3 + 1] ?? 0;
    bits += sum / 5 > 127 ? '1' : '0';
  }
  const number = Number.parseInt(bits.slice(0, NUMBER_BITS), 2);
  return Number.parseInt(bits.slice(NUMBER_BITS), 2) === checkValue(number) ? number : undefined;
}

export interface MarkedVideoOptions {
  /** @default h264 */
  readonly codec?: VideoCodec;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly frames: number;
  readonly firstNumber: number;
  readonly gop: number;
  readonly encoderArguments?: readonly string[];
}

/** Encodes marked pictures, 10 a second; `units[i]` shows number `firstNumber + i` (without B-pictures). */
export function encodeMarkedVideo(options: MarkedVideoOptions): AccessUnit[] {
  const isH265 = options.codec === 'h265';
  const output = isH265 ? '-f hevc -' : '-bsf:v h264_metadata=aud=insert -f h264 -';
  return toUnits(options.codec ?? 'h264', encode(options, output.split(' ')));
}

/** The same as a file; the kind follows from the name's ending. */
export function writeMarkedVideo(file: string, options: MarkedVideoOptions): void {
  encode(options, ['-y', file]);
}

function encode(options: MarkedVideoOptions, outputArguments: readonly string[]): Buffer {
  const { widthPx, heightPx, frames, firstNumber } = options;
  const size = `${widthPx}x${heightPx}`;
  const raw = Buffer.concat(
    Array.from({ length: frames }, (_, i) => drawMarked(widthPx, heightPx, firstNumber + i, i)),
  );
  const { stdout, status } = spawnSync(
    'ffmpeg',
    [
      ...`-v error -f rawvideo -pix_fmt yuv420p -s ${size} -r 10 -i -`.split(' '),
      ...(options.codec === 'h265' ? x265Arguments(options) : x264Arguments(options)),
      ...outputArguments,
    ],
    { input: raw, maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error('ffmpeg cannot encode the test video');
  return stdout;
}

function x264Arguments({ gop, encoderArguments }: MarkedVideoOptions): readonly string[] {
  const common = `-c:v libx264 -preset veryfast -crf 23 -g ${gop} -sc_threshold 0`.split(' ');
  return [...common, ...(encoderArguments ?? ['-profile:v', 'baseline'])];
}

/** `encoderArguments` are x265 parameters here, `name=value`. */
function x265Arguments({ gop, encoderArguments = ['bframes=0', 'open-gop=0'] }: MarkedVideoOptions): readonly string[] {
  const common = `keyint=${gop}:min-keyint=${gop}:scenecut=0:aud=1:repeat-headers=1:log-level=none:pools=1`;
  const parameters = [common, ...encoderArguments].join(':');
  return `-c:v libx265 -preset ultrafast -crf 23 -x265-params ${parameters}`.split(' ');
}

function drawMarked(widthPx: number, heightPx: number, number: number, step: number): Buffer {
  const picture = Buffer.alloc((widthPx * heightPx * 3) / 2, 128);
  // Something that moves and has detail, so that a corrupt byte does harm.
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) picture[y * widthPx + x] = 60 + ((((x + step * 3) * 7) ^ (y * 5)) % 120);
  }
  const row = Buffer.alloc(widthPx);
  for (const [cell, isSet] of cellsOf(number).entries()) {
    row.fill(isSet ? 225 : 30, Math.floor((cell * widthPx) / CELLS), Math.floor(((cell + 1) * widthPx) / CELLS));
  }
  const half = 16;
  for (let y = (heightPx >> 1) - half; y < (heightPx >> 1) + half; y++) row.copy(picture, y * widthPx);
  return picture;
}

function toUnits(codec: VideoCodec, annexB: Buffer): AccessUnit[] {
  const types = codec === 'h264' ? { aud: 9, vps: -1, sps: 7, pps: 8 } : { aud: 35, vps: 32, sps: 33, pps: 34 };
  const units: Buffer[][] = [];
  const sets = new Map<number, Buffer>();
  for (const nal of splitAnnexB(annexB)) {
    const type = typeOf(codec, nal);
    if (type === types.aud) units.push([]);
    else if (type === types.vps || type === types.sps || type === types.pps) sets.set(type, nal);
    else units.at(-1)?.push(nal);
  }
  const [vps, sps, pps] = [sets.get(types.vps), sets.get(types.sps), sets.get(types.pps)];
  if (!sps || !pps) throw new Error('the encoder wrote no parameter sets');
  const { widthPx, heightPx, codecString } = codec === 'h264' ? parseH264Sps(sps) : parseH265Sps(sps);
  const format: VideoFormat = { codec, widthPx, heightPx, ...(vps ? { vps } : {}), sps, pps, codecString };
  return units.map((nalUnits, i) => toUnit(format, nalUnits, i));
}

function typeOf(codec: VideoCodec, nal: Buffer): number {
  return codec === 'h264' ? (nal[0] ?? 0) & 0x1f : nalTypeOf(nal);
}

function toUnit(format: VideoFormat, nalUnits: readonly Buffer[], index: number): AccessUnit {
  const isKeySlice = (type: number): boolean => (format.codec === 'h264' ? type === 5 : isIrap(type));
  return {
    format,
    pts90k: index * 9000,
    wallMs: 1_700_000_000_000 + index * 100,
    arrivedMs: index * 100,
    isKeyFrame: nalUnits.some((nal) => isKeySlice(typeOf(format.codec, nal))),
    nalUnits,
    sizeBytes: nalUnits.reduce((sum, nal) => sum + nal.length, 0),
    damaged: false,
  };
}

function splitAnnexB(bytes: Buffer): Buffer[] {
  const nalUnits: Buffer[] = [];
  let start = -1;
  for (let i = bytes.indexOf(1); i >= 0; i = bytes.indexOf(1, i + 1)) {
    if (i < 2 || bytes[i - 1] !== 0 || bytes[i - 2] !== 0) continue;
    if (start >= 0) nalUnits.push(trimZeros(bytes.subarray(start, i - 2)));
    start = i + 1;
  }
  if (start >= 0) nalUnits.push(trimZeros(bytes.subarray(start)));
  return nalUnits;
}

function trimZeros(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** The unit with bytes changed or cut, as a bad network that hides its losses would do. */
export function corrupted(unit: AccessUnit, random: () => number): AccessUnit {
  const kind = Math.floor(random() * 3);
  const nalUnits = unit.nalUnits.map((nal) => {
    if (kind === 0) return Buffer.from(nal.subarray(0, Math.max(6, Math.floor(nal.length * (0.2 + random() * 0.7)))));
    const copy = Buffer.from(nal);
    if (kind === 1) copy.fill(0, Math.floor(copy.length * 0.3), Math.floor(copy.length * 0.6));
    for (let i = 0; i < 12; i++) {
      const at = 6 + Math.floor(random() * Math.max(0, copy.length - 6));
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 + Math.floor(random() * 255));
    }
    return copy;
  });
  return { ...unit, nalUnits };
}

/** Small and repeatable. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
