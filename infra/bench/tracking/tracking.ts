import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { VehicleAttributes } from '#analyzers/attributes/vehicle-attributes.ts';
import { CameraAnalysis } from '#analyzers/camera-analysis.ts';
import { type Detection, VEHICLE_LABELS } from '#analyzers/detection.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { createDetector, type DetectorOptions } from '#analyzers/packs/vehicle/vehicle-pack.ts';
import { dropDuplicates } from '#analyzers/tracking/association.ts';
import type { Track } from '#analyzers/tracking/track.ts';
import { isVehiclePass } from '#analyzers/tracking/vehicle-pass.ts';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import type { SceneTruth } from '../../scenes/truth-format.ts';
import { readVideoFile } from '../../cli/analyze/video-file.ts';
import { type BenchReport, describeMachine, type Figures } from '../bench-report.ts';
import { benchErrors } from '../errors.ts';
import { readTruth, vehiclesAt } from './clip-truth.ts';
import { motionErrors, motionFigures } from './motion-errors.ts';
import { OverlapTracker } from './overlap-tracker.ts';
import { addScores, scoreTracks, type TrackedPicture, trackingAccuracy, type TrackScore } from './track-score.ts';

export interface TrackingBenchOptions {
  /** Holds `<name>.mp4` beside `<name>.truth.json`. */
  readonly folder: string;
  readonly registry: ModelRegistry;
  readonly detector: DetectorOptions['choice'];
  readonly threshold: number;
  readonly trackEndMs: number;
}

/** Pictures a second, and how often each rate is run, begun a little later each time: a rare rate has few pictures. */
const RATES = [
  { fps: 10, phases: 1 },
  { fps: 5, phases: 2 },
  { fps: 2, phases: 4 },
  { fps: 0.5, phases: 8 },
] as const;
const BIRTH_MARGIN = 0.05;

interface Follower {
  update(picture: Picture, detections: readonly Detection[], timeMs: number): readonly (Track | undefined)[];
  /** @returns the tracks that count as passes, with what was measured of them */
  end(): ReadonlyMap<string, VehicleAttributes | undefined>;
}

interface Run {
  readonly tracker: string;
  readonly fps: number;
  readonly offsetMs: number;
  readonly follower: Follower;
  readonly pictures: TrackedPicture[];
  nextSlot: number;
}

/**
 * Follows the vehicles of clips whose truth is known, at several rates of pictures, with our tracker and with the plainest one, on the same
 * detections.
 *
 * @throws {AppError} `BENCH_DATA_UNUSABLE`, `MODEL_*`
 */
export async function benchTracking(options: TrackingBenchOptions): Promise<BenchReport> {
  const clips = await clipsWithVehicles(options.folder);
  const detector = await createDetector({
    registry: options.registry,
    choice: options.detector,
    threshold: options.threshold,
  });
  const results: Figures[] = [];
  for (const { name, file, truth } of clips) {
    const runs = RATES.flatMap(({ fps, phases }) =>
      Array.from({ length: phases }, (_, phase) => (1000 * phase) / (fps * phases)).flatMap((offsetMs) => [
        newRun('vantage', fps, offsetMs, ours(options, truth)),
        newRun('overlap', fps, offsetMs, plain(options.threshold)),
      ]),
    );
    const reading = { every: 1, fps: undefined, seconds: undefined, signal: new AbortController().signal };
    for await (const { pixels, widthPx, heightPx, timeMs } of readVideoFile(file, reading)) {
      const picture = { pixels: new Uint8Array(pixels), widthPx, heightPx };
      const detections = dropDuplicates(await detector.detect(picture));
      for (const run of runs) take(run, picture, detections, timeMs, truth);
    }
    for (const { fps } of RATES) {
      for (const tracker of ['vantage', 'overlap']) {
        const same = runs.filter((run) => run.fps === fps && run.tracker === tracker);
        const ended = same.map((run) => ({ pictures: run.pictures, passes: run.follower.end() }));
        const scores = ended.map(({ pictures, passes }) => scoreTracks(pictures, new Set(passes.keys()), 1000 / fps));
        const motion = ended.flatMap(({ pictures, passes }) => motionErrors(truth, pictures, passes));
        results.push({ ...figures(name, fps, tracker, scores), ...motionFigures(motion) });
      }
    }
  }
  await detector.close();
  return {
    bench: 'tracking',
    machine: describeMachine(),
    conditions: {
      model: detector.manifest.id,
      detectionThreshold: options.threshold,
      clips: clips.map(({ name }) => name).join(', '),
      runsPerRate: RATES.map(({ fps, phases }) => `${fps}: ${phases}`).join(', '),
    },
    results,
  };
}

