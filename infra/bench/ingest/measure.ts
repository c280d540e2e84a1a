import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { LoadCalls } from '../ingest-load.ts';
import { benchErrors } from '../errors.ts';
import { ChildCaller } from './child-calls.ts';
import type { Contender, ContenderOptions, RecordedCamera } from './contenders.ts';
import { cpuMsOf, proportionalMbOf, withDescendants } from './process-usage.ts';

export interface MeasureOptions {
  readonly film: string;
  readonly cameras: number;
  /** Measured time, after the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly segmentSeconds: number;
  /** On a real disk; what is written is deleted. */
  readonly folder: string;
  /** Of how many cameras the files are counted by ffprobe; all of them when there is no index. */
  readonly probedCameras: number;
  start(options: ContenderOptions): Promise<Contender>;
}

export interface MemoryReading {
  /** Since the window began. */
  readonly atMs: number;
  readonly proportionalMb: number;
}

/** One run of one contender. */
export interface Measurement {
  readonly cameras: number;
  readonly windowMs: number;
  readonly mbitPerSecond: number;
  /** In the window, all processes and threads. */
  readonly cpuMs: number;
  readonly loadCpuMs: number;
  /** Highest of the readings in the window. */
  readonly proportionalMb: number;
  /** Of all processes under test, through the window. */
  readonly memory: readonly MemoryReading[];
  /** From first to last, warm-up included. */
  readonly framesSent: number;
  readonly framesRecorded: number;
  readonly gaps: readonly string[];
  readonly probedCameras: number;
  /** Cameras whose files hold another number of pictures than the index says. */
  readonly probeMismatches: number;
  readonly framesSentInWindow: number;
  /** Between the two counts of pictures sent, by the clock of the source. */
  readonly sourceWindowMs: number;
  readonly framesLeftOut: number;
  readonly lateP50Ms: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

const LIVE_TIMEOUT_MS = 60_000;
const POLL_MS = 200;
const READING_INTERVAL_MS = 2000;
/** What was sent last is on its way: it is taken in before the files are closed. Less than a camera may be silent. */
const DRAIN_MS = 3500;
/** Of long runs, files that nobody will look at are deleted when they are this old, as retention would: there is not room for all. */
const KEPT_MS = 120_000;
const run = promisify(execFile);

/** @throws {AppError} `BENCH_NOT_LIVE` when not all cameras were taken in */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { film, cameras, seconds, segmentSeconds, folder } = options;
  const load = new ChildCaller<LoadCalls>(new URL('../ingest-load.ts', import.meta.url));
  let contender: Contender | undefined;
  try {
    const { port, mbitPerSecond } = await load.call('start', film);
    const urls = Array.from({ length: cameras }, (_, at) => `rtsp://127.0.0.1:${port}/camera/${at + 1}`);
    contender = await options.start({ urls, folder, segmentSeconds });
    await untilLive(contender, cameras);
    await pause(options.warmUpSeconds * 1000);
    await load.call('resetLateness');
    const before = await read(load, contender);
    const memory: MemoryReading[] = [];
    for (let untilMs = before.atMs + seconds * 1000; performance.now() < untilMs; ) {
      await pause(Math.min(READING_INTERVAL_MS, untilMs - performance.now()));
      const proportionalMb = proportionalMbOf(withDescendants(contender.pids));
      memory.push({ atMs: performance.now() - before.atMs, proportionalMb });
      await contender.sweep?.(KEPT_MS, (at) => isProbed(at, cameras, options.probedCameras));
    }
    const after = await read(load, contender);
    const lateness = await load.call('lateness');
    const sent = await load.call('stop');
    await pause(DRAIN_MS);
    const recorded = await contender.finish();
    const counted = await countFrames(recorded, options.probedCameras);
    return {
      cameras,
      windowMs: after.atMs - before.atMs,
      mbitPerSecond,
      cpuMs: after.cpuMs - before.cpuMs,
      loadCpuMs: after.loadCpuMs - before.loadCpuMs,
      proportionalMb: Math.max(0, ...memory.map((reading) => reading.proportionalMb)),
      memory,
      framesSent: sent?.framesSent ?? 0,
      ...counted,
      gaps: recorded.flatMap((camera) => camera.gaps),
      framesSentInWindow: after.framesSent - before.framesSent,
      sourceWindowMs: after.sourceMs - before.sourceMs,
      framesLeftOut: sent?.framesLeftOut ?? 0,
      lateP50Ms: lateness?.lateP50Ms ?? 0,
      lateP99Ms: lateness?.lateP99Ms ?? 0,
      lateMaxMs: lateness?.lateMaxMs ?? 0,
    };
  } finally {
    await Promise.all([contender?.close(), load.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function untilLive(contender: Contender, cameras: number): Promise<void> {
  const untilMs = performance.now() + LIVE_TIMEOUT_MS;
  let live = 0;
  while ((live = await contender.live()) < cameras) {
    if (performance.now() > untilMs) throw benchErrors.BENCH_NOT_LIVE({ cameras, live });
    await pause(POLL_MS);
  }
}

async function read(load: ChildCaller<LoadCalls>, contender: Contender) {
  const counts = await load.call('counts');
  return {
    atMs: performance.now(),
    cpuMs: cpuMsOf(withDescendants(contender.pids)),
    loadCpuMs: cpuMsOf([load.pid]),
    framesSent: counts?.framesSent ?? 0,
    sourceMs: counts?.atMs ?? 0,
  };
}

/** By the index for all cameras, and by ffprobe for some that lie evenly among them, or for all where there is no index. */
async function countFrames(recorded: readonly RecordedCamera[], wanted: number) {
  let framesRecorded = 0;
  let probedCameras = 0;
  let probeMismatches = 0;
  for (const [at, { frames, files }] of recorded.entries()) {
    if (frames !== undefined) framesRecorded += frames;
    if (frames !== undefined && !isProbed(at, recorded.length, wanted)) continue;
    let probed = 0;
    for (const file of files) probed += await countPackets(file);
    probedCameras++;
    if (frames === undefined) framesRecorded += probed;
    else if (frames !== probed) probeMismatches++;
  }
  return { framesRecorded, probedCameras, probeMismatches };
}

function isProbed(at: number, cameras: number, wanted: number): boolean {
  const every = Math.max(1, Math.floor(cameras / Math.max(1, wanted)));
  return at % every === 0 && at / every < wanted;
}

/** A file that cannot be read holds no picture. */
async function countPackets(file: string): Promise<number> {
  const words = '-v error -select_streams v -count_packets -show_entries stream=nb_read_packets -of csv=p=0'.split(' ');
  const output = await run('ffprobe', [...words, path.resolve(file)]).catch(() => undefined);
  return Number(output?.stdout.trim().split(/[\s,]/)[0] ?? 0);
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, delayMs));
  });
}
