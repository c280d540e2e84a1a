import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { ModelRegistry } from '../../models/model-registry.ts';
import { Canvas } from '../../testing/pictures.ts';
import { tinyNetwork, writePack } from '../../testing/tiny-detector.ts';
import { VehicleDetector } from './vehicle-detector.ts';

/** Packs as people write them, with real networks in real sessions; only the networks are tiny. */

const WORDS = ['lorry', 'car', 'dog', 'person'];
const common = {
  task: 'object-detection',
  title: 'Tiny',
  source: 'this test',
  licence: 'Apache-2.0',
  measured: 'nothing',
  classes: WORDS,
  labels: { lorry: 'truck' },
};
const white = new Canvas(640, 320, [255, 255, 255]);
const black = new Canvas(640, 320, [0, 0, 0]);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'packs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const registry = () => new ModelRegistry({ folder, packFolder: folder, mirror: '', log: silentLog });

async function detectorOf(id: string, threshold = 0.3): Promise<VehicleDetector> {
  return VehicleDetector.open({ registry: registry(), choice: id, threshold });
}

describe('a pack in the style of RT-DETR', () => {
  const logit = (score: number): number => Math.log(score / (1 - score));
  const input = {
    layer: 'pixel_values',
    sizes: [{ widthPx: 64, heightPx: 64 }],
    colours: 'rgb',
    pixelRange: 1,
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
    fit: 'stretch',
  };
  const boxes = [0.5, 0.5, 0.2, 0.4, 0.25, 0.75, 0.1, 0.1, 0.8, 0.2, 0.1, 0.2];

  it('gives the boxes of its queries, under our words, as the picture makes them', async () => {
    // First query: a lorry that is only seen in bright pictures. Second: a dog. Third: a car, always.
    const no = logit(0.01);
    const base = [logit(0.1), no, no, no, no, no, logit(0.9), no, no, logit(0.6), no, no];
    const slope = [logit(0.8) - logit(0.1), ...Array.from({ length: 11 }, () => 0)];
    const model = tinyNetwork({
      inputName: 'pixel_values',
      inputShape: ['batch', 3, 64, 64],
      outputs: [
        { name: 'logits', shape: [1, 3, 4], base, slope },
        { name: 'pred_boxes', shape: [1, 3, 4], base: boxes },
      ],
    });
    await writePack(
      folder,
      'tiny-rtdetr',
      { ...common, id: 'tiny-rtdetr', family: 'rtdetr', input, outputs: { logits: 'logits', boxes: 'pred_boxes' } },
      model,
    );
    const detector = await detectorOf('tiny-rtdetr');
    const found = await detector.detect(white);
    expect(found.map(({ label }) => label)).toEqual(['truck', 'car']);
    expect(found[0]?.score).toBeCloseTo(0.8, 3);
    expect(found[0]?.box.x).toBeCloseTo(0.4);
    expect(found[0]?.box.y).toBeCloseTo(0.3);
    expect(found[0]?.box.width).toBeCloseTo(0.2);
    expect(found[0]?.box.height).toBeCloseTo(0.4);
    expect((await detector.detect(black)).map(({ label }) => label)).toEqual(['car']);
    await detector.close();
  });

  it('may give finished boxes, when it is told the size that they refer to', async () => {
    const corners = [0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.9, 0.9];
    const model = tinyNetwork({
      inputName: 'images',
      inputShape: [1, 3, 64, 96],
      sizeInput: 'orig_target_sizes',
      outputs: [
        { name: 'boxes', shape: [1, 2, 4], base: corners },
        { name: 'labels', shape: [1, 2], base: [3, 0], isWhole: true },
        { name: 'scores', shape: [1, 2], base: [0.4, 0.7] },
      ],
    });
    const manifest = {
      ...common,
      id: 'finished',
      family: 'rtdetr',
      input: { ...input, layer: 'images', sizes: [{ widthPx: 96, heightPx: 64 }], sizeLayer: 'orig_target_sizes' },
      outputs: { labels: 'labels', boxes: 'boxes', scores: 'scores' },
      thresholds: { person: 0.5 },
    };
    await writePack(folder, 'finished', manifest, model);
    const detector = await detectorOf('finished');
    const [truck, ...others] = await detector.detect(white);
    expect(truck?.label).toBe('truck');
    expect(truck?.box.x).toBeCloseTo(0.5);
    expect(truck?.box.height).toBeCloseTo(0.4);
    expect(others).toEqual([]);
    await detector.close();
  });
});

