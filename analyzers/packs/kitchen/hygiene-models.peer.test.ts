import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import { cameraId } from '#ingest/media.ts';
import { CameraAnalysis } from '../../camera-analysis.ts';
import { ModelRegistry } from '../../models/model-registry.ts';
import { analysePicture } from '../../pool/analyse-picture.ts';
import { Canvas, detection } from '../../testing/pictures.ts';
import { tinyNetwork, writePack } from '../../testing/tiny-detector.ts';
import { HygieneModels } from './hygiene-models.ts';
import { judgedByModels } from './kitchen-pack.ts';
import { boxOf, handsRegion } from './person-region.ts';

const COOK = detection('person', 0.4, 0.2, 0.12, 0.7);
const SMOKING: CameraRule = { kind: 'hygiene', id: 's', name: 's', item: 'smoking', zone: [], graceMs: 4000 };
const MASK: CameraRule = { ...SMOKING, id: 'm', item: 'no_mask' };
/** How both networks below take pictures. */
const PIXELS = {
  layer: 'images',
  colours: 'rgb',
  pixelRange: 1,
  mean: [0, 0, 0],
  deviation: [1, 1, 1],
  fit: 'stretch',
};
/** Bright hands hold a cigarette, as far as this network knows; one region at a time. */
const NETWORK = tinyNetwork({
  inputName: 'images',
  inputShape: [1, 3, 32, 32],
  outputs: [{ name: 'scores', shape: [1, 2], base: [-10, 0], slope: [20, 0] }],
});
const PACK = {
  id: 'smoke',
  task: 'hygiene-classification',
  title: 'Bright hands',
  source: 'a test',
  licence: 'Apache-2.0',
  measured: 'nothing',
  region: 'hands',
  minRegionPx: 16,
  input: {
    ...PIXELS,
    widthPx: 32,
    heightPx: 32,
  },
  output: { layer: 'scores', values: 'logits' },
  classes: ['cigarette', 'none'],
  items: { smoking: { violation: ['cigarette'], fine: ['none'], least: 0.7 } },
};

/** Bright hands hold a phone right in their middle, as far as this network knows; it sees a person everywhere. */
const FINDING_NETWORK = tinyNetwork({
  inputName: 'images',
  inputShape: [1, 3, 64, 64],
  outputs: [
    {
      name: 'cells',
      shape: [1, 1, 7],
      base: [32, 32, 16, 8, 1, 0.1, 0],
      slope: [0, 0, 0, 0, 0, 0, 0.9],
    },
  ],
});
const FINDER = {
  id: 'phones',
  task: 'hygiene-detection',
  family: 'yolox',
  title: 'Bright hands',
  source: 'a test',
  licence: 'Apache-2.0',
  measured: 'nothing',
  region: 'hands',
  minRegionPx: 16,
  input: {
    ...PIXELS,
    sizes: [{ widthPx: 64, heightPx: 64 }],
  },
  outputs: { cells: 'cells' },
  boxes: 'pixels',
  strides: [64],
  classes: ['person', 'phone'],
  items: { phone_in_hand: { shows: ['phone'], least: 0.6 } },
};

let folder: string;
let opened: HygieneModels[];

beforeEach(async () => {
  opened = [];
  folder = await mkdtemp(path.join(tmpdir(), 'hygiene-'));
});
afterEach(async () => {
  for (const models of opened) await models.close();
  await rm(folder, { recursive: true });
});

function models(confirmMasks = false, log = silentLog): HygieneModels {
  const registry = new ModelRegistry({ folder, packFolder: folder, mirror: folder, log: silentLog });
  const made = new HygieneModels({ registry, confirmMasks, log });
  opened.push(made);
  return made;
}

const picture = (brightness: number) =>
  new Canvas(320, 180, [40, 40, 40]).fill({ x: 0.3, y: 0.3, width: 0.35, height: 0.5 }, [
    brightness,
    brightness,
    brightness,
  ]);

/** Which violations open and close in a kitchen where one person holds something bright from one second to another. */
async function violationsOf(
  rules: readonly CameraRule[],
  brightFrom: number,
  brightTo: number,
  brightness = 250,
): Promise<string[]> {
  const hygieneReader = models();
  const detector = { manifest: { ...DETECTOR }, detect: async () => [COOK] };
  const analysis = new CameraAnalysis({
    camera: { id: cameraId('kitchen'), rules },
    trackEndMs: 2500,
    detectionThreshold: 0.3,
    nextTrackId: uuidv7,
    nextEventId: uuidv7,
  });
  const told: string[] = [];
  // What may come back goes on for a while: it closes later than it ended.
  for (let second = 0; second < 60; second++) {
    const canvas = picture(second >= brightFrom && second < brightTo ? brightness : 40);
    const set = { detector, plateReader: undefined, hygieneReader, close: async () => undefined };
    const result = await analysePicture(set, canvas, { plates: undefined, hygiene: judgedByModels(rules) });
    for (const event of analysis.update(canvas, result, second * 1000).events)
      if (event.kind === 'kitchen.violation') told.push(`${event.item} ${event.phase}`);
  }
  return told;
}

