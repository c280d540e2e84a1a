import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { lookAtBody } from '#analyzers/attributes/body-samples.ts';
import { measureLight } from '#analyzers/attributes/scene-light.ts';
import { PaintVote } from '#analyzers/attributes/vehicle-attributes.ts';
import { CameraAnalysis } from '#analyzers/camera-analysis.ts';
import type { Box, Detection, ObjectLabel } from '#analyzers/detection.ts';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import { type ClosableDetector, createDetector, type DetectorOptions } from '#analyzers/packs/vehicle/vehicle-pack.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { dropDuplicates } from '#analyzers/tracking/association.ts';
import { overlapOf } from '#analyzers/tracking/box.ts';
import { cameraId } from '#ingest/media.ts';
import { readVideoFile } from '../cli/analyze/video-file.ts';
import { benchErrors } from './errors.ts';
import { readTruth, vehiclesAt } from './tracking/clip-truth.ts';

/** Colours named by eye, of pictures and clips that are not part of the project: their names, and where the vehicles are in them. */
interface PaintLabels {
  readonly pictures: readonly {
    readonly image: string;
    readonly label: ObjectLabel;
    readonly box: Box;
    readonly colour: string;
  }[];
  readonly clips: readonly { readonly file: string; readonly vehicles: readonly LabelledVehicle[] }[];
}

interface LabelledVehicle {
  readonly timeMs: number;
  readonly box: Box;
  readonly colour: string;
}

interface ColourTask {
  readonly task: string;
  readonly folder: string;
  readonly registry: ModelRegistry;
  readonly detector: DetectorOptions['choice'];
  readonly threshold: number;
}

interface Judged {
  readonly truth: string;
  readonly read: string;
}

const LABELS = new URL('../../analyzers/attributes/testdata/paint-labels.json', import.meta.url);
const FPS = 4;
const TRACK_END_MS = 2500;
/** From this overlap on a track is the labelled vehicle. */
const SAME_OVERLAP = 0.5;
/** A true vehicle that was seen less often says nothing of the method. */
const LEAST_LOOKS = 3;

/**
 * The colour of vehicles on whatever of this is in the folder: clips with a truth file of the project (cars and buses; of a lorry only the
 * cab is painted), and pictures and clips whose vehicles were named by eye.
 *
 * @returns how many were right, wrong and left open, and each that was not right
 * @throws {AppError} `BENCH_DATA_UNUSABLE`, `MODEL_*`
 */
export async function measureColours({ task, folder, registry, detector: choice, threshold }: ColourTask): Promise<{
  result: Readonly<Record<string, string | number>> & { readonly task: string };
  misses: readonly Judged[];
}> {
  const labels = JSON.parse(await readFile(LABELS, 'utf8')) as PaintLabels;
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw benchErrors.BENCH_DATA_UNUSABLE({ folder }, cause);
  });
  const judged: Judged[] = [];
  for (const picture of labels.pictures) {
    const name = names.find((candidate) => candidate === picture.image || path.basename(candidate) === picture.image);
    if (name !== undefined) judged.push(await judgePicture(path.join(folder, name), picture));
  }
  const clips = await clipsIn(folder, names, labels);
  if (clips.length > 0) {
    const detector = await createDetector({ registry, choice, threshold });
    for (const clip of clips) judged.push(...(await judgeClip(detector, threshold, clip)));
    await detector.close();
  }
  if (judged.length === 0) throw benchErrors.BENCH_DATA_UNUSABLE({ folder });
  const misses = judged.filter(({ truth, read }) => truth !== read);
  const open = misses.filter(({ read }) => read === 'unknown').length;
  const correct = judged.length - misses.length;
  return {
    result: {
      task,
      n: judged.length,
      correct,
      unknown: open,
      wrong: misses.length - open,
      accuracy: correct / judged.length,
      precision: correct / Math.max(1, judged.length - open),
      confusion: confusionOf(misses),
    },
    misses,
  };
}

async function judgePicture(file: string, { label, box, colour }: PaintLabels['pictures'][number]): Promise<Judged> {
  const picture = await decodePicture(file);
  const vehicle: Detection = { label, box, score: 1 };
  const look = lookAtBody(picture, vehicle, [vehicle], measureLight(picture));
  const vote = new PaintVote();
  if (look) vote.add(look, vehicle, box.width * picture.widthPx);
  return { truth: colour, read: vote.result.name };
}

