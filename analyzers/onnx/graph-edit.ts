import { tensorMessage } from '../models/onnx-writer.ts';
import { bodiesOf, bytesField, fieldsOf, packedNumbers, rewrite, textsOf } from './onnx-fields.ts';
import {
  ATTRIBUTE_FLOAT,
  ATTRIBUTE_INTEGER,
  ATTRIBUTE_INTEGERS,
  ATTRIBUTE_NAME,
  ATTRIBUTE_TENSOR,
  ATTRIBUTE_TEXT,
  ELEMENT_FLOAT,
  GRAPH_INITIALIZER,
  GRAPH_NODE,
  GRAPH_OUTPUT,
  MODEL_GRAPH,
  MODEL_OPERATORS,
  NODE_ATTRIBUTE,
  NODE_INPUT,
  NODE_OPERATOR,
  NODE_OUTPUT,
  OPERATORS_DOMAIN,
  OPERATORS_VERSION,
  TENSOR_DIMENSION,
  TENSOR_FLOAT_DATA,
  TENSOR_NAME,
  TENSOR_RAW_DATA,
  TENSOR_TYPE,
  VALUE_NAME,
} from './onnx-proto.ts';

/** A constant of float32, row-major. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** An operation that may be changed. What a graph holds is written as it is then. */
export interface GraphNode {
  readonly operator: string;
  inputs: string[];
  outputs: string[];
  /** AttributeProto messages. */
  readonly attributes: readonly Uint8Array[];
}

/** The operations of an ONNX file, to be taken out, changed and added. */
export class GraphEdit {
  readonly #bytes: Uint8Array;
  readonly #nodes: GraphNode[];
  readonly #constants = new Map<string, Constant>();
  readonly #added = new Map<string, Uint8Array>();
  readonly #given: ReadonlySet<string>;

