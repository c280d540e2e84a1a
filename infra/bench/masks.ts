import path from 'node:path';
import { analyzerErrors } from '#analyzers/errors.ts';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import type { PixelRectangle } from '#analyzers/imaging/crop.ts';
import { isClassifierManifest } from '#analyzers/models/classifier-manifest.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { FaceMaskFinder } from '#analyzers/packs/kitchen/face-mask-finder.ts';
import { HygieneClassifier } from '#analyzers/packs/kitchen/hygiene-classifier.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { wilsonInterval } from '#storage/kitchen/item-statistics.ts';
import { benchErrors } from './errors.ts';
import { judgeOf } from './item-judge.ts';
import { pictureFiles } from './picture-files.ts';

/** shipped: the classifier that comes with the project; download: the face-mask network; both: the first, and bare mouths confirmed by the second. */
export type MaskModel = 'shipped' | 'download' | 'both';

/** What one model says of a picture: how much speaks for a bare, and how much for a covered mouth. */
interface Evidence {
  readonly bare: number;
  readonly covered: number;
}

interface Opened {
  look(picture: Picture): Promise<Evidence>;
  close(): Promise<void>;
}

const LEAST_FACE_SCORE = 0.3;
/** From this share on for one side the verdict counts in a kitchen. */
const TOLD_FROM = 0.7;

/**
 * Faces in two folders, `with_mask` and `without_mask`: how many are told right. Each picture must be called one or the
 * other; `told` is the share that the product would say anything of.
 * @throws {AppError} `BENCH_DATA_UNUSABLE`, `MODEL_*`
 */
export async function measureMasks(options: {
  readonly task: string;
  readonly folder: string;
  readonly registry: ModelRegistry;
  readonly model: MaskModel;
}) {
  const { task, folder, registry, model } = options;
  const opened = await openModels(registry, model);
  const misses: { truth: string; read: string }[] = [];
  const counts = { covered: { right: 0, n: 0 }, bare: { right: 0, n: 0 } };
  let [told, toldRight] = [0, 0];
  for (const [subfolder, truth] of [
    ['with_mask', 'covered'],
    ['without_mask', 'bare'],
  ] as const) {
    for (const name of await pictureFiles(path.join(folder, subfolder))) {
      const file = path.join(folder, subfolder, name);
      const picture = await decodePicture(file).catch((cause: unknown) => {
        throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: name }, cause);
      });
      const evidence = await weigh(opened, picture);
      const found = evidence.covered >= evidence.bare ? 'covered' : 'bare';
      counts[truth].n++;
      if (found === truth) counts[truth].right++;
      else misses.push({ truth: `${subfolder}/${name}`, read: found });
      if (Math.max(evidence.bare, evidence.covered) >= TOLD_FROM) {
        told++;
        if (found === truth) toldRight++;
      }
    }
  }
  for (const one of opened) await one.close();
  const { covered, bare } = counts;
  const n = covered.n + bare.n;
  const right = covered.right + bare.right;
  const { low, high } = wilsonInterval(right, n);
  return {
    result: {
      task,
      model,
      n,
      coveredRight: covered.right,
      coveredOf: covered.n,
      bareRight: bare.right,
      bareOf: bare.n,
      balancedAccuracy: (covered.right / covered.n + bare.right / bare.n) / 2,
      low95: low,
      high95: high,
      told: told / n,
      accuracyWhenTold: told === 0 ? 0 : toldRight / told,
    },
    misses,
  };
}

/** As a kitchen's heads are judged: what the first model takes for a bare mouth, the second one has to confirm. */
async function weigh([first, second]: readonly Opened[], picture: Picture): Promise<Evidence> {
  const evidence = (await first?.look(picture)) ?? { bare: 0, covered: 0 };
  if (!second || evidence.covered >= evidence.bare) return evidence;
  const again = await second.look(picture);
  return again.covered > again.bare ? again : evidence;
}

async function openModels(registry: ModelRegistry, model: MaskModel): Promise<Opened[]> {
  const opened: Opened[] = [];
  if (model !== 'download') opened.push(await openShipped(registry));
  if (model !== 'shipped') opened.push(await openDownload(registry));
  return opened;
}

async function openShipped(registry: ModelRegistry): Promise<Opened> {
  const manifest = await judgeOf(registry, 'no_mask', isClassifierManifest);
  const judged = manifest.items['no_mask'];
  if (!judged) throw analyzerErrors.MODEL_MISSING({ item: 'no_mask' });
  const classifier = await HygieneClassifier.open(registry, manifest);
  const sumOf = (probabilities: Float32Array, names: readonly string[]): number =>
    manifest.classes.reduce((sum, name, k) => sum + (names.includes(name) ? (probabilities[k] ?? 0) : 0), 0);
  return {
    async look(picture) {
      const answers = await classifier.classify(picture, looksAt(picture));
      const mean = (names: readonly string[]): number =>
        answers.reduce((sum, probabilities) => sum + sumOf(probabilities, names), 0) / answers.length;
      return { bare: mean(judged.violation), covered: mean(judged.fine) };
    },
    close: async () => classifier.close(),
  };
}

async function openDownload(registry: ModelRegistry): Promise<Opened> {
  const finder = await FaceMaskFinder.open(registry);
  return {
    async look(picture) {
      const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
      const found = await finder.find(picture, whole, LEAST_FACE_SCORE);
      const [largest] = found.toSorted((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
      if (!largest) return { bare: 0, covered: 0 };
      return largest.isCovered ? { bare: 0, covered: largest.score } : { bare: largest.score, covered: 0 };
    },
    close: async () => finder.close(),
  };
}

/** The picture as it is, the largest square at its upper end, and the middle of that: faces fill pictures differently. */
function looksAt({ widthPx, heightPx }: Picture): PixelRectangle[] {
  const side = Math.min(widthPx, heightPx);
  const square = { left: Math.floor((widthPx - side) / 2), top: 0, width: side, height: side };
  const inner = Math.max(1, Math.round(side * 0.7));
  const margin = Math.floor((side - inner) / 2);
  return [
    { left: 0, top: 0, width: widthPx, height: heightPx },
    square,
    { left: square.left + margin, top: margin, width: inner, height: inner },
  ];
}
