import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '#infra/runtime/clock.ts';
import { readConfig } from '#infra/runtime/config.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { CameraState } from '#ingest/cameras/camera.ts';
import { ingestConfigSchema } from '#ingest/config.ts';
import type { CameraId, RecordingGap, SegmentRecord } from '#ingest/media.ts';
import { loadClip } from '#ingest/simulator/clip.ts';
import { MemorySegmentLog } from '#ingest/testdata/memory-segment-log.ts';
import { IngestWorkerPool } from '#ingest/workers/ingest-worker-pool.ts';

const run = promisify(execFile);
export const FPS = 25;

/** Ingest threads as a camera node runs them, with the settings that it has by itself. */
export interface FaultLine {
  readonly pool: IngestWorkerPool;
  readonly states: CameraState[];
  readonly log: MemorySegmentLog;
}

export async function startFaultLine(folder: string, settings: Readonly<Record<string, unknown>>): Promise<FaultLine> {
  const config = readConfig(
    'ingest',
    ingestConfigSchema,
    {},
    { recordingFolder: folder, minimumFreeMb: 0, ...settings },
  );
  const log = new MemorySegmentLog();
  const states: CameraState[] = [];
  const pool = new IngestWorkerPool({
    config,
    segments: log,
    states: { stateChanged: (state) => void states.push(state) },
    clock: systemClock,
    log: silentLog,
  });
  await pool.start();
  return { pool, states, log };
}

/** A film in which no two pictures are the same: noise over a test picture. Three slices each, so that of a picture a part can be lost. */
export async function encodeFilm(
  file: string,
  film: { readonly seconds: number; readonly size: string; readonly gop: number; readonly kbps: number },
): Promise<void> {
  const source = `testsrc2=size=${film.size}:rate=${FPS},noise=alls=12:allf=t`;
  const rate = `-g ${film.gop} -sc_threshold 0 -b:v ${film.kbps}k -maxrate ${film.kbps}k -bufsize ${film.kbps}k`;
  const words = `-v error -f lavfi -i ${source} -t ${film.seconds} -pix_fmt yuv420p -c:v libx264 -preset ultrafast -slices 3 -bf 0 ${rate} -y ${file}`;
  await run('ffmpeg', words.split(' '));
}

/** One picture as it lies in a recorded file, as text. */
export function fingerprint(nalUnits: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const nal of nalUnits) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(nal.length);
    hash.update(length).update(nal);
  }
  return hash.digest('hex');
}

/** The place of each picture of a film, by its fingerprint. */
export async function placesIn(file: string): Promise<ReadonlyMap<string, number>> {
  const clip = await loadClip(file, { ffmpegPath: 'ffmpeg', cacheFolder: path.dirname(file) });
  return new Map(clip.pictures.map(({ nalUnits }, index) => [fingerprint(nalUnits), index]));
}

export function segmentsOf({ log }: FaultLine, id: CameraId): readonly SegmentRecord[] {
  return log.segments.filter((segment) => segment.cameraId === id).toSorted((a, b) => a.startMs - b.startMs);
}

export function gapsOf({ log }: FaultLine, id: CameraId): readonly RecordingGap[] {
  return log.gapList.filter((gap) => gap.cameraId === id);
}

export interface RecordedPictures {
  /** Of each picture in order, as ffprobe sees the file. */
  readonly fingerprints: readonly string[];
  /** From one to the next, 90 kHz. */
  readonly steps90k: readonly number[];
  /** What ffmpeg complains of while it decodes. */
  readonly complaints: readonly string[];
}

export async function readRecorded(folder: string, { path: file }: SegmentRecord): Promise<RecordedPictures> {
  const whole = path.join(folder, file);
  const shown = '-select_streams v -show_data_hash sha256 -show_entries packet=pts,data_hash -of json';
  const [probed, decoded] = await Promise.all([
    run('ffprobe', ['-v', 'error', ...shown.split(' '), whole], { maxBuffer: 2 ** 26 }),
    run('ffmpeg', ['-v', 'error', '-i', whole, '-f', 'null', '-'], { maxBuffer: 2 ** 26 }),
  ]);
  const { packets } = JSON.parse(probed.stdout) as { packets: { pts: number; data_hash: string }[] };
  const pts = packets.map((packet) => packet.pts);
  return {
    fingerprints: packets.map(({ data_hash }) => data_hash.replace(/^SHA256:/i, '').toLowerCase()),
    steps90k: pts.slice(1).map((time, index) => time - pts[index]!),
    complaints: decoded.stderr.split('\n').filter((line) => line !== ''),
  };
}
