import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ingestErrors } from '../errors.ts';
import type { VideoFormat } from '../media.ts';
import { parseH264Sps } from '../rtp/h264-sps.ts';
import { convertClip } from './clip-converter.ts';
import { type Mp4Track, readMp4 } from './mp4-demuxer.ts';

/** One encoded picture of a clip. */
export interface ClipPicture {
  /** Without start codes, parameter sets and access unit delimiters. */
  readonly nalUnits: readonly Buffer[];
  readonly isKeyFrame: boolean;
  /** From the start of the clip. */
  readonly pts90k: number;
}

/** A film that a simulated camera plays round and round; the first picture is a key frame. */
export interface Clip {
  readonly format: VideoFormat;
  readonly pictures: readonly ClipPicture[];
  readonly duration90k: number;
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
const LEFT_OUT = new Set([7, 8, 9, 10, 11, 12]);

/**
 * Loads a file as a clip. An MP4 with H.264 and no B-pictures is taken as it is; anything else that ffmpeg reads is
 * converted once and kept in the cache folder.
 *
 * @throws {AppError} `CLIP_INVALID`, `DECODER_UNAVAILABLE` (a conversion is needed and there is no ffmpeg)
 */
export async function loadClip(file: string, options: ClipOptions): Promise<Clip> {
  const direct = readMp4(await readClipFile(file));
  if (!('unusable' in direct)) return toClip(direct, file);
  const target = join(options.cacheFolder, `${await hashFile(file)}.mp4`);
  if (!(await exists(target))) {
    await mkdir(options.cacheFolder, { recursive: true });
    // Written under another name first: a conversion cut short must never be taken for a clip.
    const unfinished = `${target}.${process.pid}.part`;
    try {
      await convertClip(options.ffmpegPath, file, unfinished);
      await rename(unfinished, target);
    } finally {
      await rm(unfinished, { force: true });
    }
  }
  const converted = readMp4(await readClipFile(target));
  if ('unusable' in converted) throw ingestErrors.CLIP_INVALID({ file: basename(file), detail: converted.unusable });
  return toClip(converted, file);
}

function toClip(track: Mp4Track, file: string): Clip {
  const sps = parseH264Sps(track.sps);
  const format: VideoFormat = {
    codec: 'h264',
    widthPx: sps.widthPx,
    heightPx: sps.heightPx,
    sps: track.sps,
    pps: track.pps,
    codecString: sps.codecString,
  };
  const pictures: ClipPicture[] = [];
  let time = 0;
  for (const sample of track.samples) {
    const nalUnits = sample.nalUnits.filter((nal) => nal.length > 0 && !LEFT_OUT.has((nal[0] ?? 0) & 0x1f));
    const isKeyFrame = nalUnits.some((nal) => ((nal[0] ?? 0) & 0x1f) === NAL_TYPE_IDR);
    if (nalUnits.length > 0 && (isKeyFrame || pictures.length > 0)) {
      pictures.push({ nalUnits, isKeyFrame, pts90k: Math.round((time * 90_000) / track.timescale) });
    }
    // What comes before the first key frame cannot be shown: the clip begins behind it.
    if (pictures.length > 0) time += sample.duration;
  }
  const duration90k = Math.round((time * 90_000) / track.timescale);
  if (pictures.length === 0 || duration90k <= (pictures.at(-1)?.pts90k ?? 0)) {
    throw ingestErrors.CLIP_INVALID({ file: basename(file), detail: 'no pictures' });
  }
  return { format, pictures, duration90k };
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

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
