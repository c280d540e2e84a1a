import {
  elementCount,
  halfToNumber,
  type Layer,
  type LayerConstant,
  type LayerGraph,
  transpose,
} from './layer-graph.ts';

/** Numbers of TensorFlow Lite's schema. @see tensorflow/lite/schema/schema.fbs */
const OPERATORS: Readonly<Record<number, string>> = {
  0: 'Add',
  2: 'ConcatV2',
  3: '_FusedConv2D',
  4: 'FusedDepthwiseConv2dNative',
  6: 'Dequantize',
  14: 'Sigmoid',
  17: 'MaxPool',
  19: 'Relu',
  22: 'Reshape',
  25: 'Softmax',
};
const ACTIVATIONS: Readonly<Record<number, readonly string[]>> = { 0: [], 1: ['Relu'], 3: ['Relu6'] };
const TYPE_FLOAT32 = 0;
const TYPE_FLOAT16 = 1;
const TYPE_INT32 = 2;

/** One table of a FlatBuffer: fields by number, with defaults for those left out. */
class Table {
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  #field(index: number): number {
    const vtable = this.#at - this.#view.getInt32(this.#at, true);
    const slot = 4 + 2 * index;
    if (slot >= this.#view.getUint16(vtable, true)) return 0;
    const offset = this.#view.getUint16(vtable + slot, true);
    return offset === 0 ? 0 : this.#at + offset;
  }