const DETECTOR = {
  id: 'fixed',
  task: 'object-detection',
  title: 'One person',
  source: 'a test',
  licence: 'Apache-2.0',
  sha256: '',
  measured: 'nothing',
} as const;

it('raises smoking once with a classifier that somebody put into the packs folder, and closes it', async () => {
  await writePack(folder, 'smoke', PACK, NETWORK);
  expect(await violationsOf([SMOKING], 8, 20)).toEqual(['smoking opened', 'smoking closed']);
  expect(await violationsOf([SMOKING], 8, 10)).toEqual([]);
});

it('raises once what looks doubtful in every picture, and the same way in all, when it lasts', async () => {
  await writePack(folder, 'smoke', PACK, NETWORK);
  const doubtful = 135;
  expect(await violationsOf([SMOKING], 8, 30, doubtful)).toEqual(['smoking opened', 'smoking closed']);
  expect(await violationsOf([SMOKING], 8, 12, doubtful)).toEqual([]);
});

it('finds what shows a violation with a detector that somebody put into the packs folder, and says where', async () => {
  await writePack(folder, 'phones', FINDER, FINDING_NETWORK);
  const wanted = [{ item: 'phone_in_hand', zone: [] }];
  const hands = handsRegion(COOK.box, { widthPx: 320, heightPx: 180 });
  const [held] = await models().read(picture(250), [COOK], wanted);
  expect(held).toMatchObject({ item: 'phone_in_hand', state: 'violation', personBox: COOK.box });
  // The thing itself, a quarter by an eighth of the region, in its middle.
  expect(held?.box.width).toBeCloseTo(hands.width / 4 / 320);
  expect(held?.box.height).toBeCloseTo(hands.height / 8 / 180);
  expect((held?.box.x ?? 0) + (held?.box.width ?? 0) / 2).toBeCloseTo((hands.left + hands.width / 2) / 320);
  const [empty] = await models().read(picture(40), [COOK], wanted);
  expect(empty).toMatchObject({ state: 'fine', box: boxOf(hands, { widthPx: 320, heightPx: 180 }) });
  const [doubtful] = await models().read(picture(120), [COOK], wanted);
  expect(doubtful?.state).toBe('unknown');
  const PHONE: CameraRule = { ...SMOKING, id: 'p', item: 'phone_in_hand' };
  expect(await violationsOf([PHONE], 8, 20)).toEqual(['phone_in_hand opened', 'phone_in_hand closed']);
  expect(await violationsOf([PHONE], 8, 10)).toEqual([]);
});

it('believes the classifier alone where the network for a second look was not downloaded, and fetches none by itself', async () => {
  const bright = { ...PACK, region: 'head', items: { no_mask: PACK.items.smoking } };
  await writePack(folder, 'smoke', bright, NETWORK);
  const errors: unknown[] = [];
  const log = { ...silentLog, error: (...words: unknown[]) => void errors.push(words) };
  const bare = new Canvas(320, 180, [250, 250, 250]);
  const wanted = [{ item: 'no_mask', zone: [] }];
  expect(await models(true, log).read(bare, [COOK], wanted)).toMatchObject([{ state: 'violation' }]);
  expect(errors).toEqual([]);
  // One that is there and wrong is not used either, and the classifier goes on.
  await writeFile(path.join(folder, 'face_mask_detection.onnx'), 'no network');
  expect(await models(true, log).read(bare, [COOK], wanted)).toMatchObject([{ state: 'violation' }]);
  expect(errors).toHaveLength(1);
});

it('tells nothing of an item that no model judges, and of a pack whose file is not what its manifest says', async () => {
  expect(await violationsOf([SMOKING], 8, 20)).toEqual([]);
  await writePack(folder, 'smoke', { ...PACK, sha256: '0'.repeat(64) }, NETWORK);
  expect(await violationsOf([SMOKING], 8, 20)).toEqual([]);
});

it('loads no model for a camera that has no rule for one', () => {
  const flame: CameraRule = { ...SMOKING, item: 'flame_unattended' };
  expect(judgedByModels([flame])).toBeUndefined();
  expect(judgedByModels([flame, MASK])).toEqual([{ item: 'no_mask', zone: [] }]);
});

it('has a shipped classifier that says nothing of a wall, nor of a head of a few pixels', async () => {
  const wanted = [{ item: 'no_mask', zone: [] }];
  const wall = new Canvas(320, 180, [170, 172, 168]).addNoise(4, 1);
  expect((await models().read(wall, [COOK], wanted)).map(({ state }) => state)).toEqual(['unknown']);
  const far = detection('person', 0.5, 0.4, 0.03, 0.1);
  expect(await models().read(wall, [far], wanted)).toMatchObject([{ state: 'unknown', score: 0 }]);
  expect(await models().read(wall, [], wanted)).toEqual([]);
});