interface Clip {
  readonly file: string;
  /** Which vehicle, by name of its truth, each box is at a time. */
  ownersOf(boxes: readonly Box[], timeMs: number): readonly (string | undefined)[];
  /** By the same names. */
  readonly colours: ReadonlyMap<string, string>;
  readonly leastLooks: number;
}

async function clipsIn(folder: string, names: readonly string[], labels: PaintLabels): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (const name of names.filter((candidate) => candidate.endsWith('.truth.json')).toSorted()) {
    const truth = await readTruth(path.join(folder, name));
    const colours = truth.vehicles.flatMap(({ id, type, colour }): [string, string][] =>
      colour === undefined || type === 'truck' ? [] : [[String(id), colour]],
    );
    if (colours.length === 0) continue;
    clips.push({
      file: path.join(folder, name.replace(/\.truth\.json$/, '.mp4')),
      colours: new Map(colours),
      leastLooks: LEAST_LOOKS,
      ownersOf(boxes, timeMs) {
        const wanted = vehiclesAt(truth, timeMs).filter(({ isWanted }) => isWanted);
        return boxes.map((box) => {
          const owner = wanted.find((vehicle) => overlapOf(vehicle.box, box) >= SAME_OVERLAP);
          return owner && String(owner.id);
        });
      },
    });
  }
  for (const { file, vehicles } of labels.clips) {
    const name = names.find((candidate) => path.basename(candidate) === file);
    if (name === undefined) continue;
    clips.push({
      file: path.join(folder, name),
      colours: new Map(vehicles.map(({ colour }, index) => [String(index), colour])),
      leastLooks: 1,
      ownersOf: (boxes, timeMs) =>
        boxes.map((box) => {
          const index = vehicles.findIndex(
            (vehicle) => Math.abs(vehicle.timeMs - timeMs) <= 500 / FPS && overlapOf(vehicle.box, box) >= SAME_OVERLAP,
          );
          return index < 0 ? undefined : String(index);
        }),
    });
  }
  return clips;
}

/** Follows the clip as the product does; each vehicle is judged by the track that had it most often. */
async function judgeClip(detector: ClosableDetector, threshold: number, clip: Clip): Promise<Judged[]> {
  let last = 0;
  const analysis = new CameraAnalysis({
    camera: { id: cameraId('bench'), rules: [] },
    trackEndMs: TRACK_END_MS,
    detectionThreshold: threshold,
    nextTrackId: () => String(++last),
    nextEventId: () => '',
  });
  /** Per vehicle and track: in how many pictures. */
  const shared = new Map<string, Map<string, number>>();
  const colours = new Map<string, string>();
  const note = (ended: ReturnType<CameraAnalysis['endAll']>): void => {
    for (const { track, attributes } of ended) colours.set(track.id, attributes.vehicleColour?.name ?? 'unknown');
  };
  const options = { every: 1, fps: FPS, seconds: undefined, signal: new AbortController().signal };
  for await (const { pixels, widthPx, heightPx, timeMs } of readVideoFile(clip.file, options)) {
    const picture = { pixels: new Uint8Array(pixels), widthPx, heightPx };
    const detections = dropDuplicates(await detector.detect(picture));
    const result = { detections, plates: [], vehiclesRead: [], detectMs: 0, readMs: 0 };
    const { objects, ended } = analysis.update(picture, result, timeMs);
    note(ended);
    const owners = clip.ownersOf(
      objects.map(({ detection }) => detection.box),
      timeMs,
    );
    for (const [index, { track }] of objects.entries()) {
      const owner = owners[index];
      if (!track || owner === undefined) continue;
      const tracks = shared.get(owner) ?? new Map<string, number>();
      shared.set(owner, tracks.set(track.id, (tracks.get(track.id) ?? 0) + 1));
    }
  }
  note(analysis.endAll());
  return [...clip.colours].flatMap(([owner, truth]) => {
    const [best] = [...(shared.get(owner) ?? [])].toSorted((a, b) => b[1] - a[1]);
    if (!best || best[1] < clip.leastLooks) return [];
    return [{ truth, read: colours.get(best[0]) ?? 'unknown' }];
  });
}

/** `white→silver 3, black→grey 1`: what was taken for what, most often first. */
function confusionOf(misses: readonly Judged[]): string {
  const counts = new Map<string, number>();
  for (const { truth, read } of misses) {
    const key = `${truth}→${read}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([key, count]) => `${key} ${count}`)
    .join(', ');
}
