import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { writePack } from '../testing/tiny-detector.ts';
import { checkFinderManifest, isFinderManifest } from './finder-manifest.ts';
import { MODEL_CATALOGUE } from './model-catalogue.ts';
import { ModelRegistry } from './model-registry.ts';

const MANIFEST = {
  id: 'cigarettes',
  task: 'hygiene-detection',
  family: 'yolox',
  title: 'Cigarettes',
  source: 'my own training',
  licence: 'Apache-2.0',
  measured: 'nothing yet',
  region: 'person',
  minRegionPx: 24,
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
  classes: ['person', 'cigarette', 'woman smoking'],
  items: { smoking: { shows: ['cigarette'], least: 0.4 } },
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

it('lets a pack find things for an item, which then has a model; a download that is not here counts for none', async () => {
  expect(await registry().judgedItems()).toEqual(['no_mask', 'no_head_cover']);
  await writePack(folder, 'it', MANIFEST, Buffer.from('bytes'));
  expect(await registry().refusedPacks()).toEqual([]);
  expect((await registry().hygieneJudges()).map(({ id }) => id)).toEqual([
    'cigarettes',
    'yolox-nano-hands',
    'head-cover',
    'hats',
  ]);
  expect((await registry().judgedItems()).toSorted()).toEqual(['no_head_cover', 'no_mask', 'smoking']);
  expect(await registry().detectorIds()).not.toContain('cigarettes');
});

it('refuses to look for who or what a person is, whatever else the network knows', async () => {
  expect((await refusal({}))[0]).toBeUndefined();
  for (const name of ['person', 'woman smoking'])
    expect((await refusal({ items: { smoking: { shows: [name], least: 0.4 } } }))[0]).toBe('MODEL_PACK_CLASS_REFUSED');
});

it('names the field that is wrong', async () => {
  const { smoking } = MANIFEST.items;
  expect((await refusal({ items: { laziness: smoking } }))[0]).toBe('MODEL_PACK_ITEM_UNKNOWN');
  expect(await refusal({ items: {} })).toEqual(['MODEL_PACK_INVALID', 'items', 'at least one item']);
  expect(await refusal({ items: { smoking: { ...smoking, shows: ['pipe'] } } })).toEqual([
    'MODEL_PACK_INVALID',
    'items.smoking',
    'classes of the network; pipe is none',
  ]);
  expect(await refusal({ family: 'yolov99' })).toEqual(['MODEL_PACK_INVALID', 'family', 'centernet, yolox, rtdetr']);
  expect((await refusal({ region: 'face' }))[1]).toBe('region');
  expect(await refusal({ embedding: 'e' })).toEqual(['MODEL_PACK_INVALID', 'embedding', 'no such field']);
});

it('holds the built-in finder to the same contract', () => {
  const known = MODEL_CATALOGUE.map(({ manifest }) => manifest).filter(isFinderManifest);
  expect(known.map(({ id }) => id)).toEqual(['yolox-nano-hands']);
  for (const manifest of known) expect(checkFinderManifest(manifest)).toBe(manifest);
});
