import type { AccessUnit } from '#ingest/media.ts';
import { loadClip } from '#ingest/simulator/clip.ts';
import path from 'node:path';

/** A film as access units, without an end: the same pictures again and again, on one time line. */
export interface PacedFilm {
  readonly framesPerSecond: number;
  readonly mbitPerSecond: number;
  /** @param index counts from 0 */
  unitAt(index: number): AccessUnit;
}

export async function loadPacedFilm(file: string): Promise<PacedFilm> {
  const clip = await loadClip(file, { ffmpegPath: 'ffmpeg', cacheFolder: path.dirname(file) });
  const sizes = clip.pictures.map(({ nalUnits }) => nalUnits.reduce((sum, { length }) => sum + length, 0));
  const seconds = clip.duration90k / 90_000;
  return {
    framesPerSecond: clip.pictures.length / seconds,
    mbitPerSecond: (sizes.reduce((sum, size) => sum + size, 0) * 8) / seconds / 1e6,
    unitAt(index) {
      const at = index % clip.pictures.length;
      const picture = clip.pictures[at];
      if (!picture) throw new Error('a film without pictures');
      const { nalUnits, isKeyFrame } = picture;
      return {
        ...{ format: clip.format, nalUnits, isKeyFrame, damaged: false, sizeBytes: sizes[at] ?? 0 },
        pts90k: picture.pts90k + Math.floor(index / clip.pictures.length) * clip.duration90k,
        wallMs: Date.now(),
        arrivedMs: performance.now(),
      };
    },
  };
}

/**
 * Plays a film on so many cameras, each with a phase of its own, with one timer.
 * @returns a function that stops them
 */
export function playPaced(
  film: PacedFilm,
  cameras: number,
  send: (camera: number, unit: AccessUnit) => void,
): () => void {
  const startMs = performance.now();
  const intervalMs = 1000 / film.framesPerSecond;
  const next = Array.from({ length: cameras }, () => 0);
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startMs;
    for (let camera = 0; camera < cameras; camera++) {
      // Spread over the group of pictures, so that key frames do not come all at once.
      const phase = Math.round((camera * 50) / cameras);
      const due = Math.floor(elapsedMs / intervalMs - camera / cameras);
      for (; (next[camera] ?? 0) <= due; next[camera] = (next[camera] ?? 0) + 1)
        send(camera, film.unitAt((next[camera] ?? 0) + phase));
    }
  }, 5);
  return () => clearInterval(timer);
}
