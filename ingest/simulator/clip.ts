import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isThere } from '#infra/runtime/is-there.ts';
import { ingestErrors } from '../errors.ts';
import type { AudioFormat, VideoFormat } from '../media.ts';
import { parseH264Sps } from '../rtp/h264-sps.ts';
import { isIrap, nalTypeOf } from '../rtp/h265-nal.ts';
import { parseH265Sps } from '../rtp/h265-sps.ts';
import { convertClip } from './clip-converter.ts';
import { type Mp4Track, readMp4, type UnusableMp4 } from './mp4-demuxer.ts';
import type { Mp4Sound } from './mp4-sound.ts';

/** One encoded picture of a clip. */
export interface ClipPicture {
  /** Without start codes, parameter sets and access unit delimiters. */
  readonly nalUnits: readonly Buffer[];
  readonly isKeyFrame: boolean;
  /** From the start of the clip. */
  readonly pts90k: number;
}

/** The sound of a clip: AAC access units, or 20 ms of G.711 each. */
export interface ClipSound {
  readonly format: AudioFormat;
  readonly frames: readonly { readonly bytes: Buffer /** From the start of the clip. */; readonly pts90k: number }[];
}

/** A film that a simulated camera plays round and round; the first picture is a key frame. */
export interface Clip {
  readonly format: VideoFormat;
  readonly pictures: readonly ClipPicture[];
  readonly duration90k: number;
  readonly sound?: ClipSound | undefined;
}

export interface ClipOptions {
  readonly ffmpegPath: string;
  /** Where converted files are kept, named by the hash of what they were made from. */
  readonly cacheFolder: string;
}

/** A clip is held in memory as a whole. */
const MAX_FILE_SIZE_BYTES = 1024 ** 3;
const NAL_TYPE_IDR = 5;
/** Parameter sets, access unit delimiter, end of sequence, end of stream, filler. */
const LEFT_OUT = { h264: new Set([7, 8, 9, 10, 11, 12]), h265: new Set([32, 33, 34, 35, 36, 37, 38]) } as const;

/**
 * Loads a file as a clip, with its sound when that is AAC or G.711. An MP4 or QuickTime file with H.264 or H.265 and no B-pictures is taken
 * as it is; anything else that ffmpeg reads is converted once and kept in the cache folder: only its container where that is enough.
 *
 * @throws {AppError} `CLIP_INVALID`, `DECODER_UNAVAILABLE` (a conversion is needed and there is no ffmpeg)
 */
export async function loadClip(file: string, options: ClipOptions): Promise<Clip> {
  const direct = readMp4(await readClipFile(file));
  if (!('unusable' in direct)) return toClip(direct, file);
  // Told apart from what an older version converted.
  const target = join(options.cacheFolder, `${await hashFile(file)}-2.mp4`);
  if (!(await isThere(target))) {
    await mkdir(options.cacheFolder, { recursive: true });
    // Written under another name first: a conversion cut short must never be taken for a clip.
    const unfinished = `${target}.${process.pid}.part`;
    try {
      await convert(file, unfinished, { options, first: direct });
      await rename(unfinished, target);
    } finally {
      await rm(unfinished, { force: true });
    }
  }
  const converted = readMp4(await readClipFile(target));
  if ('unusable' in converted) throw ingestErrors.CLIP_INVALID({ file: basename(file), detail: converted.unusable });
  return toClip(converted, file);
}

async function convert(
  file: string,
  target: string,
  { options: { ffmpegPath }, first }: { readonly options: ClipOptions; readonly first: UnusableMp4 },
): Promise<void> {
  let { codec } = first;
  // B-pictures stay where they are when only the container changes.
  if (first.unusable !== 'B-pictures' && (await convertClip(ffmpegPath, file, { target, how: 'copy' }))) {
    const copied = readMp4(await readClipFile(target));
    if (!('unusable' in copied)) return;
    codec ??= copied.codec;
  }
  await convertClip(ffmpegPath, file, { target, how: codec ?? 'h264' });
}

function toClip(track: Mp4Track, file: string): Clip {
  const { codec } = track;
  const typeOf = (nal: Buffer): number => (codec === 'h264' ? (nal[0] ?? 0) & 0x1f : nalTypeOf(nal));
  const isKey = codec === 'h264' ? (type: number) => type === NAL_TYPE_IDR : isIrap;
  const pictures: ClipPicture[] = [];
  let time = 0;
  let skipped = 0;
  for (const sample of track.samples) {
    const nalUnits = sample.nalUnits.filter((nal) => nal.length > 0 && !LEFT_OUT[codec].has(typeOf(nal)));
    const isKeyFrame = nalUnits.some((nal) => isKey(typeOf(nal)));
    if (nalUnits.length > 0 && (isKeyFrame || pictures.length > 0)) {
      pictures.push({ nalUnits, isKeyFrame, pts90k: Math.round((time * 90_000) / track.timescale) });
    }
    // What comes before the first key frame cannot be shown: the clip begins behind it.
    if (pictures.length > 0) time += sample.duration;
    else skipped += sample.duration;
  }
  const duration90k = Math.round((time * 90_000) / track.timescale);
  if (pictures.length === 0 || duration90k <= (pictures.at(-1)?.pts90k ?? 0)) {
    throw ingestErrors.CLIP_INVALID({ file: basename(file), detail: 'no pictures' });
  }
  const sound = track.sound && toSound(track.sound, { skippedS: skipped / track.timescale, duration90k });
  return { format: formatOf(track), pictures, duration90k, sound };
}

function formatOf({ codec, vps, sps, pps }: Mp4Track): VideoFormat {
  const { widthPx, heightPx, codecString } = codec === 'h264' ? parseH264Sps(sps) : parseH265Sps(sps);
  return { codec, widthPx, heightPx, ...(vps ? { vps } : {}), sps, pps, codecString };
}

/** Sound longer than the pictures would run into the next round: its end is left out. */
function toSound(
  { format, frames }: Mp4Sound,
  { skippedS, duration90k }: { readonly skippedS: number; readonly duration90k: number },
): ClipSound | undefined {
  const kept: ClipSound['frames'][number][] = [];
  let samples = -skippedS * format.sampleRateHz;
  for (const frame of frames) {
    const pts90k = Math.round((samples * 90_000) / format.sampleRateHz);
    samples += frame.samples;
    if (pts90k >= 0 && (samples * 90_000) / format.sampleRateHz <= duration90k)
      kept.push({ bytes: frame.bytes, pts90k });
  }
  return kept.length > 0 ? { format, frames: kept } : undefined;
}

async function readClipFile(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_SIZE_BYTES) {
      throw ingestErrors.CLIP_INVALID({ file: basename(file), detail: 'larger than 1 GB' });
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && 'code' in error) {
      throw ingestErrors.CLIP_INVALID({ file: basename(file), detail: String(error.code) }, error);
    }
    throw error;
  }
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
