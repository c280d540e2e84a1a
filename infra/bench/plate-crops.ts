import path from 'node:path';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { boundFeatures } from '#analyzers/packs/plate/plate-calibration.ts';
import { PlateRecogniser, type PlateText } from '#analyzers/packs/plate/plate-recogniser.ts';
import { cpuMs } from './bench-report.ts';
import { degradePicture } from './degrade-picture.ts';
import { fitLogistic } from './logistic-fit.ts';
import { plateOfCropName } from './plate-truth.ts';
import { calibrationError, type JudgedAnswer, reliabilityTable } from './reliability.ts';

export interface PlateCropsOptions {
  readonly folder: string;
  /** Names of pictures in the folder, each named by its plate. */
  readonly files: readonly string[];
  readonly registry: ModelRegistry;
  /** Make every crop worse first. */
  readonly degrade: boolean;
  /** Short name of a province to expect; empty: none. */
  readonly homeProvince: string;
}

interface ReadCrop extends JudgedAnswer {
  readonly name: string;
  readonly truth: string;
  readonly plate: PlateText | undefined;
}

/** Stored at this confidence or above a reading counts as sure. */
const SURE = 0.9;
/** Below this not even the alternatives are of use. */
const WORTH_STORING = 0.1;

/**
 * Which half of a set a file belongs to: methods and constants are chosen on `tune` and judged on `check`. It depends on the
 * name alone (FNV-1a).
 */
export function splitHalf(name: string): 'tune' | 'check' {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return ((hash >>> 7) & 1) === 0 ? 'tune' : 'check';
}

async function readCrops({ folder, files, registry, degrade, homeProvince }: PlateCropsOptions) {
  const recogniser = await PlateRecogniser.open(registry, { homeProvince });
  const crops: ReadCrop[] = [];
  let readMs = 0;
  for (const [seed, name] of files.entries()) {
    const whole = await decodePicture(path.join(folder, name));
    const picture = degrade ? await degradePicture(whole, seed) : whole;
    const startMs = cpuMs();
    const plate = await recogniser.readCrop(picture);
    readMs += cpuMs() - startMs;
    const truth = plateOfCropName(name);
    crops.push({ name, truth, plate, confidence: plate?.confidence ?? 0, isRight: plate?.text === truth });
  }
  await recogniser.close();
  return { crops, readMs };
}

const share = (crops: readonly JudgedAnswer[]): number =>
  crops.filter(({ isRight }) => isRight).length / Math.max(1, crops.length);

/** Reads every crop. @returns the figures, how far confidences can be trusted, and what was misread */
export async function measurePlateCrops(task: string, options: PlateCropsOptions) {
  const { crops, readMs } = await readCrops(options);
  const sure = crops.filter(({ confidence }) => confidence >= SURE);
  const reliability = reliabilityTable(crops);
  const colours = new Map<string, number>();
  for (const { plate } of crops) colours.set(plate?.colour ?? 'none', (colours.get(plate?.colour ?? 'none') ?? 0) + 1);
  const looks = crops.reduce((sum, { plate }) => sum + (plate?.looks ?? 1), 0);
  return {
    result: {
      task,
      n: crops.length,
      correct: crops.filter(({ isRight }) => isRight).length,
      accuracy: share(crops),
      accuracyTuneHalf: share(crops.filter(({ name }) => splitHalf(name) === 'tune')),
      accuracyCheckHalf: share(crops.filter(({ name }) => splitHalf(name) === 'check')),
      looksPerPlate: looks / crops.length,
      cpuMsPerPlate: readMs / crops.length,
      sure: sure.length,
      accuracyOfSure: share(sure),
      calibrationError: calibrationError(reliability),
      colours: [...colours].map(([colour, n]) => `${colour} ${n}`).join(', '),
      reliability,
    },
    misses: crops
      .filter(({ isRight }) => !isRight)
      .map(({ truth, plate, confidence }) => ({
        truth,
        read: plate ? `${plate.text} (${confidence.toFixed(2)})` : '',
      })),
  };
}

/**
 * Fits the constants of `plate-calibration.ts` on the tune half, each crop as it is and degraded, and judges the product's own
 * on the check half.
 */
export async function fitPlateCalibration(task: string, options: PlateCropsOptions) {
  const [plain, degraded] = [
    await readCrops({ ...options, degrade: false }),
    await readCrops({ ...options, degrade: true }),
  ];
  const all = [...plain.crops, ...degraded.crops];
  const cases = all.flatMap(({ name, plate, isRight }) =>
    plate && splitHalf(name) === 'tune' ? [{ features: boundFeatures(plate.features), isTrue: isRight }] : [],
  );
  const [constant = 0, perLogOdds = 0, perLogCharacter = 0] = fitLogistic(cases);
  const wrong = all.filter(
    ({ name, confidence, isRight }) => !isRight && confidence >= WORTH_STORING && splitHalf(name) === 'tune',
  );
  const among = wrong.filter(({ truth, plate }) => plate?.alternatives.some(({ text }) => text === truth));
  const check = all.filter(({ name }) => splitHalf(name) === 'check');
  const reliability = reliabilityTable(check);
  return {
    result: {
      task,
      n: cases.length,
      constant,
      perLogOdds,
      perLogCharacter,
      rightAmongAlternatives: among.length / Math.max(1, wrong.length),
      checked: check.length,
      accuracyOfSure: share(check.filter(({ confidence }) => confidence >= SURE)),
      calibrationError: calibrationError(reliability),
      reliability,
    },
    misses: [],
  };
}
