/** Writes ONNX files: the few messages of onnx.proto that a convolutional network needs. */

import { bytesField, integerField, varint } from '../onnx/onnx-fields.ts';

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

const WIRE_FLOAT32 = 5;
const ELEMENT_FLOAT = 1;
const ELEMENT_INT64 = 7;
/** Opset 14 is the first with HardSwish; ONNX Runtime reads it since 1.8. */
const OPSET = 14;
const IR_VERSION = 8;
/** Of 32-bit floats, IEEE 754. */
const SMALLEST_NORMAL = 2 ** -126;

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text, 'utf8'));
}

function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | WIRE_FLOAT32), bytes]);
}

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20. */
export function attributeMessage(name: string, value: OnnxAttribute): Buffer {
  const parts = [textField(1, name)];
  if (typeof value === 'string') parts.push(textField(4, value), integerField(20, 3));
  else if (typeof value === 'number') parts.push(integerField(3, value), integerField(20, 2));
  else if ('float' in value) parts.push(floatField(2, value.float), integerField(20, 1));
  else parts.push(...value.map((item) => integerField(8, item)), integerField(20, 7));
  return Buffer.concat(parts);
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9 (little-endian). */
export function tensorMessage(name: string, shape: readonly number[], elementType: number, raw: Uint8Array): Buffer {
  return Buffer.concat([
    ...shape.map((size) => integerField(1, size)),
    integerField(2, elementType),
    textField(8, name),
    bytesField(9, raw),
  ]);
}

/** Lengths, or names of dimensions that are open. */
export type OpenShape = readonly (number | string)[];
export type ElementType = 'float32' | 'int64';

/** ValueInfoProto of a tensor. */
function valueMessage(name: string, shape: OpenShape, type: ElementType): Buffer {
  const dimensions = Buffer.concat(
    shape.map((size) => bytesField(1, typeof size === 'string' ? textField(2, size) : integerField(1, size))),
  );
  const element = type === 'float32' ? ELEMENT_FLOAT : ELEMENT_INT64;
  const tensorType = Buffer.concat([integerField(1, element), bytesField(2, dimensions)]);
  return Buffer.concat([textField(1, name), bytesField(2, bytesField(1, tensorType))]);
}

/**
 * Collects nodes and constants and writes them as one ONNX model. The same calls give the same bytes, always: the
 * registry fixes the SHA-256 of what is converted.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export class OnnxWriter {
  readonly #nodes: Buffer[] = [];
  readonly #constants = new Map<string, Buffer>();
  readonly #inputs: Buffer[] = [];
  readonly #outputs: Buffer[] = [];

  /** @returns `output`, so that calls can be nested; an empty input name means an optional input left out */
  node(op: string, inputs: readonly string[], output: string, attributes: Record<string, OnnxAttribute> = {}): string {
    this.#nodes.push(
      Buffer.concat([
        ...inputs.map((name) => textField(1, name)),
        textField(2, output),
        textField(3, output),
        textField(4, op),
        ...Object.entries(attributes).map(([name, value]) => bytesField(5, attributeMessage(name, value))),
      ]),
    );
    return output;
  }

  /** Adds a constant once; a second call of the same name must mean the same. */
  floats(name: string, shape: readonly number[], data: Float32Array): string {
    const raw = Buffer.alloc(data.length * 4);
    data.forEach((value, index) => raw.writeFloatLE(flushed(value), index * 4));
    if (!this.#constants.has(name)) this.#constants.set(name, tensorMessage(name, shape, ELEMENT_FLOAT, raw));
    return name;
  }

  /** @param shape @default one dimension */
  integers(name: string, data: readonly number[], shape: readonly number[] = [data.length]): string {
    const raw = Buffer.alloc(data.length * 8);
    data.forEach((value, index) => raw.writeBigInt64LE(BigInt(value), index * 8));
    if (!this.#constants.has(name)) this.#constants.set(name, tensorMessage(name, shape, ELEMENT_INT64, raw));
    return name;
  }

  input(name: string, shape: OpenShape, type: ElementType = 'float32'): void {
    this.#inputs.push(bytesField(11, valueMessage(name, shape, type)));
  }

  output(name: string, shape: OpenShape, type: ElementType = 'float32'): void {
    this.#outputs.push(bytesField(12, valueMessage(name, shape, type)));
  }

  /** @param producer is written into the file and so is part of its hash */
  toBytes(producer: string): Uint8Array {
    const graph = Buffer.concat([
      ...this.#nodes.map((node) => bytesField(1, node)),
      textField(2, 'graph'),
      ...[...this.#constants.values()].map((constant) => bytesField(5, constant)),
      ...this.#inputs,
      ...this.#outputs,
    ]);
    const opset = Buffer.concat([textField(1, ''), integerField(2, OPSET)]);
    return Buffer.concat([
      integerField(1, IR_VERSION),
      textField(2, producer),
      bytesField(7, graph),
      bytesField(8, opset),
    ]);
  }
}

/**
 * A denormal becomes zero of its sign. A thread in which networks run may do so to every number that it touches (sessions are made to, since
 * denormals are slow): a file that is named by its hash must not depend on that.
 */
function flushed(value: number): number {
  const isDenormal = Math.abs(value) < SMALLEST_NORMAL;
  if (!isDenormal) return value;
  return value < 0 || Object.is(value, -0) ? -0 : 0;
}
