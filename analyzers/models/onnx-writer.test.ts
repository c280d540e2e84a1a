import { expect, test } from 'vitest';
import { OnnxWriter } from './onnx-writer.ts';

function fileOf(values: readonly number[]): Uint8Array {
  const writer = new OnnxWriter();
  writer.floats('weights', [values.length], Float32Array.from(values));
  return writer.toBytes('a test');
}

test('a denormal is written as zero, so that a file is the same in threads that flush them and in those that do not', () => {
  expect(fileOf([1e-40, 1])).toEqual(fileOf([0, 1]));
  expect(fileOf([-1e-45, 1])).toEqual(fileOf([-0, 1]));
  expect(fileOf([2 ** -126, 1])).not.toEqual(fileOf([0, 1]));
});
