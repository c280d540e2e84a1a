import { bodiesOf, bytesField, fieldsOf, integerField, rewrite, textsOf } from './onnx-fields.ts';
import {
  DIMENSION_VALUE,
  GRAPH_INPUT,
  GRAPH_OUTPUT,
  GRAPH_VALUE_INFO,
  MODEL_GRAPH,
  SHAPE_DIMENSION,
  TYPE_TENSOR_SHAPE,
  TYPE_TENSOR,
  VALUE_NAME,
  VALUE_TYPE,
} from './onnx-proto.ts';

/**
 * The same network for pictures of another size: the input's dimensions are replaced, and what the file says of the
 * sizes that follow from them is left out, since ONNX Runtime finds them itself. Right for networks whose operations
 * take any size; with others, opening or running the result fails.
 *
 * @param bytes an ONNX file; not changed
 * @param inputName whose shape becomes `shape`
 * @throws {Error} when the bytes are no ONNX file, or it has no such input
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function withInputShape(bytes: Uint8Array, inputName: string, shape: readonly number[]): Uint8Array {
  let found = false;
  const changed = rewrite(bytes, (part) => {
    if (part.field !== MODEL_GRAPH) return part.whole;
    const graph = rewrite(part.body, (inner) => {
      if (inner.field === GRAPH_VALUE_INFO) return undefined;
      if (inner.field === GRAPH_OUTPUT) return bytesField(GRAPH_OUTPUT, withShape(inner.body, undefined));
      if (inner.field !== GRAPH_INPUT || nameOf(inner.body) !== inputName) return inner.whole;
      found = true;
      return bytesField(GRAPH_INPUT, withShape(inner.body, shape));
    });
    return bytesField(MODEL_GRAPH, graph);
  });
  if (!found) throw new Error(`no input ${inputName}`);
  return changed;
}

/**
 * The shape that a file gives for one of its inputs; undefined numbers are left open.
 * @returns undefined when there is no such input, or it has no shape
 * @throws {Error} when the bytes are no ONNX file
 */
export function inputShapeOf(bytes: Uint8Array, inputName: string): readonly (number | undefined)[] | undefined {
  for (const graph of bodiesOf(bytes, MODEL_GRAPH))
    for (const value of bodiesOf(graph, GRAPH_INPUT)) {
      if (nameOf(value) !== inputName) continue;
      for (const type of bodiesOf(value, VALUE_TYPE))
        for (const tensor of bodiesOf(type, TYPE_TENSOR))
          for (const shape of bodiesOf(tensor, TYPE_TENSOR_SHAPE))
            return bodiesOf(shape, SHAPE_DIMENSION).map(lengthOf);
    }
  return undefined;
}

/** Undefined for a dimension with a name instead of a length. */
function lengthOf(dimension: Uint8Array): number | undefined {
  for (const { field, value } of fieldsOf(dimension)) if (field === DIMENSION_VALUE) return value;
  return undefined;
}

/** A ValueInfoProto with another shape, or with none. */
function withShape(value: Uint8Array, shape: readonly number[] | undefined): Uint8Array {
  return rewrite(value, (part) => {
    if (part.field !== VALUE_TYPE) return part.whole;
    const type = rewrite(part.body, (inner) => {
      if (inner.field !== TYPE_TENSOR) return inner.whole;
      const tensor = rewrite(inner.body, (detail) => (detail.field === TYPE_TENSOR_SHAPE ? undefined : detail.whole));
      if (!shape) return bytesField(TYPE_TENSOR, tensor);
      const dimensions = shape.map((size) => bytesField(SHAPE_DIMENSION, integerField(DIMENSION_VALUE, size)));
      return bytesField(TYPE_TENSOR, Buffer.concat([tensor, bytesField(TYPE_TENSOR_SHAPE, Buffer.concat(dimensions))]));
    });
    return bytesField(VALUE_TYPE, type);
  });
}

function nameOf(value: Uint8Array): string {
  return textsOf(value, VALUE_NAME)[0] ?? '';
}
