import { spawnSync } from 'node:child_process';
import type { VideoCodec } from '../media.ts';
import { isIrap, nalTypeOf } from '../rtp/h265-nal.ts';

export interface ClipOptions {
  /** @default h264 */
  readonly codec?: VideoCodec;
  readonly frames: number;
  readonly fps?: number;
  readonly gop?: number;
  readonly bFrames?: number;
  readonly slices?: number;
  /** H.265 with CRA instead of IDR pictures, and pictures that lean over them. */
  readonly openGop?: boolean;
  /** e.g. `160x96` */
  readonly size?: string;
  /** Further parameters of the encoder, `name=value`. */
  readonly parameters?: readonly string[];
}

/** One picture of a test clip: its NAL units in decoding order, parameter sets included. */
export interface ClipPicture {
  readonly nals: readonly Buffer[];
  readonly isKeyFrame: boolean;
  /** Its place in the order of showing, from 0. */
  readonly shown: number;
}

/** A small clip made by the system's ffmpeg with x264 or x265; the same options give the same clip. */
export function encodeClip(options: ClipOptions): readonly ClipPicture[] {
  const { codec = 'h264', frames, fps = 25, gop = 10, bFrames = 0, slices = 1, openGop = false } = options;
  const parameters = [
    ...`keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=${bFrames}:b-adapt=0:slices=${slices}:aud=1`.split(':'),
    ...(codec === 'h265' ? ['log-level=none', 'repeat-headers=1', `open-gop=${openGop ? 1 : 0}`, 'pools=1'] : []),
    ...(options.parameters ?? []),
  ].join(':');
  const encoder = codec === 'h264' ? 'libx264 -preset veryfast -x264-params' : 'libx265 -preset ultrafast -x265-params';
  const encoded = ffmpeg('ffmpeg', [
    ...`-v error -f lavfi -i testsrc2=size=${options.size ?? '160x96'}:rate=${fps} -frames:v ${frames}`.split(' '),
    ...`-threads 1 -pix_fmt yuv420p -c:v ${encoder} ${parameters} -f matroska -`.split(' '),
  ]);
  const raw = codec === 'h264' ? 'h264' : 'hevc';
  const annexB = ffmpeg('ffmpeg', `-v error -i - -c copy -f ${raw} -`.split(' '), encoded);
  const order = bFrames > 0 ? showOrder(encoded) : [...Array(frames).keys()];
  const pictures: { nals: Buffer[]; isKeyFrame: boolean; shown: number }[] = [];
  for (const nal of splitAnnexB(annexB)) {
    const type = codec === 'h264' ? nal.readUInt8(0) & 0x1f : nalTypeOf(nal);
    // Every access unit begins with a delimiter (aud=1).
    const isDelimiter = type === (codec === 'h264' ? 9 : 35);
    if (isDelimiter) pictures.push({ nals: [], isKeyFrame: false, shown: order[pictures.length] ?? 0 });
    const picture = pictures.at(-1);
    if (!picture) continue;
    if (codec === 'h264' ? type === 5 : isIrap(type)) picture.isKeyFrame = true;
    if (!isDelimiter) picture.nals.push(nal);
  }
  return pictures;
}

function ffmpeg(program: 'ffmpeg' | 'ffprobe', args: readonly string[], input?: Buffer): Buffer {
  const result = spawnSync(program, args, { maxBuffer: 64 * 1024 * 1024, ...(input ? { input } : {}) });
  if (result.status !== 0) throw new Error(`${program}: ${result.stderr?.toString() ?? result.error?.message}`);
  return result.stdout;
}

/** The place of each picture, in decoding order, among all as they are shown. */
function showOrder(matroska: Buffer): readonly number[] {
  const probed = ffmpeg('ffprobe', '-v error -show_entries packet=pts -of csv=p=0 -i -'.split(' '), matroska);
  const times = probed.toString().split('\n').filter(Boolean).map(Number.parseFloat);
  const sorted = times.toSorted((a, b) => a - b);
  return times.map((time) => sorted.indexOf(time));
}

/** NAL units between start codes. */
export function splitAnnexB(bytes: Buffer): readonly Buffer[] {
  const nals: Buffer[] = [];
  const code = Buffer.from([0, 0, 1]);
  let start = bytes.indexOf(code);
  while (start >= 0) {
    const next = bytes.indexOf(code, start + 3);
    let end = next < 0 ? bytes.length : next;
    while (end > start + 3 && bytes[end - 1] === 0) end--;
    nals.push(bytes.subarray(start + 3, end));
    start = next;
  }
  return nals;
}
