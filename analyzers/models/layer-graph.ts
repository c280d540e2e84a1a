/** A network as read from a file, before conversion: named layers in TensorFlow's order of dimensions (NHWC). */

export interface LayerConstant {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export interface Layer {
  readonly name: string;
  /** TensorFlow's name of the operation. */
  readonly op: string;
  /** Names of layers or constants. */
  readonly inputs: readonly string[];
  /** Vertical and horizontal. */
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly padding: 'SAME' | 'VALID';
  /** Applied in this order after a convolution. */
  readonly fused: readonly string[];
}

export interface LayerGraph {
  readonly layers: ReadonlyMap<string, Layer>;
  readonly constants: ReadonlyMap<string, LayerConstant>;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** IEEE 754 half precision to number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Reorders dimensions: dimension `i` of the result is dimension `order[i]` of the input. */
export function transpose(data: ArrayLike<number>, shape: readonly number[], order: readonly number[]): Float32Array {
  const sizes = order.map((from) => shape[from] ?? 1);
  const strides = order.map((from) => elementCount(shape.slice(from + 1)));
  const result = new Float32Array(data.length);
  const index = sizes.map(() => 0);
  let source = 0;
  for (let target = 0; target < result.length; target++) {
    result[target] = data[source] ?? 0;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      source += strides[axis] ?? 0;
      index[axis] = next;
      if (next < (sizes[axis] ?? 1)) break;
      source -= next * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return result;
}