describe('a pack in the style of YOLOX', () => {
  const size = { widthPx: 64, heightPx: 32 };
  const input = {
    layer: 'images',
    sizes: [size],
    colours: 'bgr',
    pixelRange: 255,
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
    fit: 'letterbox',
    border: 114,
  };
  /** Grids of 4×2 and 2×1 cells: nine values in each of ten. */
  function cells(first: readonly number[], last: readonly number[]): number[] {
    return [...first, ...Array.from({ length: 8 * 9 }, () => 0), ...last];
  }
  const manifest = { ...common, family: 'yolox', input, outputs: { cells: 'cells' }, strides: [16, 32] };

  it('reads cells as the training code exports them', async () => {
    // The first cell of the fine grid: 16×8 px around (8, 16); the last of the coarse one, around (48, 16), a person.
    const base = cells([0.5, 1, 0, Math.log(0.5), 0.9, 0, 0.8, 0, 0], [0.5, 0.5, Math.log(0.25), 0, 0.5, 0, 0, 0, 0.9]);
    const model = tinyNetwork({
      inputName: 'images',
      inputShape: [1, 3, 32, 64],
      outputs: [{ name: 'cells', shape: [1, 10, 9], base }],
    });
    await writePack(folder, 'a', { ...manifest, id: 'tiny-yolox', boxes: 'grid' }, model);
    const detector = await detectorOf('tiny-yolox');
    const found = await detector.detect(white);
    expect(found.map(({ label, score }) => [label, Number(score.toFixed(3))])).toEqual([
      ['car', 0.72],
      ['person', 0.45],
    ]);
    expect(found[0]?.box.y).toBeCloseTo(0.375);
    expect(found[0]?.box.width).toBeCloseTo(0.25);
    expect(found[0]?.box.height).toBeCloseTo(0.25);
    expect(found[1]?.box.x).toBeCloseTo(44 / 64);
    expect(found[1]?.box.width).toBeCloseTo(8 / 64);
    await detector.close();
  });

  it('takes boxes that are pixels already, and other sizes where the manifest allows them', async () => {
    const base = cells([16, 16, 32, 16, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const outputs = [{ name: 'cells', shape: [1, 10, 9], base }];
    const model = tinyNetwork({ inputName: 'images', inputShape: [1, 3, 'height', 'width'], outputs });
    await writePack(folder, 'a', { ...manifest, id: 'tiny-pixels', boxes: 'pixels' }, model);
    const detector = await detectorOf('tiny-pixels');
    expect(await detector.detect(white)).toEqual([
      { label: 'car', score: 1, box: { x: 0, y: 0.25, width: 0.5, height: 0.5 } },
    ]);
    await detector.close();
  });

  it('says which layer is missing, and which there are', async () => {
    const outputs = [{ name: 'output', shape: [1, 10, 9], base: cells(Array(9).fill(0), Array(9).fill(0)) }];
    const model = tinyNetwork({ inputName: 'images', inputShape: [1, 3, 32, 64], outputs });
    await writePack(folder, 'a', { ...manifest, id: 'a', boxes: 'grid' }, model);
    await expect(detectorOf('a')).rejects.toMatchObject({
      code: 'MODEL_LAYER_MISSING',
      context: { layer: 'cells', found: 'output' },
    });
    await writePack(folder, 'b', { ...manifest, id: 'b', boxes: 'grid', input: { ...input, layer: 'x' } }, model);
    await expect(detectorOf('b')).rejects.toMatchObject({ code: 'MODEL_LAYER_MISSING', context: { layer: 'x' } });
  });

  it('says which shape it expected and found', async () => {
    const outputs = [{ name: 'cells', shape: [1, 10, 8], base: Array.from({ length: 80 }, () => 0) }];
    const model = tinyNetwork({ inputName: 'images', inputShape: [1, 3, 32, 64], outputs });
    await writePack(folder, 'a', { ...manifest, id: 'a', boxes: 'grid' }, model);
    await expect(detectorOf('a')).rejects.toMatchObject({
      code: 'MODEL_SHAPE_MISMATCH',
      context: { layer: 'cells', expected: '1×10×9', found: '1×10×8' },
    });
    const sizes = [{ widthPx: 96, heightPx: 32 }];
    await writePack(folder, 'b', { ...manifest, id: 'b', boxes: 'grid', input: { ...input, sizes } }, model);
    await expect(detectorOf('b')).rejects.toMatchObject({
      code: 'MODEL_SHAPE_MISMATCH',
      context: { layer: 'images', expected: '1×3×32×96', found: '1×3×32×64' },
    });
  });

  it('refuses another file than the manifest names, and none at all', async () => {
    const written = await writePack(folder, 'a', { ...manifest, id: 'a', boxes: 'grid' }, Buffer.from('x'));
    await writeFile(path.join(written, 'model.onnx'), 'y');
    await expect(detectorOf('a')).rejects.toMatchObject({ code: 'MODEL_PACK_HASH_MISMATCH' });
    await rm(path.join(written, 'model.onnx'));
    await expect(detectorOf('a')).rejects.toMatchObject({ code: 'MODEL_PACK_FILE_MISSING' });
    await writePack(folder, 'b', { ...manifest, id: 'b', boxes: 'grid' }, Buffer.from('no model'));
    await expect(detectorOf('b')).rejects.toMatchObject({ code: 'MODEL_BROKEN' });
  });
});

it('knows no detector of another name, and says which there are', async () => {
  await expect(detectorOf('best')).rejects.toMatchObject({
    code: 'DETECTOR_UNKNOWN',
    context: { known: 'centernet, yolox-nano' },
  });
});
