import { attributeMessage } from '../models/onnx-writer.ts';
import { affineOf, channelsOf, channelwise, scaleOutput, takeShift, takesShift } from './channel-affine.ts';
import { floatOf, GraphEdit, type GraphNode } from './graph-edit.ts';

const NESTING = new Set(['If', 'Loop', 'Scan']);
/** Until then its limits are attributes. */
const CLIP_TAKES_INPUTS = 11;
/** A factor nearer to zero than this is not divided by. */
const LEAST_FACTOR = 1e-3;

/**
 * The same network with fewer passes over its maps. Exports of PaddlePaddle multiply and add one number after each convolution and write
 * the hard swish as four operations: as many passes over the whole map as there are operations, and none of them knows the blocked
 * layout of ONNX Runtime's convolutions, so that each map is turned into it and back. Here,
 * - what is multiplied and added to each channel after a convolution goes into its weights,
 * - the hard swish becomes a 1×1 convolution of each channel by itself, which cuts at 0 and 1, and one multiplication,
 * - x + x · g with one g a channel becomes x · (1 + g).
 * Answers differ in the last bits. Networks that have none of this mean the same afterwards too.
 *
 * @param bytes an ONNX file; not changed
 * @throws {Error} when the bytes are no ONNX file
 */
export function foldScales(bytes: Uint8Array): Uint8Array {
  const graph = new GraphEdit(bytes);
  // Networks within the network take values that are not among the inputs of a node.
  if (graph.nodes.some(({ operator }) => NESTING.has(operator))) return bytes;
  for (const node of [...graph.nodes]) {
    if (node.operator !== 'Conv' && node.operator !== 'ConvTranspose') continue;
    foldFollowing(graph, node);
    if (node.operator === 'Conv') foldHardSwish(graph, node);
  }
  for (const node of [...graph.nodes]) if (node.operator === 'Add') foldGate(graph, node);
  return graph.toBytes();
}

/** Takes into a convolution what is done to each of its channels right after it. */
function foldFollowing(graph: GraphEdit, convolution: GraphNode): void {
  for (;;) {
    const [next, ...others] = graph.usersOf(convolution.outputs[0]);
    const channels = channelsOf(graph, convolution);
    if (!next || others.length > 0 || channels === undefined) return;
    const affine = affineOf(graph, next, convolution.outputs[0] ?? '', channels);
    if (!affine) return;
    scaleOutput(graph, convolution, affine);
    convolution.outputs = next.outputs;
    graph.remove(next);
  }
}

/** x · clip(x + 3, 0, 6) / 6, and a factor and a summand after it, where x is what a convolution gives and nobody else takes it. */
function foldHardSwish(graph: GraphEdit, convolution: GraphNode): void {
  const [x = ''] = convolution.outputs;
  const channels = channelsOf(graph, convolution);
  const swish = hardSwishOf(graph, x);
  if (!swish || channels === undefined) return;
  const { parts, factor, shift, output } = swish;
  for (const part of parts) graph.remove(part);
  // What follows is linear: the convolution may give x · factor right away, when the gate divides by it.
  scaleOutput(graph, convolution, {
    scale: new Float32Array(channels).fill(factor),
    shift: new Float32Array(channels),
  });
  const users = shift === 0 ? [] : graph.usersOf(output);
  const isTaken = users.length > 0 && users.every((user) => takesShift(graph, user, output));
  if (isTaken) for (const user of users) takeShift(graph, user, shift);
  const product = shift === 0 || isTaken ? output : `${output}/product`;
  graph.insertAfter(convolution, [
    channelwise(graph, channels, { input: x, output: `${output}/open`, factor: 1 / (6 * factor), summand: 0.5 }),
    clip(graph, `${output}/open`, `${output}/gate`, 0, 1),
    { operator: 'Mul', inputs: [x, `${output}/gate`], outputs: [product], attributes: [] },
    ...(product === output
      ? []
      : [channelwise(graph, channels, { input: product, output, factor: 1, summand: shift })]),
  ]);
}

