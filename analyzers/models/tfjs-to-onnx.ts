import { alignChannels } from './align-channels.ts';
import { elementCount, type Layer, type LayerConstant, type LayerGraph, transpose } from './layer-graph.ts';
import { OnnxWriter } from './onnx-writer.ts';
import { selectChannels } from './select-channels.ts';

/** A layer whose result is wanted. */
export interface ConvertedOutput {
  readonly layer: string;
  readonly name: string;
  /** Of the convolution behind it only these channels, in this order; undefined: all. */
  readonly channels?: readonly number[];
}

export interface ConversionOptions {
  readonly input: { readonly layer: string; readonly widthPx: number; readonly heightPx: number };
  /** Layers to give out; a 4-D one leaves as NCHW, any other as it is. */
  readonly outputs: readonly ConvertedOutput[];
  readonly producer: string;
}

/** `shape` is in NCHW order when `layout` says so, else as TensorFlow has it. */
interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly layout: 'nchw' | 'plain';
}

const NCHW_AXIS = [0, 2, 3, 1];

/** Where TensorFlow's SAME pads: the odd pixel goes to the end. */
function samePadding(size: number, kernel: number, stride: number, dilation: number): [number, number] {
  const reach = (kernel - 1) * dilation + 1;
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
  return [total >> 1, total - (total >> 1)];
}

function outputSize(size: number, kernel: number, stride: number, dilation: number, pads: [number, number]): number {
  return Math.floor((size + pads[0] + pads[1] - (kernel - 1) * dilation - 1) / stride) + 1;
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => Math.max(a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1));
}

/**
 * Converts a convolutional network to ONNX with a fixed input size. Everything 4-D is kept as NCHW; only operations that
 * detectors use are known. Upsampling layers must double, since the file holds the sizes of its own input, not of ours.
 *
 * @returns an ONNX file with input `images` float32 [1,3,heightPx,widthPx]; the same bytes for the same graph
 * @throws {Error} on an operation or shape that is not known
 */
