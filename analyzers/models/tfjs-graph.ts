import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { elementCount, halfToNumber, type Layer, type LayerConstant, type LayerGraph } from './layer-graph.ts';

const IntegerList = Type.Object({ list: Type.Object({ i: Type.Optional(Type.Array(Type.String())) }) });
const Weight = Type.Object({
  name: Type.String(),
  shape: Type.Array(Type.Integer({ minimum: 0 })),
  dtype: Type.Union([Type.Literal('float32'), Type.Literal('int32')]),
  quantization: Type.Optional(Type.Object({ dtype: Type.Literal('float16') })),
});
const Node = Type.Object({
  name: Type.String(),
  op: Type.String(),
  input: Type.Optional(Type.Array(Type.String())),
  attr: Type.Optional(
    Type.Object({
      strides: Type.Optional(IntegerList),
      dilations: Type.Optional(IntegerList),
      ksize: Type.Optional(IntegerList),
      padding: Type.Optional(Type.Object({ s: Type.String() })),
      data_format: Type.Optional(Type.Object({ s: Type.String() })),
      fused_ops: Type.Optional(Type.Object({ list: Type.Object({ s: Type.Optional(Type.Array(Type.String())) }) })),
    }),
  ),
});
const GraphModel = Type.Object({
  format: Type.Literal('graph-model'),
  modelTopology: Type.Object({ node: Type.Array(Node) }),
  weightsManifest: Type.Array(Type.Object({ paths: Type.Array(Type.String()), weights: Type.Array(Weight) })),
});

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** TensorFlow writes four numbers, one per dimension of NHWC; the middle two matter. */
function middlePair(list: Static<typeof IntegerList> | undefined): readonly [number, number] {
  const items = (list?.list.i ?? []).map(Number);
  return [items[1] ?? 1, items[2] ?? 1];
}

function toLayer(node: Static<typeof Node>): Layer {
  const { attr = {} } = node;
  if (attr.data_format && fromBase64(attr.data_format.s) !== 'NHWC')
    throw new Error(`${node.name}: only NHWC graphs can be converted`);
  return {
    name: node.name,
    op: node.op,
    // A name with ^ is an order of execution, not a value.
    inputs: (node.input ?? []).filter((name) => !name.startsWith('^')),
    strides: middlePair(attr.strides),
    dilations: middlePair(attr.dilations),
    kernel: middlePair(attr.ksize),
    padding: attr.padding && fromBase64(attr.padding.s) === 'SAME' ? 'SAME' : 'VALID',
    fused: (attr.fused_ops?.list.s ?? []).map(fromBase64),
  };
}

/** Reads one weight at `offset`. @returns the constant and the bytes it took */
function readWeight(bytes: Buffer, offset: number, weight: Static<typeof Weight>): [LayerConstant, number] {
  const count = elementCount(weight.shape);
  const half = weight.quantization !== undefined;
  const data = weight.dtype === 'int32' ? new Int32Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) {
    if (half) data[i] = halfToNumber(bytes.readUInt16LE(offset + 2 * i));
    else if (weight.dtype === 'int32') data[i] = bytes.readInt32LE(offset + 4 * i);
    else data[i] = bytes.readFloatLE(offset + 4 * i);
  }
  return [{ shape: weight.shape, data }, count * (half ? 2 : 4)];
}

/**
 * Reads a tfjs graph model: a JSON of layers with the weight files beside it (float32, int32 or float16).
 * @throws {Error} when the file is not one, or its weights have another size than it says
 */
export async function readTfjsGraph(jsonPath: string): Promise<LayerGraph> {
  const model = Value.Parse(GraphModel, JSON.parse(await readFile(jsonPath, 'utf8')));
  const constants = new Map<string, LayerConstant>();
  for (const group of model.weightsManifest) {
    const files = await Promise.all(group.paths.map((name) => readFile(path.join(path.dirname(jsonPath), name))));
    const bytes = Buffer.concat(files);
    let offset = 0;
    for (const weight of group.weights) {
      const [constant, size] = readWeight(bytes, offset, weight);
      constants.set(weight.name, constant);
      offset += size;
    }
    if (offset !== bytes.length) throw new Error(`weights are ${bytes.length} bytes, ${offset} expected`);
  }
  const layers = model.modelTopology.node.filter((node) => !constants.has(node.name)).map(toLayer);
  return { layers: new Map(layers.map((layer) => [layer.name, layer])), constants };
}
