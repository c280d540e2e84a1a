import type { Layer, LayerConstant, LayerGraph } from './layer-graph.ts';

/** ONNX Runtime's fast convolutions work on eight channels at a time. */
const BLOCK = 8;
const CONVOLUTIONS = ['Conv2D', '_FusedConv2D'];
const DEPTHWISE = ['DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative'];

/**
 * Gives depthwise convolutions channels of zeros up to a multiple of eight, where the convolutions before and after them
 * can be given the same: with 18 channels one of them took as long as a convolution of 128, and the map was laid out anew
 * before and after it. The results stay the same to the last digit that matters.
 */
export function alignChannels(graph: LayerGraph): LayerGraph {
  const constants = new Map(graph.constants);
  const all = [...graph.layers.values()];
  const readersOf = (name: string): readonly Layer[] => all.filter(({ inputs }) => inputs.includes(name));
  for (const depthwise of all) {
    if (!DEPTHWISE.includes(depthwise.op)) continue;
    const filter = constants.get(depthwise.inputs[1] ?? '');
    const [, , channels = 0, multiplier = 0] = filter?.shape ?? [];
    const added = (BLOCK - (channels % BLOCK)) % BLOCK;
    const before = graph.layers.get(depthwise.inputs[0] ?? '');
    const [after, ...others] = readersOf(depthwise.name);
    if (added === 0 || multiplier !== 1 || !before || !after || others.length > 0) continue;
    if (!CONVOLUTIONS.includes(before.op) || !CONVOLUTIONS.includes(after.op) || readersOf(before.name).length > 1)
      continue;
    const changes: [string | undefined, number][] = [
      [before.inputs[1], 3],
      [before.inputs[2], 0],
      [depthwise.inputs[1], 2],
      [depthwise.inputs[2], 0],
      [after.inputs[1], 2],
    ];
    for (const [name, axis] of changes) {
      const constant = name === undefined ? undefined : constants.get(name);
      if (name !== undefined && constant) constants.set(name, padded(constant, axis, added));
    }
  }
  return { layers: graph.layers, constants };
}

/** With `added` places of zeros at the end of one dimension. */
function padded({ shape, data }: LayerConstant, axis: number, added: number): LayerConstant {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const size = shape[axis] ?? 1;
  const outer = data.length / (inner * size);
  const result = new Float32Array(outer * (size + added) * inner);
  for (let k = 0; k < outer; k++)
    result.set(data.subarray(k * size * inner, (k + 1) * size * inner), k * (size + added) * inner);
  return { shape: shape.with(axis, size + added), data: result };
}
