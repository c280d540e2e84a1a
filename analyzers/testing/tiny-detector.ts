import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OnnxWriter, type OpenShape } from '../models/onnx-writer.ts';

/** One output of a tiny network: `base + brightness × slope`, brightness being the mean of the whole input tensor. */
export interface TinyOutput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly base: readonly number[];
  /** @default 0 everywhere */
  readonly slope?: readonly number[];
  /** Written as int64; `slope` must be left out then. */
  readonly isWhole?: boolean;
}

/** A real network, tiny, whose answer is known: what it was made with, and how bright its input is. */
export function tinyNetwork(options: {
  readonly inputName: string;
  readonly inputShape: OpenShape;
  readonly outputs: readonly TinyOutput[];
  /** A second input, int64 [1,2] width and height: the first output is multiplied with [width, height, width, height]. */
  readonly sizeInput?: string;
}): Uint8Array {
  const writer = new OnnxWriter();
  writer.input(options.inputName, options.inputShape);
  writer.node('ReduceMean', [options.inputName], 'brightness', { axes: [0, 1, 2, 3], keepdims: 0 });
  if (options.sizeInput !== undefined) {
    writer.input(options.sizeInput, [1, 2], 'int64');
    writer.node('Cast', [options.sizeInput], 'size', { to: 1 });
    writer.node('Concat', ['size', 'size'], 'corners', { axis: 1 });
  }
  for (const [index, { name, shape, base, slope, isWhole }] of options.outputs.entries()) {
    writer.output(name, shape, isWhole === true ? 'int64' : 'float32');
    if (isWhole === true) {
      writer.node('Identity', [writer.integers(`${name}_base`, base, shape)], name);
      continue;
    }
    const slopes = Float32Array.from(slope ?? base.map(() => 0));
    writer.node('Mul', ['brightness', writer.floats(`${name}_slope`, shape, slopes)], `${name}_part`);
    const bases = writer.floats(`${name}_base`, shape, Float32Array.from(base));
    const isScaled = index === 0 && options.sizeInput !== undefined;
    writer.node('Add', [`${name}_part`, bases], isScaled ? `${name}_share` : name);
    if (isScaled) writer.node('Mul', [`${name}_share`, 'corners'], name);
  }
  return writer.toBytes('a test');
}

/** Writes a model pack as somebody would drop it: manifest and file. @returns its folder */
export async function writePack(
  packsFolder: string,
  name: string,
  manifest: Readonly<Record<string, unknown>>,
  model: Uint8Array,
): Promise<string> {
  const folder = path.join(packsFolder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'model.onnx'), model);
  const sha256 = createHash('sha256').update(model).digest('hex');
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify({ file: 'model.onnx', sha256, ...manifest }));
  return folder;
}