async function clipsWithVehicles(folder: string): Promise<{ name: string; file: string; truth: SceneTruth }[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw benchErrors.BENCH_DATA_UNUSABLE({ folder }, cause);
  });
  const clips = [];
  for (const name of names.filter((candidate) => candidate.endsWith('.truth.json')).toSorted()) {
    const base = name.slice(0, -'.truth.json'.length);
    if (!names.includes(`${base}.mp4`)) continue;
    const truth = await readTruth(path.join(folder, name));
    if (truth.vehicles.length > 0) clips.push({ name: base, file: path.join(folder, `${base}.mp4`), truth });
  }
  if (clips.length === 0) throw benchErrors.BENCH_DATA_UNUSABLE({ folder });
  return clips;
}

function newRun(tracker: string, fps: number, offsetMs: number, follower: Follower): Run {
  return { tracker, fps, offsetMs, follower, pictures: [], nextSlot: 0 };
}

/** Gives a picture to a run when it is the first of its slot. */
function take(run: Run, picture: Picture, detections: readonly Detection[], timeMs: number, truth: SceneTruth): void {
  const slot = Math.floor(((timeMs - run.offsetMs) * run.fps) / 1000 + 0.001);
  if (slot < run.nextSlot) return;
  run.nextSlot = slot + 1;
  const tracks = run.follower.update(picture, detections, timeMs);
  run.pictures.push({
    timeMs,
    truth: vehiclesAt(truth, timeMs),
    tracked: tracks.flatMap((track, index) => {
      const detection = detections[index];
      const isVehicle = detection !== undefined && VEHICLE_LABELS.includes(detection.label);
      return track && isVehicle ? [{ trackId: track.id, box: detection.box }] : [];
    }),
  });
}

function calibration(marks: NonNullable<SceneTruth['groundMarks']>): CameraRule {
  const points = marks.map(({ picture: [x, y], ground: [acrossMetres, alongMetres] }) => ({
    x,
    y,
    acrossMetres,
    alongMetres,
  }));
  return { kind: 'calibration', id: 'ground', name: 'ground', points };
}

/** The product's own chain, but for the models. */
function ours({ threshold, trackEndMs }: TrackingBenchOptions, { groundMarks = [] }: SceneTruth): Follower {
  let last = 0;
  const analysis = new CameraAnalysis({
    camera: { id: cameraId('bench'), rules: groundMarks.length === 4 ? [calibration(groundMarks)] : [] },
    trackEndMs,
    detectionThreshold: threshold,
    nextTrackId: () => String(++last),
    nextEventId: () => '',
  });
  const passes = new Map<string, VehicleAttributes | undefined>();
  const note = (ended: ReturnType<CameraAnalysis['endAll']>): void => {
    for (const { track, attributes } of ended) {
      if (isVehiclePass(track, analysis.intervalMs, undefined)) passes.set(track.id, attributes);
    }
  };
  return {
    update(picture, detections, timeMs) {
      const result = { detections, plates: [], vehiclesRead: [], detectMs: 0, readMs: 0 };
      const { objects, ended } = analysis.update(picture, result, timeMs);
      note(ended);
      return objects.map(({ track }) => track);
    },
    end() {
      note(analysis.endAll());
      return passes;
    },
  };
}

function plain(threshold: number): Follower {
  const tracker = new OverlapTracker(threshold + BIRTH_MARGIN);
  const passes = new Map<string, undefined>();
  const note = (ended: readonly Track[]): void => {
    for (const track of ended) if (isVehiclePass(track, tracker.intervalMs, undefined)) passes.set(track.id, undefined);
  };
  return {
    update(_picture, detections, timeMs) {
      const { tracks, ended } = tracker.update(detections, timeMs);
      note(ended);
      return tracks;
    },
    end() {
      note(tracker.close());
      return passes;
    },
  };
}

function figures(clip: string, fps: number, tracker: string, scores: readonly TrackScore[]): Figures {
  const sum = addScores(scores);
  return {
    clip,
    framesPerSecond: fps,
    tracker,
    runs: scores.length,
    accuracy: Number(trackingAccuracy(sum).toFixed(3)),
    missedBoxRatio: Number((sum.missedBoxes / Math.max(1, sum.wanted)).toFixed(3)),
    falseBoxRatio: Number((sum.falseBoxes / Math.max(1, sum.wanted)).toFixed(3)),
    idSwitches: sum.idSwitches,
    passesDue: sum.passesDue,
    passesMissed: sum.passesMissed,
    passesFalse: sum.passesFalse,
    passesSplit: sum.passesSplit,
    passesMerged: sum.passesMerged,
  };
}
