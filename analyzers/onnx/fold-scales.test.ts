import { expect, test } from 'vitest';
import { OnnxWriter } from '../models/onnx-writer.ts';
import { foldScales } from './fold-scales.ts';
import { GraphEdit } from './graph-edit.ts';
import { OnnxSession } from './onnx-session.ts';

const CHANNELS = 8;
const SIDE = 6;
const SHAPE = [1, CHANNELS, SIDE, SIDE];

interface Variation {
  /** Of the hard swish, as files spell it. */
  readonly offset?: number;
  readonly limit?: number;
  readonly divisor?: number;
  /** Of what follows it. */
  readonly factor?: number;
  readonly shift?: number;
  /** Side of the kernel that takes it. */
  readonly kernel?: 1 | 3;
  /** A value in the middle that the network gives as well. */
  readonly alsoGiven?: string;
}

function waves(length: number, frequency: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin(index * frequency));
}

class Network {
  readonly writer = new OnnxWriter();

  /** @param shape Clip takes its limits with no dimension, files write factors with one */
  number(value: number, shape: readonly number[] = [1]): string {
    return this.writer.floats(`number${value}x${shape.length}`, shape, Float32Array.of(value));
  }

  /** One number for each channel, that none is 0. */
  each(name: string): string {
    return this.writer.floats(
      name,
      [1, CHANNELS, 1, 1],
      waves(CHANNELS, 2.1).map((value) => value + 1.5),
    );
  }

  convolution(input: string, output: string, kernel: 1 | 3 = 1): string {
    const weights = this.writer.floats(
      `${output}_w`,
      [CHANNELS, CHANNELS, kernel, kernel],
      waves(CHANNELS ** 2 * kernel ** 2, 1.7),
    );
    const border = (kernel - 1) / 2;
    return this.writer.node(
      'Conv',
      [input, weights, this.writer.floats(`${output}_b`, [CHANNELS], waves(8, 0.9))],
      output,
      {
        kernel_shape: [kernel, kernel],
        pads: [border, border, border, border],
      },
    );
  }

  normalization(input: string, output: string): string {
    const list = (name: string, data: Float32Array): string => this.writer.floats(name, [CHANNELS], data);
    const statistics = [
      list('gamma', waves(CHANNELS, 0.3)),
      list('beta', waves(CHANNELS, 0.5)),
      list('mean', waves(CHANNELS, 0.7)),
      list(
        'variance',
        waves(CHANNELS, 1.1).map((value) => 2 + value),
      ),
    ];
    return this.writer.node('BatchNormalization', [input, ...statistics], output, { epsilon: { float: 1e-3 } });
  }

  toBytes(output: string, alsoGiven?: string): Uint8Array {
    this.writer.input('x', SHAPE);
    this.writer.output(output, SHAPE);
    if (alsoGiven !== undefined) this.writer.output(alsoGiven, SHAPE);
    return this.writer.toBytes('test');
  }
}

/** Convolution, hard swish, a number times it and a number added, convolution. */
function swishing({
  offset = 3,
  limit = 6,
  divisor = 6,
  factor = 0.8,
  shift = 0.4,
  kernel = 3,
  alsoGiven,
}: Variation): Uint8Array {
  const network = new Network();
  const { writer } = network;
  const first = network.convolution('x', 'first');
  const moved = writer.node('Add', [first, network.number(offset)], 'moved');
  const gate = writer.node('Clip', [moved, network.number(0, []), network.number(limit, [])], 'gate');
  const product = writer.node('Mul', [first, gate], 'product');
  const swished = writer.node('Div', [product, network.number(divisor)], 'swished');
  const scaled = writer.node('Mul', [network.number(factor), swished], 'scaled');
  const shifted = writer.node('Add', [scaled, network.number(shift)], 'shifted');
  return network.toBytes(network.convolution(shifted, 'last', kernel), alsoGiven);
}

test.each<[string, Variation]>([
  ['before a convolution with a border', {}],
  ['before one without', { kernel: 1 }],
  ['with nothing added', { shift: 0 }],
])('a hard swish becomes one convolution and one product, %s', async (_, variation) => {
  const whole = swishing(variation);
  const folded = foldScales(whole);
  expect(operatorsOf(whole)).toEqual(['Conv', 'Add', 'Clip', 'Mul', 'Div', 'Mul', 'Add', 'Conv']);
  // What is added cannot go into weights that see zeros beside the map.
  const isAdded = variation.kernel !== 1 && variation.shift !== 0;
  expect(operatorsOf(folded)).toEqual(['Conv', 'Conv', 'Clip', 'Mul', ...(isAdded ? ['Conv'] : []), 'Conv']);
  await expectSameAnswers(whole, folded);
});