export function convertToOnnx(source: LayerGraph, options: ConversionOptions): Uint8Array {
  const graph = options.outputs.reduce(
    (cut, { layer, channels }) => (channels ? selectChannels(cut, layer, channels) : cut),
    alignChannels(source),
  );
  const writer = new OnnxWriter();
  const done = new Map<string, Value>();
  const inputShape = [1, 3, options.input.heightPx, options.input.widthPx];
  writer.input('images', inputShape);
  done.set(options.input.layer, { name: 'images', shape: inputShape, layout: 'nchw' });

  const plainName = (name: string): string => name.replace(/[^A-Za-z0-9_]/g, '_');

  function constantOf(name: string): LayerConstant {
    const constant = graph.constants.get(name);
    if (!constant) throw new Error(`${name} is not a constant`);
    return constant;
  }

  function constantValue(name: string, constant: LayerConstant): Value {
    const padded = [1, 1, 1, 1, ...constant.shape].slice(-4);
    if (constant.shape.length > 4) throw new Error(`${name}: constant of rank ${constant.shape.length}`);
    if (elementCount(constant.shape) === 1)
      return {
        name: writer.floats(`${plainName(name)}_c`, [], Float32Array.from(constant.data)),
        shape: [],
        layout: 'nchw',
      };
    const order = [0, 3, 1, 2];
    const shape = order.map((from) => padded[from] ?? 1);
    const data = transpose(constant.data, padded, order);
    return { name: writer.floats(`${plainName(name)}_c`, shape, data), shape, layout: 'nchw' };
  }

  function valueOf(name: string): Value {
    const known = done.get(name);
    if (known) return known;
    const constant = graph.constants.get(name);
    const layer = graph.layers.get(name);
    if (!constant && !layer) throw new Error(`${name} is missing`);
    const value = constant ? constantValue(name, constant) : layer ? build(layer) : undefined;
    if (!value) throw new Error(`${name} is missing`);
    done.set(name, value);
    return value;
  }

  function inputOf(layer: Layer, index: number): Value {
    const name = layer.inputs[index];
    if (name === undefined) throw new Error(`${layer.name} lacks input ${index}`);
    return valueOf(name);
  }

  function spatial(layer: Layer, input: Value, kernel: readonly [number, number]) {
    const [, , height = 0, width = 0] = input.shape;
    const same = layer.padding === 'SAME';
    const [kh, kw] = kernel;
    const vertical = same
      ? samePadding(height, kh, layer.strides[0], layer.dilations[0])
      : ([0, 0] as [number, number]);
    const horizontal = same
      ? samePadding(width, kw, layer.strides[1], layer.dilations[1])
      : ([0, 0] as [number, number]);
    return {
      pads: [vertical[0], horizontal[0], vertical[1], horizontal[1]],
      height: outputSize(height, kh, layer.strides[0], layer.dilations[0], vertical),
      width: outputSize(width, kw, layer.strides[1], layer.dilations[1], horizontal),
    };
  }

  function activate(name: string, functions: readonly string[]): string {
    return functions.reduce((previous, op, i) => {
      if (op === 'BiasAdd') return previous;
      if (op === 'Relu') return writer.node('Relu', [previous], `${name}_act${i}`);
      if (op === 'Relu6') return clip6(previous, `${name}_act${i}`);
      throw new Error(`${name}: fused ${op} is not known`);
    }, name);
  }

  function clip6(input: string, output: string): string {
    const low = writer.floats('zero', [], Float32Array.of(0));
    const high = writer.floats('six', [], Float32Array.of(6));
    return writer.node('Clip', [input, low, high], output);
  }

  function convolution(layer: Layer): Value {
    const name = plainName(layer.name);
    const input = inputOf(layer, 0);
    const filter = constantOf(layer.inputs[1] ?? '');
    const [kh = 1, kw = 1, fromChannels = 1, toChannels = 1] = filter.shape;
    const depthwise = layer.op.includes('Depthwise');
    const channels = depthwise ? fromChannels * toChannels : toChannels;
    const weights = transpose(filter.data, filter.shape, depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]);
    const weightShape = [channels, depthwise ? 1 : fromChannels, kh, kw];
    const inputs = [input.name, writer.floats(`${name}_w`, weightShape, weights)];
    if (layer.fused.includes('BiasAdd')) {
      const bias = constantOf(layer.inputs[2] ?? '');
      inputs.push(writer.floats(`${name}_b`, [channels], Float32Array.from(bias.data)));
    }
    const { pads, height, width } = spatial(layer, input, [kh, kw]);
    writer.node('Conv', inputs, name, {
      strides: layer.strides,
      dilations: layer.dilations,
      group: depthwise ? fromChannels : 1,
      pads,
      kernel_shape: [kh, kw],
    });
    return { name: activate(name, layer.fused), shape: [1, channels, height, width], layout: 'nchw' };
  }

  /** NHWC order, as reshapes of the original mean it. */
  function plain(value: Value): Value {
    if (value.layout === 'plain') return value;
    const shape = [0, 2, 3, 1].map((from) => value.shape[from] ?? 1);
    const name = writer.node('Transpose', [value.name], `${value.name}_nhwc`, { perm: [0, 2, 3, 1] });
    return { name, shape, layout: 'plain' };
  }

  /** The layer that gives this value, when it is of the kind asked for. */
  function producer(of: string | undefined, ops: readonly string[]): Layer | undefined {
    const layer = of === undefined ? undefined : graph.layers.get(of);
    return layer && ops.includes(layer.op) ? layer : undefined;
  }

  /**
   * x · relu6(x + 3) / 6, which files spell as four operations on the whole map. ONNX Runtime has them as two when the
   * gate is a 1×1 convolution of each channel by itself: that keeps the blocked layout that its convolutions use.
   */
  function hardSwish(layer: Layer): Value | undefined {
    const [scaled, gate] = [producer(layer.inputs[0], ['Mul']), producer(layer.inputs[1], ['Relu6'])];
    const shifted = producer(gate?.inputs[0], ['Add', 'AddV2']);
    if (!scaled || !shifted) return undefined;
    const [source, offset] = operands(shifted);
    const [other, factor] = operands(scaled);
    if (source === undefined || source !== other || offset !== 3 || Math.abs((factor ?? 0) * 6 - 1) > 1e-3)
      return undefined;
    const input = valueOf(source);
    const [, channels = 1] = input.shape;
    if (input.layout !== 'nchw') return undefined;
    const name = plainName(layer.name);
    const weights = writer.floats(`${name}_w`, [channels, 1, 1, 1], new Float32Array(channels).fill(1 / 6));
    const bias = writer.floats(`${name}_b`, [channels], new Float32Array(channels).fill(0.5));
    const open = writer.node('Conv', [input.name, weights, bias], `${name}_open`, {
      group: channels,
      kernel_shape: [1, 1],
    });
    const limits = [writer.floats('zero', [], Float32Array.of(0)), writer.floats('one', [], Float32Array.of(1))];
    const clipped = writer.node('Clip', [open, ...limits], `${name}_gate`);
    return { ...input, name: writer.node('Mul', [input.name, clipped], name) };
  }

  /** Of an operation on a map and a number: the map's name and the number. */
  function operands({ inputs }: Layer): readonly [string | undefined, number | undefined] {
    const isNumber = (name: string): boolean => elementCount(graph.constants.get(name)?.shape ?? [0]) === 1;
    const number = inputs.find(isNumber);
    return [inputs.find((name) => name !== number), number === undefined ? undefined : constantOf(number).data[0]];
  }

  function build(layer: Layer): Value {
    const name = plainName(layer.name);
    const same = (op: string, attributes = {}): Value => {
      const input = inputOf(layer, 0);
      return { ...input, name: writer.node(op, [input.name], name, attributes) };
    };
    switch (layer.op) {
      case 'Identity':
        return inputOf(layer, 0);
      case '_FusedConv2D':
      case 'Conv2D':
      case 'FusedDepthwiseConv2dNative':
      case 'DepthwiseConv2dNative':
        return convolution(layer);
      case 'Add':
      case 'AddV2':
      case 'Mul': {
        const swish = hardSwish(layer);
        if (swish) return swish;
        const [a, b] = [inputOf(layer, 0), inputOf(layer, 1)];
        const op = layer.op === 'Mul' ? 'Mul' : 'Add';
        const out = activate(writer.node(op, [a.name, b.name], name), layer.fused);
        return { name: out, shape: broadcast(a.shape, b.shape), layout: a.layout };
      }
      case 'Relu':
      case 'Sigmoid':
        return same(layer.op);
      case 'Softmax':
        return same('Softmax', { axis: -1 });
      case 'Relu6': {
        const input = inputOf(layer, 0);
        return { ...input, name: clip6(input.name, name) };
      }
      case 'Mean': {
        const input = inputOf(layer, 0);
        const axes = [...constantOf(layer.inputs[1] ?? '').data];
        if (axes.join() !== '1,2') throw new Error(`${layer.name}: mean over ${axes.join()}`);
        const [batch = 1, channels = 1] = input.shape;
        return {
          name: writer.node('GlobalAveragePool', [input.name], name),
          shape: [batch, channels, 1, 1],
          layout: 'nchw',
        };
      }
      case 'MaxPool': {
        const input = inputOf(layer, 0);
        const { pads, height, width } = spatial(layer, input, layer.kernel);
        const out = writer.node('MaxPool', [input.name], name, {
          kernel_shape: layer.kernel,
          strides: layer.strides,
          pads,
        });
        return { name: out, shape: [1, input.shape[1] ?? 1, height, width], layout: 'nchw' };
      }
      case 'ResizeBilinear': {
        const input = inputOf(layer, 0);
        const [batch = 1, channels = 1, height = 1, width = 1] = input.shape;
        // A factor and not a size: the same file then takes pictures of any size.
        const factors = writer.floats('double_size', [4], Float32Array.of(1, 1, 2, 2));
        const attributes = { mode: 'linear', coordinate_transformation_mode: 'asymmetric' };
        const shape = [batch, channels, height * 2, width * 2];
        return { name: writer.node('Resize', [input.name, '', factors], name, attributes), shape, layout: 'nchw' };
      }
      case 'ConcatV2': {
        const parts = layer.inputs.slice(0, -1).map(valueOf);
        const first = parts[0];
        if (!first || parts.some((part) => part.layout !== first.layout))
          throw new Error(`${layer.name}: mixed layouts`);
        const rank = first.shape.length;
        const tfAxis = ((constantOf(layer.inputs.at(-1) ?? '').data[0] ?? 0) + rank) % rank;
        const axis = first.layout === 'nchw' ? (NCHW_AXIS[tfAxis] ?? 0) : tfAxis;
        const total = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
        const inputs = parts.map((part) => part.name);
        return {
          name: writer.node('Concat', inputs, name, { axis }),
          shape: first.shape.with(axis, total),
          layout: first.layout,
        };
      }
      case 'Reshape': {
        const input = plain(inputOf(layer, 0));
        const asked = [...constantOf(layer.inputs[1] ?? '').data];
        const known = elementCount(asked.filter((size) => size !== -1));
        const shape = asked.map((size) => (size === -1 ? elementCount(input.shape) / known : size));
        const sizes = writer.integers(`${name}_shape`, shape);
        return { name: writer.node('Reshape', [input.name, sizes], name), shape, layout: 'plain' };
      }
      default:
        throw new Error(`${layer.name}: ${layer.op} is not known`);
    }
  }

  for (const { layer, name } of options.outputs) {
    const value = valueOf(layer);
    writer.node('Identity', [value.name], name);
    writer.output(name, value.shape);
  }
  return writer.toBytes(options.producer);
}
