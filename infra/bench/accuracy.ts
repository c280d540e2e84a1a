import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import Type from 'typebox';
import Value from 'typebox/value';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import { type Detection, OBJECT_LABELS, VEHICLE_LABELS } from '#analyzers/detection.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { createPlateReader } from '#analyzers/packs/plate/plate-pack.ts';
import { PlateRecogniser } from '#analyzers/packs/plate/plate-recogniser.ts';
import { createDetector, type DetectorOptions } from '#analyzers/packs/vehicle/vehicle-pack.ts';
import { averagePrecision50 } from './average-precision.ts';
import { benchErrors } from './errors.ts';
import { plateOfCcpdName, plateOfCropName } from './plate-truth.ts';
import { measureColours } from './vehicle-colour.ts';

/** What {@link measureAccuracy} is asked. */
export interface AccuracyOptions {
  readonly task: string;
  readonly folder: string;
  readonly registry: ModelRegistry;
  readonly detector: DetectorOptions['choice'];
  readonly threshold: number;
}

export type AccuracyResult = Readonly<Record<string, string | number>> & { readonly task: string };

interface Miss {
  readonly truth: string;
  readonly read: string;
}

const LOWEST_SCORE = 0.02;
const VehicleLabels = Type.Array(
  Type.Object({
    image: Type.String(),
    boxes: Type.Array(
      Type.Object({
        label: Type.Union(OBJECT_LABELS.map((label) => Type.Literal(label))),
        x: Type.Number(),
        y: Type.Number(),
        width: Type.Number(),
        height: Type.Number(),
      }),
    ),
  }),
);

/**
 * Measures a task on a folder of pictures with known truth.
 * @returns the figures, and for plates what was misread
 * @throws {AppError} `BENCH_DATA_UNUSABLE`, `BENCH_TASK_UNKNOWN`, `BENCH_TASK_NOT_BUILT`, `MODEL_*`
 */
export async function measureAccuracy(
  options: AccuracyOptions,
): Promise<{ result: AccuracyResult; misses: readonly Miss[] }> {
  switch (options.task) {
    case 'plate-crops':
      return measureCrops(options);
    case 'plate-frames':
      return measureFrames(options);
    case 'vehicles':
      return measureVehicles(options);
    case 'vehicle-colour':
      return measureColours(options);
    case 'masks':
      throw benchErrors.BENCH_TASK_NOT_BUILT();
    default:
      throw benchErrors.BENCH_TASK_UNKNOWN({ task: options.task });
  }
}

async function pictureFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw benchErrors.BENCH_DATA_UNUSABLE({ folder }, cause);
  });
  const pictures = names.filter((name) => /\.(jpe?g|png)$/i.test(name)).toSorted();
  if (pictures.length === 0) throw benchErrors.BENCH_DATA_UNUSABLE({ folder });
  return pictures;
}

function plateResult(task: string, total: number, misses: readonly Miss[]) {
  const correct = total - misses.length;
  return { result: { task, n: total, correct, accuracy: correct / total }, misses };
}

async function measureCrops({ task, folder, registry }: AccuracyOptions) {
  const files = await pictureFiles(folder);
  const recogniser = await PlateRecogniser.open(registry);
  const misses: Miss[] = [];
  for (const name of files) {
    const truth = plateOfCropName(name);
    const read = (await recogniser.readCrop(await decodePicture(path.join(folder, name))))?.text ?? '';
    if (read !== truth) misses.push({ truth, read });
  }
  await recogniser.close();
  return plateResult(task, files.length, misses);
}

async function measureFrames({ task, folder, registry, detector: choice, threshold }: AccuracyOptions) {
  const files = await pictureFiles(folder);
  const detector = await createDetector({ registry, choice, threshold });
  const reader = await createPlateReader({ registry });
  const misses: Miss[] = [];
  for (const name of files) {
    const truth = plateOfCcpdName(name);
    if (truth === undefined) throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: name });
    const picture = await decodePicture(path.join(folder, name));
    const readings = await reader.read(picture, await detector.detect(picture));
    // The surest plate of the frame is the answer; a right one among several is no excuse.
    const read = readings[0]?.text ?? '';
    if (read !== truth) misses.push({ truth, read });
  }
  await Promise.all([detector.close(), reader.close()]);
  return plateResult(task, files.length, misses);
}

async function measureVehicles({ task, folder, registry, detector: choice }: AccuracyOptions) {
  let labels: unknown;
  try {
    labels = JSON.parse(await readFile(path.join(folder, 'labels.json'), 'utf8'));
  } catch (cause) {
    throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: 'labels.json' }, cause);
  }
  if (!Value.Check(VehicleLabels, labels)) throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: 'labels.json' });
  const detector = await createDetector({ registry, choice, threshold: LOWEST_SCORE });
  const pictures: { found: Detection[]; boxes: (typeof labels)[number]['boxes'] }[] = [];
  for (const { image, boxes } of labels) {
    const found = await detector.detect(await decodePicture(path.join(folder, image)));
    pictures.push({ found, boxes });
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
      ap50Vehicle: precision(VEHICLE_LABELS),
      ap50Person: precision(['person']),
    },
    misses: [],
  };
}