  #indirect(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  byte(index: number, fallback = 0): number {
    const at = this.#field(index);
    return at === 0 ? fallback : this.#view.getInt8(at);
  }

  integer(index: number, fallback = 0): number {
    const at = this.#field(index);
    return at === 0 ? fallback : this.#view.getInt32(at, true);
  }

  table(index: number): Table | undefined {
    const at = this.#field(index);
    return at === 0 ? undefined : new Table(this.#view, this.#indirect(at));
  }

  /** Start of a vector's items, and how many they are. */
  vector(index: number): { at: number; count: number } {
    const field = this.#field(index);
    if (field === 0) return { at: 0, count: 0 };
    const vector = this.#indirect(field);
    return { at: vector + 4, count: this.#view.getUint32(vector, true) };
  }

  integers(index: number): number[] {
    const { at, count } = this.vector(index);
    return Array.from({ length: count }, (_, i) => this.#view.getInt32(at + 4 * i, true));
  }

  tables(index: number): Table[] {
    const { at, count } = this.vector(index);
    return Array.from({ length: count }, (_, i) => new Table(this.#view, this.#indirect(at + 4 * i)));
  }
}

/**
 * Reads the first subgraph of a TensorFlow Lite file of float32 or float16 weights. Tensor `n` becomes layer `tn`.
 * @throws {Error} on an operation or type that is not known, and {RangeError} on a file that is cut
 */
export function readTfliteGraph(bytes: Uint8Array): LayerGraph {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const model = new Table(view, view.getUint32(0, true));
  const operatorCodes = model.tables(1).map((code) => Math.max(code.byte(0), code.integer(3)));
  const subgraph = model.tables(2)[0];
  if (!subgraph) throw new Error('no subgraph');
  const buffers = model.tables(4);
  const tensors = subgraph.tables(0);
  const layers = new Map<string, Layer>();
  const constants = new Map<string, LayerConstant>();

  const shapeOf = (tensor: number): number[] => tensors[tensor]?.integers(0) ?? [];

  function readConstant(tensor: number): LayerConstant | undefined {
    const table = tensors[tensor];
    const data = buffers[table?.integer(2) ?? 0]?.vector(0);
    if (!table || !data || data.count === 0) return undefined;
    const shape = shapeOf(tensor);
    const count = elementCount(shape);
    const type = table.byte(1);
    if (type === TYPE_INT32)
      return { shape, data: Int32Array.from({ length: count }, (_, i) => view.getInt32(data.at + 4 * i, true)) };
    if (type === TYPE_FLOAT16)
      return {
        shape,
        data: Float32Array.from({ length: count }, (_, i) => halfToNumber(view.getUint16(data.at + 2 * i, true))),
      };
    if (type === TYPE_FLOAT32)
      return { shape, data: Float32Array.from({ length: count }, (_, i) => view.getFloat32(data.at + 4 * i, true)) };
    throw new Error(`tensor ${tensor}: type ${type} is not known`);
  }

  const dequantized = new Map<number, LayerConstant>();
  function constantOf(tensor: number): LayerConstant {
    const constant = dequantized.get(tensor) ?? readConstant(tensor);
    if (!constant) throw new Error(`tensor ${tensor} is not a constant`);
    return constant;
  }

  function addLayer(name: string, op: string, inputs: readonly string[], options: Partial<Layer> = {}): void {
    const plain = { strides: [1, 1], dilations: [1, 1], kernel: [1, 1], padding: 'VALID', fused: [] } as const;
    layers.set(name, { ...plain, ...options, name, op, inputs });
  }

  for (const operator of subgraph.tables(3)) {
    const code = operatorCodes[operator.integer(0)] ?? -1;
    const op = OPERATORS[code];
    const inputs = operator.integers(1);
    const output = operator.integers(2)[0] ?? -1;
    const name = `t${output}`;
    const names = inputs.map((tensor) => `t${tensor}`);
    const options = operator.table(4);
    const padding = options?.byte(0) === 1 ? 'VALID' : 'SAME';
    const activation = (field: number): readonly string[] => {
      const fused = ACTIVATIONS[options?.byte(field) ?? 0];
      if (!fused) throw new Error(`${name}: activation is not known`);
      return fused;
    };
    switch (op) {
      case 'Dequantize':
        dequantized.set(output, constantOf(inputs[0] ?? -1));
        break;
      case '_FusedConv2D':
      case 'FusedDepthwiseConv2dNative': {
        const depthwise = op !== '_FusedConv2D';
        const filter = constantOf(inputs[1] ?? -1);
        // TensorFlow Lite: [out,h,w,in], depthwise [1,h,w,in·multiplier]; TensorFlow: [h,w,in,out].
        constants.set(`${name}_filter`, {
          shape: depthwise ? [...filter.shape.slice(1), 1] : [1, 2, 3, 0].map((from) => filter.shape[from] ?? 1),
          data: depthwise ? filter.data : transpose(filter.data, filter.shape, [1, 2, 3, 0]),
        });
        constants.set(`${name}_bias`, constantOf(inputs[2] ?? -1));
        addLayer(name, op, [names[0] ?? '', `${name}_filter`, `${name}_bias`], {
          strides: [options?.integer(2, 1) ?? 1, options?.integer(1, 1) ?? 1],
          dilations: [options?.integer(depthwise ? 6 : 5, 1) ?? 1, options?.integer(depthwise ? 5 : 4, 1) ?? 1],
          padding,
          fused: ['BiasAdd', ...activation(depthwise ? 4 : 3)],
        });
        break;
      }
      case 'MaxPool':
        addLayer(name, op, names.slice(0, 1), {
          strides: [options?.integer(2, 1) ?? 1, options?.integer(1, 1) ?? 1],
          kernel: [options?.integer(4, 1) ?? 1, options?.integer(3, 1) ?? 1],
          padding,
        });
        break;
      case 'Reshape':
        constants.set(`${name}_shape`, { shape: [shapeOf(output).length], data: Int32Array.from(shapeOf(output)) });
        addLayer(name, op, [names[0] ?? '', `${name}_shape`]);
        break;
      case 'ConcatV2':
        constants.set(`${name}_axis`, { shape: [], data: Int32Array.of(options?.integer(0) ?? 0) });
        addLayer(name, op, [...names, `${name}_axis`]);
        break;
      case 'Add':
        addLayer(name, op, names, { fused: activation(0) });
        break;
      case 'Relu':
      case 'Sigmoid':
      case 'Softmax':
        addLayer(name, op, names.slice(0, 1));
        break;
      default:
        throw new Error(`${name}: operation ${code} is not known`);
    }
  }
  return { layers, constants };
}
