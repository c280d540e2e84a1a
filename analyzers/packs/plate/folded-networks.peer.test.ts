import { expect, test } from 'vitest';
import { silentLog } from '#infra/runtime/logger.ts';
import { ModelRegistry } from '../../models/model-registry.ts';
import { foldScales } from '../../onnx/fold-scales.ts';
import { GraphEdit } from '../../onnx/graph-edit.ts';
import { OnnxSession } from '../../onnx/onnx-session.ts';

const registry = new ModelRegistry({ folder: '', mirror: '', log: silentLog });

test.each([
  ['ppocr-v4-det', [1, 3, 64, 256]],
  ['ppocr-v4-rec', [1, 3, 48, 192]],
] as const)('%s answers as it is published when its scales are folded', async (modelId, shape) => {
  const published = await registry.load(modelId);
  const folded = foldScales(published);
  const operators = new GraphEdit(folded).nodes.map(({ operator }) => operator);
  expect(operators).not.toContain('BatchNormalization');
  const [wanted, found] = [await answerOf(modelId, published, shape), await answerOf(modelId, folded, shape)];
  expect(found).toHaveLength(wanted.length);
  const difference = wanted.map((value, index) => Math.abs(value - (found[index] ?? Number.NaN)));
  // Probabilities; text is seen.
  expect(wanted.reduce((most, value) => Math.max(most, value))).toBeGreaterThan(0.5);
  expect(difference.reduce((most, value) => Math.max(most, value))).toBeLessThan(1e-4);
});

/** Bars of letters, in a cell of 5 by 7: left, top, width and height of each. */
const LETTERS = [
  // H, E, L, T, F
  [
    [0, 0, 1, 7],
    [4, 0, 1, 7],
    [1, 3, 3, 1],
  ],
  [
    [0, 0, 1, 7],
    [1, 0, 4, 1],
    [1, 3, 3, 1],
    [1, 6, 4, 1],
  ],
  [
    [0, 0, 1, 7],
    [1, 6, 4, 1],
  ],
  [
    [0, 0, 5, 1],
    [2, 1, 1, 6],
  ],
  [
    [0, 0, 1, 7],
    [1, 0, 4, 1],
    [1, 3, 3, 1],
  ],
] as const;

/** Whether a place shows a letter of a line of them. */
function isInk(x: number, y: number, cellPx: number): boolean {
  const [column, row] = [Math.floor(x / cellPx) - 2, Math.floor(y / cellPx) - 2];
  const letter = LETTERS[Math.floor(column / 7)];
  const inCell = column - Math.floor(column / 7) * 7;
  return (
    letter?.some(
      ([left, top, width, height]) => inCell >= left && inCell < left + width && row >= top && row < top + height,
    ) ?? false
  );
}

/** To a line of letters. */
async function answerOf(modelId: string, bytes: Uint8Array, shape: readonly number[]): Promise<Float32Array> {
  const session = await OnnxSession.open({ modelId, bytes });
  const [, , heightPx = 0, widthPx = 0] = shape;
  const data = Float32Array.from({ length: 3 * heightPx * widthPx }, (_, index) => {
    const [x, y] = [index % widthPx, Math.floor(index / widthPx) % heightPx];
    return isInk(x, y, heightPx / 11) ? 0.9 : -0.7;
  });
  try {
    return await session.run({ data, shape }, ([output]) => Float32Array.from(output?.data ?? []));
  } finally {
    await session.close();
  }
}
