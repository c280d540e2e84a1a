import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { writePack } from '../testing/tiny-detector.ts';
import { checkClassifierManifest, isClassifierManifest } from './classifier-manifest.ts';
import { MODEL_CATALOGUE } from './model-catalogue.ts';
import { ModelRegistry } from './model-registry.ts';

const MANIFEST = {
  id: 'smoke',
  task: 'hygiene-classification',
  title: 'Cigarettes',
  source: 'my own training',
  licence: 'Apache-2.0',
  measured: 'nothing yet',
  region: 'hands',
  minRegionPx: 24,
  input: {
    layer: 'images',
    widthPx: 64,
    heightPx: 64,
    colours: 'rgb',
    pixelRange: 255,
    mean: [0, 0, 0],
    deviation: [255, 255, 255],
    fit: 'stretch',
  },
  output: { layer: 'probabilities', values: 'probabilities' },
  classes: ['cigarette', 'none', 'not to be seen'],
  items: { smoking: { violation: ['cigarette'], fine: ['none'], least: 0.7 } },
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'packs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const registry = () => new ModelRegistry({ folder, packFolder: folder, mirror: '', log: silentLog });

async function refusal(changes: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> {
  await writePack(folder, 'it', { ...MANIFEST, ...changes }, Buffer.from('bytes'));
  const [refused] = await registry().refusedPacks();
  return [refused?.error.code, refused?.error.context['field'], refused?.error.context['expected']];
}

it('lists a hygiene classifier beside the built-in models, before them where it judges the same, and as no detector', async () => {
  await writePack(folder, 'it', MANIFEST, Buffer.from('bytes'));
  expect(await registry().refusedPacks()).toEqual([]);
  expect((await registry().hygieneJudges()).map(({ id }) => id)).toEqual([
    'smoke',
    'yolox-nano-hands',
    'head-cover',
    'hats',
  ]);
  expect(await registry().detectorIds()).not.toContain('smoke');
  await expect(registry().detector('smoke')).rejects.toMatchObject({ code: 'DETECTOR_UNKNOWN' });
});

it('refuses classes that speak of who or what a person is', async () => {
  for (const word of [
    'woman smoking',
    'Man',
    'face 12',
    'faceid',
    'staff name',
    'young',
    'age-30',
    'gender',
    'Asian',
    'person_7',
    'emotion:happy',
    'employee without mask',
  ])
    expect([word, (await refusal({ classes: [word, 'none'] }))[0]]).toEqual([word, 'MODEL_PACK_CLASS_REFUSED']);
  for (const word of ['no chef hat', 'manual slicer', 'white mask', 'mask below the nose'])
    expect([word, (await refusal({ classes: ['cigarette', 'none', word] }))[0]]).toEqual([word, undefined]);
});

it('refuses items that the catalogue does not have', async () => {
  const items = { laziness: { violation: ['cigarette'], fine: [], least: 0.7 } };
  expect((await refusal({ items }))[0]).toBe('MODEL_PACK_ITEM_UNKNOWN');
});

it('names the field that is wrong', async () => {
  const smoking = MANIFEST.items.smoking;
  expect(await refusal({ items: {} })).toEqual(['MODEL_PACK_INVALID', 'items', 'at least one item']);
  expect(await refusal({ items: { smoking: { ...smoking, violation: [] } } })).toEqual([
    'MODEL_PACK_INVALID',
    'items.smoking.violation',
    'at least one class',
  ]);
  expect(await refusal({ items: { smoking: { ...smoking, fine: ['pipe'] } } })).toEqual([
    'MODEL_PACK_INVALID',
    'items.smoking',
    'classes of the network; pipe is none',
  ]);
  expect((await refusal({ items: { smoking: { ...smoking, fine: ['cigarette'] } } }))[1]).toBe('items.smoking.fine');
  expect(await refusal({ region: 'face' })).toEqual(['MODEL_PACK_INVALID', 'region', expect.anything()]);
  expect(await refusal({ embedding: 'e' })).toEqual(['MODEL_PACK_INVALID', 'embedding', 'no such field']);
});

it('holds the shipped classifier to the same contract', () => {
  const shipped = MODEL_CATALOGUE.map(({ manifest }) => manifest).filter(isClassifierManifest);
  expect(shipped.map(({ id }) => id)).toEqual(['head-cover', 'hats']);
  for (const manifest of shipped) expect(checkClassifierManifest(manifest)).toBe(manifest);
});
