import { attributeMessage } from '../models/onnx-writer.ts';
import { type Constant, floatOf, type GraphEdit, type GraphNode, integersOf, textOf } from './graph-edit.ts';

const BATCH_NORMALIZATION_EPSILON = 1e-5;

/** y = x · scale + shift, one number of each for each channel. */
interface ChannelAffine {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** Of the output of a Conv or ConvTranspose. @returns undefined when its weights are not known, or lie in a way that is not */
export function channelsOf(graph: GraphEdit, convolution: GraphNode): number | undefined {
  const { operator, inputs } = convolution;
  const weights = graph.constant(inputs[1]);
  const isKnown = (inputs[2] ?? '') === '' || graph.constant(inputs[2]) !== undefined;
  // Rows and columns: of anything else, constants would be spread over other axes.
  if (weights?.shape.length !== 4 || !isKnown) return undefined;
  if (operator === 'Conv') return weights.shape[0];
  const [groups = 1] = integersOf(convolution, 'group') ?? [];
  return groups === 1 ? weights.shape[1] : undefined;
}

/** What a node does to each channel of one of its inputs, where that is nothing but to multiply by constants and to add some. */
export function affineOf(
  graph: GraphEdit,
  node: GraphNode,
  input: string,
  channels: number,
): ChannelAffine | undefined {
  const { operator, inputs } = node;
  if (operator === 'BatchNormalization') return normalizationOf(graph, node, channels);
  if (operator !== 'Mul' && operator !== 'Add') return undefined;
  const other = perChannel(graph.constant(inputs[inputs[0] === input ? 1 : 0]), channels);
  if (!other) return undefined;
  return operator === 'Mul'
    ? { scale: other, shift: new Float32Array(channels) }
    : { scale: new Float32Array(channels).fill(1), shift: other };
}

function normalizationOf(graph: GraphEdit, node: GraphNode, channels: number): ChannelAffine | undefined {
  const [gamma, beta, mean, variance] = node.inputs.slice(1).map((name) => graph.constant(name)?.data);
  if (!gamma || !beta || !mean || variance?.length !== channels || node.outputs.length !== 1) return undefined;
  const epsilon = floatOf(node, 'epsilon') ?? BATCH_NORMALIZATION_EPSILON;
  const scale = gamma.map((value, channel) => value / Math.sqrt((variance[channel] ?? 0) + epsilon));
  return { scale, shift: beta.map((value, channel) => value - (mean[channel] ?? 0) * (scale[channel] ?? 0)) };
}

/** A constant that has one number for all channels, or one for each, as it would be spread over [1,channels,h,w]. */
function perChannel(constant: Constant | undefined, channels: number): Float32Array | undefined {
  if (!constant || constant.shape.length > 4) return undefined;
  const { shape, data } = constant;
  if (data.length === 1) return new Float32Array(channels).fill(data[0] ?? 0);
  return data.length === channels && shape.at(-3) === channels ? data : undefined;
}

/** Has a convolution give what the affine makes of its output. */
export function scaleOutput(graph: GraphEdit, convolution: GraphNode, { scale, shift }: ChannelAffine): void {
  const weights = graph.constant(convolution.inputs[1]);
  if (!weights) return;
  // Conv has its output channels first, ConvTranspose second.
  const [outer = 1, inner = 1] = weights.shape;
  const kernel = weights.data.length / (outer * inner);
  const channelAt = (index: number): number =>
    convolution.operator === 'Conv' ? Math.floor(index / (inner * kernel)) : Math.floor(index / kernel) % inner;
  const data = weights.data.map((value, index) => value * (scale[channelAt(index)] ?? 1));
  const before = graph.constant(convolution.inputs[2])?.data;
  const bias = shift.map((value, channel) => value + (before?.[channel] ?? 0) * (scale[channel] ?? 1));
  setWeights(graph, convolution, { shape: weights.shape, data }, bias);
}

/** A convolution without a border can take a summand of its input into its bias; one with a border would see it there too. */
export function takesShift(graph: GraphEdit, user: GraphNode, input: string): boolean {
  if (user.operator !== 'Conv' || user.inputs[0] !== input || channelsOf(graph, user) === undefined) return false;
  const isBordered = (integersOf(user, 'pads') ?? []).some((pad) => pad !== 0);
  return !isBordered && ['NOTSET', 'VALID'].includes(textOf(user, 'auto_pad') ?? 'NOTSET');
}

export function takeShift(graph: GraphEdit, convolution: GraphNode, shift: number): void {
  const weights = graph.constant(convolution.inputs[1]);
  if (!weights) return;
  const [channels = 0] = weights.shape;
  const each = weights.data.length / channels;
  const before = graph.constant(convolution.inputs[2])?.data;
  const bias = Float32Array.from({ length: channels }, (_, channel) => {
    const sum = weights.data.subarray(channel * each, (channel + 1) * each).reduce((total, value) => total + value, 0);
    return (before?.[channel] ?? 0) + shift * sum;
  });
  setWeights(graph, convolution, weights, bias);
}

function setWeights(graph: GraphEdit, convolution: GraphNode, weights: Constant, bias: Float32Array): void {
  const [input = ''] = convolution.inputs;
  convolution.inputs = [input, graph.addConstant(weights), graph.addConstant({ shape: [bias.length], data: bias })];
}

/** Each channel by itself, times a factor and plus a summand, as a convolution: it stays in the blocked layout. */
export function channelwise(
  graph: GraphEdit,
  channels: number,
  { input, output, factor, summand }: { input: string; output: string; factor: number; summand: number },
): GraphNode {
  const weights = { shape: [channels, 1, 1, 1], data: new Float32Array(channels).fill(factor) };
  const bias = { shape: [channels], data: new Float32Array(channels).fill(summand) };
  return {
    operator: 'Conv',
    inputs: [input, graph.addConstant(weights), graph.addConstant(bias)],
    outputs: [output],
    attributes: [attributeMessage('group', channels), attributeMessage('kernel_shape', [1, 1])],
  };
}
