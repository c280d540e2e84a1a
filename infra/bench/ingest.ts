import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../setup/cache-folder.ts';
import { type BenchReport, describeMachine } from './bench-report.ts';
import { type Contender, type ContenderOptions, startFfmpeg, startOurs } from './ingest/contenders.ts';
import { LOAD_FRAMES_PER_SECOND, LOAD_HEIGHT_PX, LOAD_WIDTH_PX, makeLoadFilm } from './ingest/load-clip.ts';
import { type Measurement, measure } from './ingest/measure.ts';
import { summarise } from './ingest/report.ts';

export interface IngestBenchOptions {
  readonly cameras: readonly number[];
  readonly seconds: number;
  readonly mbitPerSecond: number;
  readonly threads: number;
  /** Processes of the peer; 0 leaves it out. */
  readonly peerCameras: number;
  /** How often the whole sequence is run. */
  readonly repeat: number;
  /** Fits the cost of a camera against its bit rate, too. */
  readonly withModel: boolean;
  /** Where recordings go, and are deleted again. */
  readonly folder: string | undefined;
  readonly profileFolder: string | undefined;
  onProgress(line: string): void;
}

/** Files are open and code is compiled by then. */
const WARM_UP_SECONDS = 10;
const SEGMENT_SECONDS = 60;
const PROBED_CAMERAS = 5;
const MODEL_MBIT_PER_SECOND = [1, 2, 4, 8];
const MODEL_CAMERAS = 50;

/**
 * CPU and memory of a camera that is taken in and recorded, and whether all its pictures are there; in turns with
 * `ffmpeg -c copy` under the same load.
 */
export async function benchIngest(options: IngestBenchOptions): Promise<BenchReport> {
  const { seconds, threads, repeat, peerCameras } = options;
  const loadAverage = loadavg()[0] ?? 0;
  const films = path.join(cacheFolder(), 'bench');
  const folder = path.join(options.folder ?? films, `recordings-${process.pid}`);
  const sizes = options.cameras.toSorted((a, b) => a - b);
  const segmentSeconds = Math.min(SEGMENT_SECONDS, seconds);
  const runOne = async (
    name: string,
    cameras: number,
    mbitPerSecond: number,
    start: (options: ContenderOptions) => Promise<Contender>,
  ): Promise<Measurement> => {
    const film = await makeLoadFilm(films, mbitPerSecond);
    const run = await measure({
      ...{ film, cameras, seconds, segmentSeconds, folder, start },
      warmUpSeconds: WARM_UP_SECONDS,
      probedCameras: PROBED_CAMERAS,
    });
    const cpu = (run.cpuMs / (run.windowMs / 1000) / cameras).toFixed(3);
    const source = `source: ${(run.loadCpuMs / (run.windowMs / 1000) / cameras).toFixed(3)} ms/s, late p99 ${run.lateP99Ms.toFixed(1)} ms`;
    options.onProgress(
      `${name}, ${cameras} cameras, ${run.mbitPerSecond.toFixed(2)} Mbit/s: ${cpu} ms/s each, ${(run.proportionalMb / cameras).toFixed(2)} MB each, ${run.framesRecorded} of ${run.framesSent} frames (${source})`,
    );
    return run;
  };
  const ours = (cameras: number, mbitPerSecond: number): Promise<Measurement> =>
    runOne('vantage', cameras, mbitPerSecond, (one) =>
      startOurs({ ...one, threads, profileFolder: options.profileFolder }),
    );
  const runs: { ours: Measurement[]; peer: Measurement[]; model: Measurement[] } = { ours: [], peer: [], model: [] };
  for (let round = 0; round < repeat; round++) {
    for (const size of sizes) {
      runs.ours.push(await ours(size, options.mbitPerSecond));
      if (peerCameras > 0) runs.peer.push(await runOne('ffmpeg', peerCameras, options.mbitPerSecond, startFfmpeg));
    }
  }
  for (const rate of options.withModel ? MODEL_MBIT_PER_SECOND : []) runs.model.push(await ours(MODEL_CAMERAS, rate));
  const { results, peer, ratio, linearity, model } = summarise(runs, LOAD_FRAMES_PER_SECOND);
  return {
    bench: 'ingest',
    machine: describeMachine(),
    conditions: {
      transport: 'RTSP over TCP, interleaved, loopback',
      codec: 'H.264',
      widthPx: LOAD_WIDTH_PX,
      heightPx: LOAD_HEIGHT_PX,
      framesPerSecond: LOAD_FRAMES_PER_SECOND,
      mbitPerSecond: Math.round((runs.ours[0]?.mbitPerSecond ?? 0) * 100) / 100,
      seconds,
      warmUpSeconds: WARM_UP_SECONDS,
      segmentSeconds,
      threads,
      repeat,
      // What else the machine did shows in every figure.
      loadAverageBefore: Math.round(loadAverage * 10) / 10,
      cpu: 'schedstat, all threads of all processes under test',
      memory: 'proportional set size, highest in the window',
      source: 'a process of its own, not counted; its cost and lateness stand with each result',
    },
    results,
    ...(peer && {
      peer: { name: 'ffmpeg', version: ffmpegVersion(), mode: '-c copy -f segment, a process each', ...peer },
    }),
    ...(ratio !== undefined && { ratio }),
    ...(linearity && { linearity }),
    ...(model && { model }),
  };
}

function ffmpegVersion(): string {
  return /version (\S+)/.exec(execFileSync('ffmpeg', ['-version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
}
