import { mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import { CameraAnalysis } from '#analyzers/camera-analysis.ts';
import { decodePicture } from '#analyzers/imaging/scale.ts';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { FaceMaskFinder } from '#analyzers/packs/kitchen/face-mask-finder.ts';
import { hygieneItem } from '#analyzers/packs/kitchen/hygiene-catalogue.ts';
import { HygieneModels } from '#analyzers/packs/kitchen/hygiene-models.ts';
import { judgedByModels } from '#analyzers/packs/kitchen/kitchen-pack.ts';
import { createDetector } from '#analyzers/packs/vehicle/vehicle-pack.ts';
import { analysePicture } from '#analyzers/pool/analyse-picture.ts';
import { type CameraRule } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { cacheFolder } from '../setup/cache-folder.ts';
import { seededRandom } from './degrade-picture.ts';
import { benchErrors } from './errors.ts';
import { CLIP_SIZE, compose, type Face, type Player } from './kitchen-clip/compose.ts';
import { backgroundOf, type CutOut, cutOuts } from './kitchen-clip/people.ts';
import { readPictures, writePictures } from './kitchen-clip/raw-video.ts';
import { castOf, CLIP_SECONDS, stayCount, violationsOf } from './kitchen-clip/script.ts';
import { pictureFiles } from './picture-files.ts';

export interface KitchenClipOptions {
  readonly task: string;
  /** Holds `video/intel_one-by-one-person.mp4` and `masks/`. */
  readonly folder: string;
  readonly registry: ModelRegistry;
  readonly detector: string;
  readonly threshold: number;
  readonly confirmMasks: boolean;
  /** How many, each with other faces, bodies and moments. */
  readonly clips: number;
  /** What the kitchen is watched for: no_mask; of anything else the clips show nothing, and all that is raised is wrong. */
  readonly clipItem: string;
  /** Seed of the first; those up to 10 were looked at when it was chosen what decides. */
  readonly firstClip: number;
}

const MASK_ITEM = 'no_mask';
const FILM = 'video/intel_one-by-one-person.mp4';
const MIN_MOMENTS = 6;
/** Smaller faces in their pictures have not the pixels for a head of the clip. */
const MIN_FACE_PX = 40;
/** Of a face's height: below it there has to be a chin and something of a neck. */
const MIN_BELOW_FACE = 0.2;
const MIN_FACE_SCORE = 0.6;
/** A violation is raised in its own time, or up to this long after: the grace time may end with it. */
const RAISED_WITHIN_SECONDS = 5;
/** Goes up when the same seed gives another clip. */
const CLIP_VERSION = 1;

/**
 * Ten minutes of a made kitchen camera, once for each clip, through decoder, detector, heads, classifier and judgement:
 * which violations of at least 30 s were raised once, and what was raised wrongly. A made clip: real backs of real
 * people in one room, real faces set upon their heads.
 *
 * @throws {AppError} `BENCH_DATA_UNUSABLE`, `MODEL_*`; the download is needed to find the faces in their pictures
 */
export async function measureKitchenClip(options: KitchenClipOptions) {
  const { registry, clips, firstClip, confirmMasks, clipItem } = options;
  const detector = await createDetector({ registry, choice: options.detector, threshold: options.threshold });
  const hygieneReader = new HygieneModels({ registry, confirmMasks, log: silentLog });
  const totals = { violations: 0, raisedOnce: 0, raisedMore: 0, missed: 0, raisedWrongly: 0, delaySeconds: 0 };
  const misses: { truth: string; read: string }[] = [];
  const heads = { told: 0, asked: 0, wrong: 0 };
  try {
    for (let seed = firstClip; seed < firstClip + clips; seed++) {
      const pictures = await readPictures(await clipOf(options, seed), { ...CLIP_SIZE, fps: 1 });
      const cast = castOf(seededRandom(seed));
      const raised: number[] = [];
      const rules = rulesFor(clipItem);
      const analysis = new CameraAnalysis({
        camera: { id: cameraId('made'), rules },
        trackEndMs: 2500,
        detectionThreshold: options.threshold,
        nextTrackId: uuidv7,
        nextEventId: uuidv7,
      });
      for (const [second, picture] of pictures.entries()) {
        const models = { detector, plateReader: undefined, hygieneReader, close: async () => undefined };
        const hygiene = judgedByModels(rules);
        const result = await analysePicture(models, picture, { plates: undefined, hygiene });
        const update = analysis.update(picture, result, second * 1000);
        for (const event of update.events)
          if (event.kind === 'kitchen.violation' && event.phase === 'opened') raised.push(second);
        const shown = new Set((cast[second] ?? []).map(({ head }) => head));
        for (const { state } of result.hygiene ?? []) {
          heads.asked++;
          if (state === 'unknown') continue;
          heads.told++;
          const isShown =
            clipItem === MASK_ITEM ? shown.has(state === 'violation' ? 'bare' : 'covered') : state === 'fine';
          if (!isShown) heads.wrong++;
        }
      }
      misses.push(...compare(seed, raised, clipItem === MASK_ITEM ? violationsOf() : [], totals));
    }
  } finally {
    await Promise.all([detector.close(), hygieneReader.close()]);
  }
  const result = {
    task: options.task,
    clips,
    firstClip,
    secondsEach: CLIP_SECONDS,
    item: clipItem,
    detector: detector.manifest.id,
    confirmMasks: confirmMasks ? 'yes' : 'no',
    ...totals,
    delaySeconds: totals.delaySeconds / Math.max(1, totals.raisedOnce + totals.raisedMore),
    headsLookedAt: heads.asked,
    headsToldShare: heads.told / Math.max(1, heads.asked),
    headsToldThatNobodyHad: heads.wrong,
  };
  return { result, misses };
}

/** @returns what was missed or raised wrongly, in words */
function compare(
  clip: number,
  raised: readonly number[],
  due: ReturnType<typeof violationsOf>,
  totals: Record<'violations' | 'raisedOnce' | 'raisedMore' | 'missed' | 'raisedWrongly' | 'delaySeconds', number>,
): { truth: string; read: string }[] {
  const within = due.map(({ from, to, isToBeRaised }) => ({
    from,
    isToBeRaised,
    times: raised.filter((second) => second >= from && second <= to + RAISED_WITHIN_SECONDS),
  }));
  for (const { from, isToBeRaised, times } of within) {
    if (!isToBeRaised) continue;
    totals.violations++;
    if (times.length === 0) totals.missed++;
    else if (times.length === 1) totals.raisedOnce++;
    else totals.raisedMore++;
    totals.delaySeconds += times.length > 0 ? (times[0] ?? 0) - from : 0;
  }
  const right = within.filter(({ isToBeRaised }) => isToBeRaised).flatMap(({ times }) => times);
  const wrong = raised.filter((second) => !right.includes(second));
  totals.raisedWrongly += wrong.length;
  return [
    ...within
      .filter(({ isToBeRaised, times }) => isToBeRaised && times.length !== 1)
      .map(({ from, times }) => ({
        truth: `clip ${clip}: violation from ${from} s`,
        read: `raised ${times.length} times`,
      })),
    ...wrong.map((second) => ({ truth: `clip ${clip}: nothing to raise at ${second} s`, read: 'raised' })),
  ];
}

function rulesFor(item: string): CameraRule[] {
  const graceMs = hygieneItem(item)?.graceMs ?? 0;
  return [{ kind: 'hygiene', id: item, name: item, item, zone: [], graceMs }];
}

/** Makes the clip of a seed, once. @returns its file */
async function clipOf({ folder, registry }: KitchenClipOptions, seed: number): Promise<string> {
  const target = path.join(cacheFolder(), 'bench', `kitchen-clip-${CLIP_VERSION}-${seed}.mp4`);
  if (await stat(target).catch(() => undefined)) return target;
  await mkdir(path.dirname(target), { recursive: true });
  const film = path.join(folder, FILM);
  const pictures = await readPictures(film, { ...CLIP_SIZE, fps: 1 }).catch((cause: unknown) => {
    throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: FILM }, cause);
  });
  const background = backgroundOf(pictures);
  const people = stretchesOf(cutOuts(pictures, background));
  if (people.length === 0) throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: FILM });
  const random = seededRandom(seed * 7919);
  const faces = {
    covered: await facesOf(registry, path.join(folder, 'masks/with_mask'), random),
    bare: await facesOf(registry, path.join(folder, 'masks/without_mask'), random),
  };
  const players = Array.from({ length: stayCount() }, (_, index): Player => {
    const [person, covered, bare] = [
      people[(index + seed) % people.length],
      faces.covered[index % faces.covered.length],
      faces.bare[index % faces.bare.length],
    ];
    if (!person || !covered || !bare) throw benchErrors.BENCH_DATA_UNUSABLE({ folder, file: 'masks' });
    return { cutOuts: person, covered, bare };
  });
  const cast = castOf(seededRandom(seed));
  const unfinished = `${target}.${process.pid}.part`;
  await writePictures(
    unfinished,
    CLIP_SIZE,
    (function* () {
      for (const [second, present] of cast.entries()) yield compose(background, present, players, second, random);
    })(),
  );
  await rename(unfinished, target);
  return target;
}

