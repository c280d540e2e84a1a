import { expect, test } from 'vitest';
import { planarLayout, phasedLayout } from '../imaging/tensor-layout.ts';
import { OnnxWriter } from '../models/onnx-writer.ts';
import { type Phase, foldFocus } from './fold-focus.ts';
import { withInputShape } from './input-size.ts';
import { OnnxSession } from './onnx-session.ts';

const SIZE = { widthPx: 12, heightPx: 8 };
/** As the training code of YOLOX has it, and as others might. */
const PUBLISHED: readonly Phase[] = [
  { row: 0, column: 0 },
  { row: 1, column: 0 },
  { row: 0, column: 1 },
  { row: 1, column: 1 },
];
const BY_ROWS: readonly Phase[] = [
  { row: 0, column: 0 },
  { row: 0, column: 1 },
  { row: 1, column: 0 },
  { row: 1, column: 1 },
];

interface Variation {
  readonly phases?: readonly Phase[];
  readonly end?: number;
  readonly step?: number;
  readonly joinedAlong?: number;
  /** Something beside the cutting looks at the picture. */
  readonly isUsedTwice?: boolean;
}

/** A picture cut into four, and a convolution over it. */
function network({ phases = PUBLISHED, end = 2 ** 31 - 1, step = 2, joinedAlong = 1, isUsedTwice = false }: Variation) {
  const writer = new OnnxWriter();
  const list = (value: number): string => writer.integers(`list${value}`, [value]);
  const cut = (from: string, start: number, axis: number, output: string): string =>
    writer.node('Slice', [from, list(start), list(end), list(axis), list(step)], output);
  const quarters = phases.map(({ row, column }, index) =>
    cut(cut('images', row, 2, `rows${index}`), column, 3, `quarter${index}`),
  );
  const joined = writer.node('Concat', quarters, 'joined', { axis: joinedAlong });
  const weights = Float32Array.from({ length: 4 * 12 * 9 }, (_, index) => Math.sin(index * 1.7));
  const kernel = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] };
  const found = writer.node('Conv', [joined, writer.floats('weights', [4, 12, 3, 3], weights)], 'found', kernel);
  if (isUsedTwice) writer.node('Relu', ['images'], 'bright');
  writer.input('images', [1, 3, SIZE.heightPx, SIZE.widthPx]);
  writer.output(found, [1, 4, SIZE.heightPx / 2, SIZE.widthPx / 2]);
  if (isUsedTwice) writer.output('bright', [1, 3, SIZE.heightPx, SIZE.widthPx]);
  return writer.toBytes('test');
}

test.each([
  ['published', PUBLISHED],
  ['by rows', BY_ROWS],
])(
  'a network without its cutting, order %s, answers a picture laid out so as the whole network does',
  async (_, phases) => {
    const whole = network({ phases });
    const folded = foldFocus(whole, 'images');
    expect(folded?.phases).toEqual(phases);
    const layout = phasedLayout(SIZE, folded!.phases)!;
    const planar = planarLayout(SIZE);
    const picture = new Float32Array(3 * SIZE.widthPx * SIZE.heightPx).map((_value, index) => (index * 37) % 255);
    const laidOut = new Float32Array(picture.length);
    for (let channel = 0; channel < 3; channel++)
      for (let y = 0; y < SIZE.heightPx; y++)
        for (let x = 0; x < SIZE.widthPx; x++)
          laidOut[channel * layout.channelStep + layout.rows[y]! + layout.columns[x]!] =
            picture[channel * planar.channelStep + planar.rows[y]! + planar.columns[x]!]!;

    const before = await answerOf(whole, picture, [1, 3, SIZE.heightPx, SIZE.widthPx]);
    const shape = [1, 12, SIZE.heightPx / 2, SIZE.widthPx / 2];
    const after = await answerOf(withInputShape(folded!.bytes, 'images', shape), laidOut, shape);
    expect(before.some((value) => value !== 0)).toBe(true);
    expect(after).toHaveLength(before.length);
    for (const [index, value] of after.entries()) expect(value).toBeCloseTo(before[index]!, 2);
  },
);

test.each<[string, Variation]>([
  ['every third row', { step: 3 }],
  ['not to the end', { end: 6 }],
  ['to one before the end', { end: -1 }],
  ['joined below each other', { joinedAlong: 2 }],
  ['one quarter twice', { phases: PUBLISHED.with(3, { row: 0, column: 0 }) }],
  ['used elsewhere', { isUsedTwice: true }],
])('a network that cuts otherwise stays as it is: %s', (_, variation) => {
  expect(foldFocus(network(variation), 'images')).toBeUndefined();
});

test('a network that does not cut stays as it is', () => {
  const writer = new OnnxWriter();
  writer.input('images', [1, 3, 8, 8]);
  writer.output(writer.node('Relu', ['images'], 'found'), [1, 3, 8, 8]);
  expect(foldFocus(writer.toBytes('test'), 'images')).toBeUndefined();
  expect(foldFocus(network({}), 'pictures')).toBeUndefined();
});

test('no layout is made of sizes and orders that have none', () => {
  expect(phasedLayout({ widthPx: 11, heightPx: 8 }, PUBLISHED)).toBeUndefined();
  expect(phasedLayout(SIZE, PUBLISHED.toReversed())).toBeUndefined();
});

async function answerOf(bytes: Uint8Array, data: Float32Array, shape: readonly number[]): Promise<number[]> {
  const session = await OnnxSession.open({ modelId: 'test', bytes });
  try {
    return await session.run({ data, shape }, ([found]) => Array.from(found?.data ?? []));
  } finally {
    await session.close();
  }
}
