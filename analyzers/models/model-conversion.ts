import { readFile } from 'node:fs/promises';
import { analyzerErrors } from '../errors.ts';
import type { Conversion } from './model-catalogue.ts';
import { readTfjsGraph } from './tfjs-graph.ts';
import { readTfliteGraph } from './tflite-graph.ts';
import { convertToOnnx } from './tfjs-to-onnx.ts';

/** Part of every converted file, and so of its hash: change it when the converter's output changes. */
const PRODUCER = 'vantage model converter 2';

/**
 * Makes the ONNX file of a model out of the checked file that it comes as.
 * @throws {AppError} `MODEL_BROKEN` when it cannot be read or converted
 */
export async function convertModel(
  modelId: string,
  source: { readonly path: string } | { readonly bytes: Uint8Array },
  conversion: Conversion,
): Promise<Uint8Array> {
  try {
    const graph =
      conversion.from === 'tfjs' && 'path' in source
        ? await readTfjsGraph(source.path)
        : readTfliteGraph('bytes' in source ? source.bytes : await readFile(source.path));
    return convertToOnnx(graph, { ...conversion, producer: PRODUCER });
  } catch (cause) {
    throw analyzerErrors.MODEL_BROKEN({ model: modelId }, cause);
  }
}