interface HardSwish {
  /** The nodes that it is made of. */
  readonly parts: readonly GraphNode[];
  /** hard swish · factor + shift */
  readonly factor: number;
  readonly shift: number;
  readonly output: string;
}

function hardSwishOf(graph: GraphEdit, x: string): HardSwish | undefined {
  const number = (node: GraphNode, input: string): number | undefined => {
    const data = graph.constant(node.inputs.find((name) => name !== input))?.data;
    return data?.length === 1 ? data[0] : undefined;
  };
  const onlyUser = (node: GraphNode | undefined, operator: string): GraphNode | undefined => {
    const users = graph.usersOf(node?.outputs[0]);
    return users.length === 1 && users[0]?.operator === operator ? users[0] : undefined;
  };
  const users = graph.usersOf(x);
  const added = users.find((node) => node.operator === 'Add' && number(node, x) === 3);
  const clipped = onlyUser(added, 'Clip');
  const limits = clipped && limitsOf(graph, clipped);
  const product = onlyUser(clipped, 'Mul');
  const divided = onlyUser(product, 'Div');
  if (users.length !== 2 || !added || !clipped || !product || !divided || !product.inputs.includes(x)) return undefined;
  if (limits?.[0] !== 0 || limits[1] !== 6 || graph.constant(divided.inputs[1])?.data[0] !== 6) return undefined;
  const parts = [added, clipped, product, divided];
  let [factor, shift, last] = [1, 0, divided];
  for (const operator of ['Mul', 'Add'] as const) {
    const next = onlyUser(last, operator);
    const value = next && number(next, last.outputs[0] ?? '');
    if (!next || value === undefined || (operator === 'Mul' && value < LEAST_FACTOR)) continue;
    if (operator === 'Mul') factor = value;
    else shift = value;
    parts.push(next);
    last = next;
  }
  return { parts, factor, shift, output: last.outputs[0] ?? '' };
}

function clip(graph: GraphEdit, input: string, output: string, least: number, most: number): GraphNode {
  const node = { operator: 'Clip', outputs: [output] };
  if (graph.operatorsVersion < CLIP_TAKES_INPUTS)
    return {
      ...node,
      inputs: [input],
      attributes: [attributeMessage('min', { float: least }), attributeMessage('max', { float: most })],
    };
  const limits = [least, most].map((limit) => graph.addConstant({ shape: [], data: Float32Array.of(limit) }));
  return { ...node, inputs: [input, ...limits], attributes: [] };
}

function limitsOf(graph: GraphEdit, node: GraphNode): readonly (number | undefined)[] {
  if (graph.operatorsVersion < CLIP_TAKES_INPUTS) return ['min', 'max'].map((name) => floatOf(node, name));
  return node.inputs.slice(1).map((name) => graph.constant(name)?.data[0]);
}

/** x + x · gate, where the gate ends a squeeze and excitation: it is small, and the one is added to it instead. */
function foldGate(graph: GraphEdit, added: GraphNode): void {
  const [product, ...others] = graph.nodes.filter(
    (node) => node.operator === 'Mul' && added.inputs.includes(node.outputs[0] ?? ''),
  );
  const x = added.inputs.find((name) => name !== product?.outputs[0]);
  if (!product || others.length > 0 || x === undefined || !product.inputs.includes(x)) return;
  const gate = product.inputs.find((name) => name !== x);
  const isSmall = graph.nodes.some((node) => node.operator === 'HardSigmoid' && node.outputs[0] === gate);
  if (!isSmall || gate === undefined || graph.usersOf(product.outputs[0]).length !== 1) return;
  const one = graph.addConstant({ shape: [], data: Float32Array.of(1) });
  const raised = `${product.outputs[0]}/raised`;
  graph.insertAfter(product, [{ operator: 'Add', inputs: [gate, one], outputs: [raised], attributes: [] }]);
  graph.remove(product);
  graph.insertAfter(added, [{ operator: 'Mul', inputs: [x, raised], outputs: added.outputs, attributes: [] }]);
  graph.remove(added);
}