  /** @throws {Error} when the bytes are no ONNX file */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const [graph = new Uint8Array()] = bodiesOf(bytes, MODEL_GRAPH);
    this.#nodes = bodiesOf(graph, GRAPH_NODE).map(nodeOf);
    this.#given = new Set(bodiesOf(graph, GRAPH_OUTPUT).flatMap((output) => textsOf(output, VALUE_NAME).slice(0, 1)));
    for (const tensor of bodiesOf(graph, GRAPH_INITIALIZER)) this.#keep(textsOf(tensor, TENSOR_NAME)[0], tensor);
    for (const { operator, outputs, attributes } of this.#nodes) {
      if (operator !== 'Constant') continue;
      for (const attribute of attributes)
        for (const tensor of bodiesOf(attribute, ATTRIBUTE_TENSOR)) this.#keep(outputs[0], tensor);
    }
  }

  /** Of ONNX's own operators: what their inputs and attributes mean. */
  get operatorsVersion(): number {
    for (const operators of bodiesOf(this.#bytes, MODEL_OPERATORS)) {
      const [domain = ''] = textsOf(operators, OPERATORS_DOMAIN);
      const version = [...fieldsOf(operators)].find(({ field }) => field === OPERATORS_VERSION)?.value;
      if (domain === '' && version !== undefined) return version;
    }
    return 0;
  }

  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  /** Undefined for what is computed, and for constants of other types than float32. */
  constant(name: string | undefined): Constant | undefined {
    return name === undefined ? undefined : this.#constants.get(name);
  }

  /** Who takes a value. Empty, too, when it is an answer of the whole network: it is not to be touched then. */
  usersOf(name: string | undefined): readonly GraphNode[] {
    if (name === undefined || this.#given.has(name)) return [];
    return this.#nodes.filter(({ inputs }) => inputs.includes(name));
  }

  /** @returns its name */
  addConstant({ shape, data }: Constant): string {
    const name = `folded.${this.#added.size}`;
    this.#constants.set(name, { shape, data });
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#added.set(name, bytesField(GRAPH_INITIALIZER, tensorMessage(name, shape, ELEMENT_FLOAT, raw)));
    return name;
  }

  insertAfter(place: GraphNode, nodes: readonly GraphNode[]): void {
    this.#nodes.splice(this.#nodes.indexOf(place) + 1, 0, ...nodes);
  }

  remove(node: GraphNode): void {
    this.#nodes.splice(this.#nodes.indexOf(node), 1);
  }

  /** The file as it is now, without constants that nobody takes any more. */
  toBytes(): Uint8Array {
    const taken = new Set([...this.#given, ...this.#nodes.flatMap(({ inputs }) => inputs)]);
    const nodes = this.#nodes.filter(({ operator, outputs }) => operator !== 'Constant' || taken.has(outputs[0] ?? ''));
    const added = [...this.#added].flatMap(([name, field]) => (taken.has(name) ? [field] : []));
    return rewrite(this.#bytes, (part) => {
      if (part.field !== MODEL_GRAPH) return part.whole;
      const others = rewrite(part.body, (inner) => {
        if (inner.field === GRAPH_NODE) return undefined;
        const isConstant = inner.field === GRAPH_INITIALIZER;
        return isConstant && !taken.has(textsOf(inner.body, TENSOR_NAME)[0] ?? '') ? undefined : inner.whole;
      });
      return bytesField(MODEL_GRAPH, Buffer.concat([...nodes.map(nodeField), others, ...added]));
    });
  }

  #keep(name: string | undefined, tensor: Uint8Array): void {
    const constant = constantOf(tensor);
    if (name !== undefined && constant) this.#constants.set(name, constant);
  }
}

function attributeOf({ attributes }: GraphNode, wanted: string): Uint8Array | undefined {
  return attributes.find((message) => textsOf(message, ATTRIBUTE_NAME)[0] === wanted);
}

/** A number or several. @returns undefined when the node does not have the attribute: a default holds then */
export function integersOf(node: GraphNode, wanted: string): readonly number[] | undefined {
  const attribute = attributeOf(node, wanted);
  if (!attribute) return undefined;
  return [...fieldsOf(attribute)].flatMap(({ field, value, body }) => {
    if (field !== ATTRIBUTE_INTEGER && field !== ATTRIBUTE_INTEGERS) return [];
    return value === undefined ? packedNumbers(body) : [value];
  });
}

/** @returns undefined when the node does not have the attribute */
export function floatOf(node: GraphNode, wanted: string): number | undefined {
  const attribute = attributeOf(node, wanted);
  const field = attribute && [...fieldsOf(attribute)].find((part) => part.field === ATTRIBUTE_FLOAT);
  // A key of one byte, then four bytes.
  return field && Buffer.from(field.whole).readFloatLE(1);
}

/** @returns undefined when the node does not have the attribute */
export function textOf(node: GraphNode, wanted: string): string | undefined {
  const attribute = attributeOf(node, wanted);
  return attribute && textsOf(attribute, ATTRIBUTE_TEXT)[0];
}

function nodeOf(body: Uint8Array): GraphNode {
  return {
    operator: textsOf(body, NODE_OPERATOR)[0] ?? '',
    inputs: textsOf(body, NODE_INPUT),
    outputs: textsOf(body, NODE_OUTPUT),
    attributes: bodiesOf(body, NODE_ATTRIBUTE),
  };
}

function nodeField({ operator, inputs, outputs, attributes }: GraphNode): Uint8Array {
  const texts = (field: number, all: readonly string[]) => all.map((text) => bytesField(field, Buffer.from(text)));
  return bytesField(
    GRAPH_NODE,
    Buffer.concat([
      ...texts(NODE_INPUT, inputs),
      ...texts(NODE_OUTPUT, outputs),
      ...texts(NODE_OPERATOR, [operator]),
      ...attributes.map((attribute) => bytesField(NODE_ATTRIBUTE, attribute)),
    ]),
  );
}

function constantOf(tensor: Uint8Array): Constant | undefined {
  const fields = [...fieldsOf(tensor)];
  if (!fields.some(({ field, value }) => field === TENSOR_TYPE && value === ELEMENT_FLOAT)) return undefined;
  const raw = fields.find(({ field }) => field === TENSOR_RAW_DATA || field === TENSOR_FLOAT_DATA)?.body;
  const shape = fields.flatMap(({ field, value, body }) =>
    field === TENSOR_DIMENSION ? (value === undefined ? packedNumbers(body) : [value]) : [],
  );
  const sizeBytes = 4 * shape.reduce((product, length) => product * length, 1);
  // A copy: the bytes of the file need not begin where floats may.
  return raw?.length === sizeBytes ? { shape, data: new Float32Array(Uint8Array.from(raw).buffer) } : undefined;
}
