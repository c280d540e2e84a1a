import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import type { Box } from '#analyzers/detection.ts';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import { isClassifierManifest } from '#analyzers/models/classifier-manifest.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { HygieneClassifier, judge, type Judged } from '#analyzers/packs/kitchen/hygiene-classifier.ts';
import { HygieneModels } from '#analyzers/packs/kitchen/hygiene-models.ts';
import type { Picture } from '#analyzers/packs/model-pack.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { wilsonInterval } from '#storage/kitchen/item-statistics.ts';
import { benchErrors } from './errors.ts';
import { judgeOf } from './item-judge.ts';
import { readLabels } from './labelled-pictures.ts';
import { pictureFiles } from './picture-files.ts';

const ITEM = 'no_head_cover';
const FILE = 'hats.json';
/** Our own labels, by eye, of the pictures of two public sets. */
const OWN_LABELS = new URL(`./${FILE}`, import.meta.url);

/**
 * Pictures: `a/picture.jpg`, or `sha256:` and the first 16 digits of the file's hash (names of files may be those of persons), where one
 * head fills it; with `#n` the n-th box of labels.json, which is a person.
 */
const Hats = Type.Object({ covered: Type.Array(Type.String()), bare: Type.Array(Type.String()) });

type State = Judged['state'];

interface Tally {
  n: number;
  right: number;
  wrong: number;
}

/**
 * Real heads with and without something on them: of how many the product tells the right thing, the wrong one, or nothing.
 * @param folder with its own `hats.json`, or one of the public sets that are labelled here
 * @throws {AppError} `BENCH_DATA_UNUSABLE`, `MODEL_*`
 */
export async function measureWornHats(options: {
  readonly task: string;
  readonly folder: string;
  readonly registry: ModelRegistry;
}) {
  const { task, folder, registry } = options;
  const hats = await readHats(folder);
  const files = await filesByHash(folder);
  const boxes = new Map((await readLabels(folder).catch(() => [])).map(({ image, boxes: all }) => [image, all]));
  const manifest = await judgeOf(registry, ITEM, isClassifierManifest);
  const classifier = await HygieneClassifier.open(registry, manifest);
  const models = new HygieneModels({ registry, confirmMasks: false, log: silentLog });
  const look = async (picture: Picture, box: Box | undefined): Promise<State> => {
    if (!box) {
      const [probabilities] = await classifier.classify(picture, [
        { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx },
      ]);
      return probabilities ? judge(manifest, ITEM, probabilities).state : 'unknown';
    }
    const person = { label: 'person' as const, score: 1, box };
    const [reading] = await models.read(picture, [person], [{ item: ITEM, zone: [] }]);
    return reading?.state ?? 'unknown';
  };
  const tallies = { covered: { n: 0, right: 0, wrong: 0 }, bare: { n: 0, right: 0, wrong: 0 } } satisfies Record<
    string,
    Tally
  >;
  const misses: { truth: string; read: string }[] = [];
  try {
    for (const truth of ['covered', 'bare'] as const)
      for (const name of hats[truth]) {
        const [image = '', index] = name.split('#');
        const box = index === undefined ? undefined : boxes.get(image)?.[Number(index)];
        const picture = await decodePicture(path.join(folder, files.get(image) ?? image)).catch(() => undefined);
        if (!picture || (index !== undefined && !box)) continue;
        const state = await look(picture, box);
        const found = state === 'violation' ? 'bare' : state === 'fine' ? 'covered' : undefined;
        tallies[truth].n++;
        if (found === truth) tallies[truth].right++;
        else if (found) tallies[truth].wrong++;
        if (found && found !== truth) misses.push({ truth: `${name}: ${truth}`, read: found });
      }
  } finally {
    await Promise.all([models.close(), classifier.close()]);
  }
  const { covered, bare } = tallies;
  if (covered.n + bare.n === 0) throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: FILE });
  const told = covered.right + covered.wrong + bare.right + bare.wrong;
  const { low, high } = wilsonInterval(covered.right + bare.right, told);
  return {
    result: {
      task,
      coveredOf: covered.n,
      coveredRight: covered.right,
      coveredWrong: covered.wrong,
      bareOf: bare.n,
      bareRight: bare.right,
      bareWrong: bare.wrong,
      told: told / (covered.n + bare.n),
      rightOfTold: (covered.right + bare.right) / told,
      low95: low,
      high95: high,
    },
    misses,
  };
}

/** The pictures in the folders of a set, by what stands for them in the labels. */
async function filesByHash(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = new Map<string, string>();
  for (const entry of entries.filter((one) => one.isDirectory()))
    for (const name of await pictureFiles(path.join(folder, entry.name)).catch(() => [])) {
      const bytes = await readFile(path.join(folder, entry.name, name));
      files.set(`sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`, path.join(entry.name, name));
    }
  return files;
}

async function readHats(folder: string): Promise<Static<typeof Hats>> {
  const text = await readFile(path.join(folder, FILE), 'utf8').catch(() => readFile(OWN_LABELS, 'utf8'));
  try {
    return Value.Parse(Hats, JSON.parse(text));
  } catch (cause) {
    throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: FILE }, cause);
  }
}
