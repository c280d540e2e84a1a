import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { writePack } from '../testing/tiny-detector.ts';
import { checkDetectorManifest, isDetectorManifest } from './detector-manifest.ts';
import { MODEL_CATALOGUE } from './model-catalogue.ts';
import { ModelRegistry } from './model-registry.ts';

const MANIFEST = {
  id: 'mine',
  task: 'object-detection',
  title: 'Mine',
  source: 'my own training',
  licence: 'Apache-2.0',
  measured: 'AP50 70 on my pictures',
  family: 'yolox',
  input: {
    layer: 'images',
    sizes: [{ widthPx: 416, heightPx: 416 }],
    colours: 'bgr',
    pixelRange: 255,
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
    fit: 'letterbox',
  },
  outputs: { cells: 'output' },
  boxes: 'grid',
  classes: ['car'],
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'packs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const registry = () => new ModelRegistry({ folder, packFolder: folder, mirror: '', log: silentLog });
const model = Buffer.from('bytes');

/** The code with which a manifest is refused, and the field that it names. */
async function refusal(changes: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> {
  await writePack(folder, 'it', { ...MANIFEST, ...changes }, model);
  const [refused] = await registry().refusedPacks();
  return [refused?.error.code, refused?.error.context['field'], refused?.error.context['expected']];
}

it('lists a pack beside the built-in models', async () => {
  await writePack(folder, 'it', MANIFEST, model);
  const listed = (await registry().list()).find(({ manifest }) => manifest.id === 'mine');
  expect(listed).toMatchObject({ origin: 'pack', state: 'ready', manifest: { licence: 'Apache-2.0' } });
  expect(await registry().detectorIds()).toEqual(['centernet', 'yolox-nano', 'mine']);
  await writeFile(path.join(folder, 'it', 'model.onnx'), 'other bytes');
  expect(await registry().verify()).toMatchObject({ ok: false });
  expect((await registry().list()).find(({ manifest }) => manifest.id === 'mine')?.state).toBe('wrong-hash');
});

it('names the field that is wrong, and what it should be', async () => {
  expect(await refusal({ embedding: 'e' })).toEqual(['MODEL_PACK_INVALID', 'embedding', 'no such field']);
  expect(await refusal({ measured: undefined })).toEqual(['MODEL_PACK_INVALID', 'measured', 'a value']);
  expect(await refusal({ sha256: 'abc' })).toEqual([
    'MODEL_PACK_INVALID',
    'sha256',
    expect.stringContaining('pattern'),
  ]);
  expect(await refusal({ input: { ...MANIFEST.input, fit: 'crop' } })).toEqual([
    'MODEL_PACK_INVALID',
    'input.fit',
    'letterbox or stretch',
  ]);
  expect(await refusal({ input: { ...MANIFEST.input, mean: [0, 0] } })).toEqual([
    'MODEL_PACK_INVALID',
    'input.mean',
    expect.anything(),
  ]);
  expect(await refusal({ family: 'ssd' })).toEqual(['MODEL_PACK_INVALID', 'family', 'centernet, yolox, rtdetr']);
  expect(await refusal({ thresholds: { dog: 0.5 } })).toEqual([
    'MODEL_PACK_INVALID',
    'thresholds.dog',
    'no such field',
  ]);
  expect(await refusal({ file: '../../etc/passwd' })).toEqual(['MODEL_PACK_INVALID', 'file', expect.anything()]);
  expect(await refusal({ file: '../it/model.onnx' })).toEqual(['MODEL_PACK_INVALID', 'file', expect.anything()]);
});

it('refuses tasks about who or what a person is, whatever they are called', async () => {
  for (const task of [
    'face-recognition',
    'Face_Detection',
    'person-reid',
    'reID',
    'gender',
    'age-estimation',
    'pedestrian-attributes',
    'pose',
  ])
    expect([task, ...(await refusal({ task }))]).toEqual([task, 'MODEL_PACK_TASK_REFUSED', undefined, undefined]);
  expect((await refusal({ task: 'segmentation' }))[0]).toBe('MODEL_PACK_TASK_UNKNOWN');
  expect((await refusal({ task: 'plate-recognition' }))[0]).toBe('MODEL_PACK_TASK_UNKNOWN');
  expect((await refusal({ task: 7 })).slice(0, 2)).toEqual(['MODEL_PACK_INVALID', 'task']);
});

it('lets no pack report more than detectors may', async () => {
  expect((await refusal({ labels: { car: 'woman' } }))[0]).toBe('MODEL_PACK_LABEL_REFUSED');
  expect((await refusal({ classes: ['dog', 'cat'] }))[0]).toBe('MODEL_PACK_FINDS_NOTHING');
});

it('takes no second model of a name', async () => {
  expect((await refusal({ id: 'centernet' }))[0]).toBe('MODEL_PACK_NAME_TAKEN');
  await writePack(folder, 'it', MANIFEST, model);
  await writePack(folder, 'that', MANIFEST, model);
  expect((await registry().refusedPacks()).map((refused) => path.basename(refused.folder))).toEqual(['that']);
});

it('says of a folder without a readable manifest that it has none, and goes on with the others', async () => {
  await mkdir(path.join(folder, 'empty'));
  await mkdir(path.join(folder, 'torn'));
  await writeFile(path.join(folder, 'torn', 'manifest.json'), '{"id": "torn"');
  await writePack(folder, 'it', MANIFEST, model);
  await writeFile(path.join(folder, 'notes.txt'), 'no pack');
  const { packs, refused } = { packs: await registry().detectorIds(), refused: await registry().refusedPacks() };
  expect(packs).toContain('mine');
  expect(refused.map(({ error }) => error.code)).toEqual(['MODEL_PACK_UNREADABLE', 'MODEL_PACK_UNREADABLE']);
  await expect(registry().detector('torn')).rejects.toMatchObject({ code: 'MODEL_PACK_UNREADABLE' });
});

it('has no packs where there is no folder', async () => {
  const nowhere = new ModelRegistry({ folder, packFolder: path.join(folder, 'nowhere'), mirror: '', log: silentLog });
  expect(await nowhere.detectorIds()).toEqual(['centernet', 'yolox-nano']);
});

it('holds the built-in detectors to the same contract', () => {
  const detectors = MODEL_CATALOGUE.map(({ manifest }) => manifest).filter(({ task }) => task === 'object-detection');
  expect(detectors.length).toBeGreaterThan(1);
  for (const manifest of detectors) {
    expect(isDetectorManifest(manifest)).toBe(true);
    expect(checkDetectorManifest(manifest)).toBe(manifest);
  }
});