test.each<[string, Variation]>([
  ['another offset', { offset: 2 }],
  ['another limit', { limit: 5 }],
  ['another divisor', { divisor: 5 }],
  ['the gate is given too', { alsoGiven: 'gate' }],
  ['the convolution is given too', { alsoGiven: 'first' }],
])('what is no hard swish, or is wanted by somebody else, stays: %s', async (_, variation) => {
  const whole = swishing(variation);
  const folded = foldScales(whole);
  expect(operatorsOf(folded)).toContain('Div');
  await expectSameAnswers(whole, folded);
});

test.each<[string, Variation]>([
  ['a factor near zero', { factor: 1e-9 }],
  ['a negative factor', { factor: -0.8 }],
  ['what is scaled is given too', { alsoGiven: 'scaled' }],
  ['what is swished is given too', { alsoGiven: 'swished' }],
  ['what is shifted is given too', { alsoGiven: 'shifted', kernel: 1 }],
])('answers stay the same with %s', async (_, variation) => {
  const whole = swishing(variation);
  const folded = foldScales(whole);
  await expectSameAnswers(whole, folded);
});

test('takes products, sums and a normalization after a convolution into its weights', async () => {
  const network = new Network();
  const { writer } = network;
  const scaled = writer.node('Mul', [network.each('factors'), network.convolution('x', 'found', 3)], 'scaled');
  const shifted = writer.node('Add', [scaled, network.number(-0.7)], 'shifted');
  const whole = network.toBytes(network.normalization(shifted, 'normal'));
  const folded = foldScales(whole);
  expect(operatorsOf(folded)).toEqual(['Conv']);
  await expectSameAnswers(whole, folded);
});

test('does so with a transposed convolution, whose channels lie otherwise', async () => {
  const network = new Network();
  const { writer } = network;
  const weights = writer.floats('w', [CHANNELS, CHANNELS, 1, 1], waves(CHANNELS ** 2, 1.3));
  const found = writer.node('ConvTranspose', ['x', weights], 'found', { kernel_shape: [1, 1] });
  const whole = network.toBytes(
    network.normalization(writer.node('Add', [found, network.each('biases')], 'moved'), 'normal'),
  );
  const folded = foldScales(whole);
  expect(operatorsOf(folded)).toEqual(['ConvTranspose']);
  await expectSameAnswers(whole, folded);
});

test('leaves what is spread over rows and columns, and sums of two maps', async () => {
  const network = new Network();
  const { writer } = network;
  const ramp = writer.floats('ramp', [1, 1, SIDE, SIDE], waves(SIDE * SIDE, 0.2));
  const found = network.convolution('x', 'found');
  const whole = network.toBytes(writer.node('Add', [writer.node('Mul', [found, ramp], 'lit'), 'x'], 'sum'));
  const folded = foldScales(whole);
  expect(operatorsOf(folded)).toEqual(['Conv', 'Mul', 'Add']);
  await expectSameAnswers(whole, folded);
});

test('adds one to a small gate instead of the map to its product with it', async () => {
  const network = new Network();
  const { writer } = network;
  const mean = writer.node('GlobalAveragePool', ['x'], 'mean');
  const gate = writer.node('HardSigmoid', [mean], 'gate');
  const whole = network.toBytes(writer.node('Add', ['x', writer.node('Mul', ['x', gate], 'product')], 'sum'));
  const folded = foldScales(whole);
  expect(operatorsOf(folded)).toEqual(['GlobalAveragePool', 'HardSigmoid', 'Add', 'Mul']);
  await expectSameAnswers(whole, folded);
});

function operatorsOf(bytes: Uint8Array): string[] {
  return new GraphEdit(bytes).nodes.map(({ operator }) => operator);
}

async function expectSameAnswers(before: Uint8Array, after: Uint8Array): Promise<void> {
  const wanted = await answersOf(before);
  const found = await answersOf(after);
  const largest = Math.max(...wanted.flat().map(Math.abs));
  expect(largest).toBeGreaterThan(0.1);
  expect(found).toHaveLength(wanted.length);
  for (const [output, values] of wanted.entries()) {
    expect(found[output]).toHaveLength(values.length);
    for (const [index, value] of values.entries())
      expect(Math.abs((found[output]?.[index] ?? Number.NaN) - value)).toBeLessThan(1e-5 * largest);
  }
}

async function answersOf(bytes: Uint8Array): Promise<number[][]> {
  const session = await OnnxSession.open({ modelId: 'test', bytes });
  try {
    const data = waves(CHANNELS * SIDE * SIDE, 0.77).map((value) => value * 3);
    return await session.run({ data, shape: SHAPE }, (outputs) => outputs.map((output) => Array.from(output.data)));
  } finally {
    await session.close();
  }
}
