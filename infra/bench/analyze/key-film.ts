import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { AccessUnit, VideoFormat } from '#ingest/media.ts';
import { loadClip } from '#ingest/simulator/clip.ts';

const run = promisify(execFile);
const START_CODE = Buffer.from([0, 0, 0, 1]);

/** The key frames of a clip, as a camera that sends one every so often gives them. */
export interface KeyFilm {
  readonly name: string;
  readonly format: VideoFormat;
  readonly intervalMs: number;
  readonly keyFrames: readonly Pick<AccessUnit, 'nalUnits' | 'sizeBytes'>[];
}

/**
 * Encodes a clip anew with a key frame every `intervalMs`, once for each clip and way, and reads its key frames.
 * @param widthPx of the film; undefined: as the clip is
 * @throws {AppError} `CLIP_INVALID`; {Error} when ffmpeg cannot make it
 */
export async function loadKeyFilm(options: {
  readonly clip: string;
  readonly intervalMs: number;
  readonly widthPx: number | undefined;
  readonly folder: string;
}): Promise<KeyFilm> {
  const { clip, intervalMs, widthPx, folder } = options;
  const { size, mtimeMs } = await stat(clip);
  const key = createHash('sha256')
    .update(JSON.stringify([path.resolve(clip), size, mtimeMs, intervalMs, widthPx]))
    .digest('hex')
    .slice(0, 16);
  const target = path.join(folder, `keys-${key}.mp4`);
  if (!(await stat(target).catch(() => undefined))) {
    await mkdir(folder, { recursive: true });
    const unfinished = `${target}.${process.pid}.part`;
    const scale = widthPx === undefined ? 'trunc(iw/2)*2:trunc(ih/2)*2' : `${widthPx}:-2`;
    const times = `expr:gte(t,n_forced*${intervalMs / 1000})`;
    const input = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', '-i', clip, '-map', '0:v:0', '-an'];
    const picture = ['-vf', `scale=${scale}`, '-pix_fmt', 'yuv420p'];
    const coding = '-c:v libx264 -preset veryfast -crf 24 -profile:v main -bf 0 -g 9999 -sc_threshold 0'.split(' ');
    try {
      await run('ffmpeg', [...input, ...picture, ...coding, '-force_key_frames', times, '-f', 'mp4', unfinished]);
      await rename(unfinished, target);
    } finally {
      await rm(unfinished, { force: true });
    }
  }
  const { format, pictures } = await loadClip(target, { ffmpegPath: 'ffmpeg', cacheFolder: folder });
  const keyFrames = pictures
    .filter(({ isKeyFrame }) => isKeyFrame)
    .map(({ nalUnits }) => ({ nalUnits, sizeBytes: nalUnits.reduce((sum, nal) => sum + nal.length, 0) }));
  return { name: path.basename(clip), format, intervalMs, keyFrames };
}

/** One of a film's key frames as it would arrive. @param place counts on past the film's end, which begins anew */
export function keyFrameAt(film: KeyFilm, place: number, wallMs: number): AccessUnit {
  const { keyFrames, format, intervalMs } = film;
  const { nalUnits = [], sizeBytes = 0 } = keyFrames[place % keyFrames.length] ?? {};
  const pts90k = place * intervalMs * 90;
  return {
    format,
    pts90k,
    wallMs,
    arrivedMs: performance.now(),
    isKeyFrame: true,
    nalUnits,
    sizeBytes,
    damaged: false,
  };
}

/** Writes the key frames, and nothing else, as a plain H.264 stream. @param rounds how often one after the other */
export async function writeKeyStream(film: KeyFilm, file: string, rounds: number): Promise<void> {
  const once = film.keyFrames.flatMap(({ nalUnits }) =>
    [film.format.sps, film.format.pps, ...nalUnits].flatMap((nal) => [START_CODE, nal]),
  );
  await writeFile(file, Buffer.concat(Array.from({ length: rounds }, () => once).flat()));
}