/** Cut-outs of the same person, second after second. */
function stretchesOf(all: readonly CutOut[]): CutOut[][] {
  const stretches: CutOut[][] = [];
  for (const cutOut of all) {
    const last = stretches.at(-1);
    if (last && cutOut.second - (last.at(-1)?.second ?? 0) <= 2) last.push(cutOut);
    else stretches.push([cutOut]);
  }
  return stretches.filter((stretch) => stretch.length >= MIN_MOMENTS);
}

/** As many faces as there are stays, drawn by chance. */
async function facesOf(registry: ModelRegistry, folder: string, random: () => number): Promise<Face[]> {
  const names = await pictureFiles(folder);
  const finder = await FaceMaskFinder.open(registry);
  const faces: Face[] = [];
  try {
    while (faces.length < stayCount() && names.length > 0) {
      const [name = ''] = names.splice(Math.floor(random() * names.length), 1);
      const picture = await decodePicture(path.join(folder, name));
      const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
      const [found] = await finder.find(picture, whole, MIN_FACE_SCORE);
      if (!found) continue;
      const face = {
        left: found.box.x * picture.widthPx,
        top: found.box.y * picture.heightPx,
        width: found.box.width * picture.widthPx,
        height: found.box.height * picture.heightPx,
      };
      const hasNeck = face.top + face.height * (1 + MIN_BELOW_FACE) <= picture.heightPx;
      if (face.width >= MIN_FACE_PX && hasNeck) faces.push({ picture, face });
    }
  } finally {
    await finder.close();
  }
  return faces;
}
