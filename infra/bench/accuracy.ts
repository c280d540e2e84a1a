import path from 'node:path';
import type { SecondLook } from '#ingest/cameras/camera.ts';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import { type Box, type Detection, type PlateReading, VEHICLE_LABELS } from '#analyzers/detection.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { createPlateReader } from '#analyzers/packs/plate/plate-pack.ts';
import { createDetector, type DetectorOptions } from '#analyzers/packs/vehicle/vehicle-pack.ts';
import { averagePrecision50 } from './average-precision.ts';
import { asFarScene } from './far-scene.ts';
import { benchErrors } from './errors.ts';
import { measureHeldPhones } from './held-phones.ts';
import { measureKitchenClip } from './kitchen-clip.ts';
import { readLabels } from './labelled-pictures.ts';
import { type MaskModel, measureMasks } from './masks.ts';
import { pictureFiles } from './picture-files.ts';
import { fitPlateCalibration, measurePlateCrops } from './plate-crops.ts';
import { type PixelBox, plateBoxOfCcpdName, plateOfCcpdName } from './plate-truth.ts';
import type { ReliabilityBin } from './reliability.ts';
import { measureColours } from './vehicle-colour.ts';
import { measureWornHats } from './worn-hats.ts';

/** What {@link measureAccuracy} is asked. */
export interface AccuracyOptions {
  readonly task: string;
  readonly folder: string;
  readonly registry: ModelRegistry;
  readonly detector: DetectorOptions['choice'];
  readonly threshold: number;
  /** Of vehicles: look again at parts of each picture. */
  readonly secondLook: SecondLook;
  /** Of vehicles: each picture takes this share of the height of a larger grey one, so that all in it is small; 1: as it is. */
  readonly shrink: number;
  /** Make every plate crop worse first. */
  readonly degrade: boolean;
  readonly homeProvince: string;
  /** Of masks. */
  readonly maskModel: MaskModel;
  /** Of kitchen clips: how many, and whether uncovered mouths are looked at twice. */
  readonly clips: number;
  readonly firstClip: number;
  readonly confirmMasks: boolean;
  readonly clipItem: string;
}

export type AccuracyResult = Readonly<Record<string, string | number | readonly ReliabilityBin[]>> & {
  readonly task: string;
};

interface Miss {
  readonly truth: string;
  readonly read: string;
}

const LOWEST_SCORE = 0.02;

/**
 * Measures a task on a folder of pictures with known truth.
 * @returns the figures, and for plates what was misread
 * @throws {AppError} `BENCH_DATA_UNUSABLE`, `BENCH_TASK_UNKNOWN`, `MODEL_*`
 */
export async function measureAccuracy(
  options: AccuracyOptions,
): Promise<{ result: AccuracyResult; misses: readonly Miss[] }> {
  switch (options.task) {
    case 'plate-crops':
      return measurePlateCrops(options.task, { ...options, files: await pictureFiles(options.folder) });
    case 'plate-calibration':
      return fitPlateCalibration(options.task, { ...options, files: await pictureFiles(options.folder) });
    case 'plate-frames':
      return measureFrames(options);
    case 'vehicles':
      return measureVehicles(options);
    case 'vehicle-colour':
      return measureColours(options);
    case 'masks':
      return measureMasks({ ...options, model: options.maskModel });
    case 'held-phones':
      return measureHeldPhones(options);
    case 'worn-hats':
      return measureWornHats(options);
    case 'kitchen-clip':
      return measureKitchenClip(options);
    default:
      throw benchErrors.BENCH_TASK_UNKNOWN({ task: options.task });
  }
}

/** A plate is located when the middle of what was read lies in it. */
function isLocated({ box }: PlateReading, { widthPx, heightPx }: Picture, truth: PixelBox): boolean {
  const x = (box.x + box.width / 2) * widthPx;
  const y = (box.y + box.height / 2) * heightPx;
  return x >= truth.left && x <= truth.right && y >= truth.top && y <= truth.bottom;
}

async function measureFrames({ task, folder, registry, detector: choice, threshold, homeProvince }: AccuracyOptions) {
  const files = await pictureFiles(folder);
  const detector = await createDetector({ registry, choice, threshold });
  const reader = await createPlateReader({ registry, homeProvince });
  const misses: Miss[] = [];
  let located = 0;
  for (const name of files) {
    const truth = plateOfCcpdName(name);
    const place = plateBoxOfCcpdName(name);
    if (truth === undefined || place === undefined) throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: name });
    const picture = await decodePicture(path.join(folder, name));
    const readings = await reader.read(picture, await detector.detect(picture));
    // The surest plate of the frame is the answer; a right one among several is no excuse.
    const read = readings[0]?.text ?? '';
    if (readings.some((reading) => isLocated(reading, picture, place))) located++;
    if (read !== truth) misses.push({ truth, read });
  }
  await Promise.all([detector.close(), reader.close()]);
  const correct = files.length - misses.length;
  return { result: { task, n: files.length, located, correct, accuracy: correct / files.length }, misses };
}

async function measureVehicles({ task, folder, registry, detector: choice, secondLook, shrink }: AccuracyOptions) {
  const labels = await readLabels(folder);
  const detector = await createDetector({ registry, choice, threshold: LOWEST_SCORE, ignoreLabelThresholds: true });
  const pictures: { found: Detection[]; boxes: (typeof labels)[number]['boxes'] }[] = [];
  for (const [index, { image, boxes }] of labels.entries()) {
    const whole = await decodePicture(path.join(folder, image));
    const { picture, place } =
      shrink < 1 ? await asFarScene(whole, shrink, index) : { picture: whole, place: (box: Box) => box };
    const found = await detector.detect(picture, secondLook);
    pictures.push({ found, boxes: boxes.map((box) => ({ ...box, ...place(box) })) });
  }
  await detector.close();
  const precision = (wanted: readonly string[]): number =>
    averagePrecision50(
      pictures.map(({ found, boxes }) => ({
        found: found.filter(({ label }) => wanted.includes(label)),
        truth: boxes.filter(({ label }) => wanted.includes(label)),
      })),
    );
  return {
    result: {
      task,
      n: pictures.length,
      model: detector.manifest.id,
      ...(secondLook === 'none' ? {} : { secondLook }),
      ...(shrink === 1 ? {} : { shrink }),
      ap50Vehicle: precision(VEHICLE_LABELS),
      ap50Person: precision(['person']),
    },
    misses: [],
  };
}
