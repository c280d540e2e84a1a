import { type Layer, type LayerConstant, type LayerGraph } from './layer-graph.ts';

/** Through these each channel passes by itself. */
const CHANNELWISE = ['Identity', 'Sigmoid', 'Relu', 'Relu6'];

/**
 * Cuts channels that nobody wants out of the convolution that makes an output: they are never computed, and what they
 * stood for cannot leave the network.
 *
 * @param output a layer that is a convolution, or follows one through operations on single values
 * @param channels to keep, in this order
 * @throws {Error} when there is no such convolution, or others use it too
 */
export function selectChannels(graph: LayerGraph, output: string, channels: readonly number[]): LayerGraph {
  let layer = known(graph, output);
  while (CHANNELWISE.includes(layer.op)) layer = known(graph, layer.inputs[0] ?? '');
  const [, filterName = '', biasName] = layer.inputs;
  const filter = graph.constants.get(filterName);
  if (!['Conv2D', '_FusedConv2D'].includes(layer.op) || !filter) throw new Error(`${output} comes from no convolution`);
  const readers = [...graph.layers.values()].filter(({ inputs }) =>
    inputs.some((name) => name === layer.name || name === filterName || (biasName !== undefined && name === biasName)),
  );
  if (readers.some(({ name, op }) => name !== layer.name && !CHANNELWISE.includes(op)))
    throw new Error(`${layer.name}: others use its channels`);
  const constants = new Map(graph.constants);
  constants.set(filterName, pickLast(filter, channels));
  const bias = biasName === undefined ? undefined : graph.constants.get(biasName);
  if (biasName !== undefined && bias) constants.set(biasName, pickLast(bias, channels));
  return { layers: graph.layers, constants };
}

function known(graph: LayerGraph, name: string): Layer {
  const layer = graph.layers.get(name);
  if (!layer) throw new Error(`${name} is missing`);
  return layer;
}

/** The chosen places of the last dimension. */
function pickLast({ shape, data }: LayerConstant, places: readonly number[]): LayerConstant {
  const size = shape.at(-1) ?? 1;
  if (places.some((place) => place < 0 || place >= size)) throw new Error(`a channel of ${size} is not there`);
  const rows = data.length / size;
  const picked = new Float32Array(rows * places.length);
  for (let row = 0; row < rows; row++)
    for (const [at, place] of places.entries()) picked[row * places.length + at] = data[row * size + place] ?? 0;
  return { shape: shape.with(-1, places.length), data: picked };
}
