import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as ort from 'onnxruntime-node';
import type { ModelRegistry } from '#analyzers/models/model-registry.ts';
import { foldScales } from '#analyzers/onnx/fold-scales.ts';
import { inputShapeOf, withInputShape } from '#analyzers/onnx/input-size.ts';
import type { Inference } from './recording-model-set.ts';

const run = promisify(execFile);
/** As `packs/plate` opens them. */
const REWRITTEN = ['ppocr-v4-det', 'ppocr-v4-rec'];

/**
 * The networks that the chain runs, on inputs of the same shapes, with nothing around them: as they are published, or
 * rewritten as the chain opens those that read plates.
 */
export class BareNetworks {
  readonly #sessions = new Map<
    string,
    { readonly session: ort.InferenceSession; readonly feeds: Record<string, ort.Tensor> }
  >();
  readonly #registry: ModelRegistry;
  readonly #isRewritten: boolean;

  constructor(registry: ModelRegistry, { isRewritten }: { readonly isRewritten: boolean }) {
    this.#registry = registry;
    this.#isRewritten = isRewritten;
  }

  async prepare(inferences: readonly Inference[]): Promise<void> {
    for (const { modelId, shape } of inferences) {
      const key = keyOf(modelId, shape);
      if (this.#sessions.has(key)) continue;
      const published = await this.#registry.load(modelId);
      const bytes = this.#isRewritten && REWRITTEN.includes(modelId) ? foldScales(published) : published;
      const named = inputShapeOf(bytes, 'images');
      const session = await ort.InferenceSession.create(named ? withInputShape(bytes, 'images', shape) : bytes, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
      });
      const input = session.inputNames[0] ?? '';
      const data = noise(shape.reduce((product, size) => product * size, 1));
      const prepared = { session, feeds: { [input]: new ort.Tensor('float32', data, shape) } };
      this.#sessions.set(key, prepared);
      await session.run(prepared.feeds);
    }
  }

  async run(inferences: readonly Inference[]): Promise<void> {
    for (const { modelId, shape } of inferences) {
      const prepared = this.#sessions.get(keyOf(modelId, shape));
      await prepared?.session.run(prepared.feeds);
    }
  }

  async close(): Promise<void> {
    for (const { session } of this.#sessions.values()) await session.release();
  }
}

function keyOf(modelId: string, shape: readonly number[]): string {
  return `${modelId} ${shape.join('x')}`;
}

/** A convolution takes as long for one value as for another, but for zeros and denormals. */
function noise(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 24) / 255;
  });
}

/**
 * CPU milliseconds that a plain ffmpeg takes to decode the pictures of a file, start and end of the process included.
 * @param filter `null`: decode and throw away
 */
export async function decodeCpuMs(file: string, pictures: number, filter: string): Promise<number> {
  const input = ['-hide_banner', '-nostdin', '-benchmark', '-threads', '1', '-f', 'h264', '-i', file];
  const output = [
    '-frames:v',
    String(pictures),
    '-vf',
    filter,
    '-filter_threads',
    '1',
    '-threads',
    '1',
    '-f',
    'null',
    '-',
  ];
  const { stderr } = await run('ffmpeg', [...input, ...output]);
  const [, user, system] = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
  if (user === undefined || system === undefined) throw new Error('ffmpeg told no times');
  return (Number(user) + Number(system)) * 1000;
}
