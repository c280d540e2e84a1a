import { type Field, bodiesOf, bytesField, fieldsOf, packedNumbers, rewrite, textsOf } from './onnx-fields.ts';
import {
  ATTRIBUTE_INTEGER,
  ATTRIBUTE_NAME,
  ELEMENT_INT64,
  GRAPH_INITIALIZER,
  GRAPH_NODE,
  GRAPH_OUTPUT,
  MODEL_GRAPH,
  NODE_ATTRIBUTE,
  NODE_INPUT,
  NODE_OPERATOR,
  NODE_OUTPUT,
  TENSOR_INT64_DATA,
  TENSOR_NAME,
  TENSOR_RAW_DATA,
  TENSOR_TYPE,
  VALUE_NAME,
} from './onnx-proto.ts';

/** Lists of where to cut are short; other constants are weights. */
const MAX_LISTED = 8;

const CHANNEL_AXIS = 1;
const ROW_AXIS = 2;
const COLUMN_AXIS = 3;
/** Ends of slices that mean "to the end" are the largest numbers that fit. */
const TO_THE_END = 2 ** 31 - 1;

/** Which of each two rows and columns a quarter of the picture is made of. */
export interface Phase {
  readonly row: 0 | 1;
  readonly column: 0 | 1;
}

export interface FoldedFocus {
  /** Takes float32 [1,12,h/2,w/2] where the file took [1,3,h,w]; the shape that the file gives is still the former. */
  readonly bytes: Uint8Array;
  /** Three channels of the input for each, in this order. */
  readonly phases: readonly Phase[];
}

interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly body: Uint8Array;
}

/**
 * Takes the cutting out of a network that begins by cutting its picture into four of half the size, each with every second row and
 * column (the *focus* of YOLOv5 and YOLOX: eight slices and a concatenation, a twentieth of the network's time). Who fills the input
 * can put each pixel where it belongs at no cost.
 *
 * @param bytes an ONNX file; not changed
 * @returns undefined when the network does not begin so, or its input is used for anything else
 * @throws {Error} when the bytes are no ONNX file
 */
export function foldFocus(bytes: Uint8Array, inputName: string): FoldedFocus | undefined {
  const [graph] = bodiesOf(bytes, MODEL_GRAPH);
  if (!graph) return undefined;
  const nodes = bodiesOf(graph, GRAPH_NODE).map(nodeOf);
  const lists = integerLists(graph);
  const makers = new Map(nodes.map((node) => [node.output, node]));
  const joined = nodes.find(({ operator }) => operator === 'Concat');
  if (joined?.inputs.length !== 4 || integerAttribute(joined, 'axis') !== CHANNEL_AXIS) return undefined;
  const removed = new Set<Node>([joined]);
  const phases: Phase[] = [];
  for (const name of joined.inputs) {
    const second = makers.get(name);
    const first = second && makers.get(second.inputs[0] ?? '');
    if (!first || first.inputs[0] !== inputName) return undefined;
    const cuts = [first, second].map((node) => cutOf(node, lists));
    const startAlong = (axis: number): 0 | 1 | undefined => cuts.find((cut) => cut?.axis === axis)?.start;
    const [row, column] = [startAlong(ROW_AXIS), startAlong(COLUMN_AXIS)];
    if (row === undefined || column === undefined) return undefined;
    phases.push({ row, column });
    removed.add(first).add(second);
  }
  const gone = new Set([inputName, ...[...removed].map(({ output }) => output)]);
  const given = bodiesOf(graph, GRAPH_OUTPUT).flatMap((output) => textsOf(output, VALUE_NAME).slice(0, 1));
  const isUsedElsewhere =
    given.some((name) => gone.has(name)) ||
    nodes.some((node) => !removed.has(node) && node.inputs.some((name) => name !== joined.output && gone.has(name)));
  if (isUsedElsewhere || new Set(phases.map(({ row, column }) => 2 * row + column)).size !== 4) return undefined;
  const kept = nodes.values();
  return {
    phases,
    bytes: rewrite(bytes, (part) => {
      if (part.field !== MODEL_GRAPH) return part.whole;
      const changed = rewrite(part.body, (inner) => {
        if (inner.field !== GRAPH_NODE) return inner.whole;
        const node = kept.next().value;
        if (!node || removed.has(node)) return undefined;
        return node.inputs.includes(joined.output) ? renamedInput(node, joined.output, inputName) : inner.whole;
      });
      return bytesField(MODEL_GRAPH, changed);
    }),
  };
}

function nodeOf(body: Uint8Array): Node {
  const [operator = '', output = ''] = [textsOf(body, NODE_OPERATOR)[0], textsOf(body, NODE_OUTPUT)[0]];
  return { operator, inputs: textsOf(body, NODE_INPUT), output, body };
}

function renamedInput({ body }: Node, from: string, to: string): Uint8Array {
  const renamed = rewrite(body, (part) =>
    part.field === NODE_INPUT && new TextDecoder().decode(part.body) === from
      ? bytesField(NODE_INPUT, new TextEncoder().encode(to))
      : part.whole,
  );
  return bytesField(GRAPH_NODE, renamed);
}

/** The axis along which a node takes every second element to the end, and from which it begins. */
function cutOf(
  { operator, inputs }: Node,
  lists: ReadonlyMap<string, readonly number[]>,
): { readonly axis: number; readonly start: 0 | 1 } | undefined {
  if (operator !== 'Slice') return undefined;
  const [start, end, axis, step] = inputs.slice(1).map((name) => {
    const list = lists.get(name);
    return list?.length === 1 ? list[0] : undefined;
  });
  const isWhole = end !== undefined && end >= TO_THE_END && end <= 2 ** 63;
  if (axis === undefined || step !== 2 || !isWhole || (start !== 0 && start !== 1)) return undefined;
  return { axis, start };
}

function integerAttribute({ body }: Node, wanted: string): number | undefined {
  for (const attribute of bodiesOf(body, NODE_ATTRIBUTE)) {
    if (textsOf(attribute, ATTRIBUTE_NAME)[0] !== wanted) continue;
    for (const { field, value } of fieldsOf(attribute)) if (field === ATTRIBUTE_INTEGER) return value;
  }
  return undefined;
}

/** The short constants of whole numbers, by name. */
function integerLists(graph: Uint8Array): ReadonlyMap<string, readonly number[]> {
  const lists = new Map<string, readonly number[]>();
  for (const tensor of bodiesOf(graph, GRAPH_INITIALIZER)) {
    const fields = [...fieldsOf(tensor)];
    const isWhole = fields.some(({ field, value }) => field === TENSOR_TYPE && value === ELEMENT_INT64);
    const raw = fields.find(({ field }) => field === TENSOR_RAW_DATA)?.body;
    const [name] = textsOf(tensor, TENSOR_NAME);
    if (!isWhole || name === undefined || (raw?.length ?? 0) > 8 * MAX_LISTED) continue;
    lists.set(name, raw ? rawNumbers(raw) : fields.flatMap(listedNumbers));
  }
  return lists;
}

function rawNumbers(raw: Uint8Array): readonly number[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return Array.from({ length: raw.length / 8 }, (_, index) => Number(view.getBigUint64(8 * index, true)));
}

/** Numbers of a field that may be written one by one or packed. */
function listedNumbers({ field, value, body }: Field): readonly number[] {
  if (field !== TENSOR_INT64_DATA) return [];
  if (value !== undefined) return [value];
  return packedNumbers(body);
}
