import { analyzerErrors } from '../../errors.ts';
import type { PixelRectangle } from '../../imaging/crop.ts';
import { letterbox, type LetterboxOptions, letterboxOptionsOf } from '../../imaging/letterbox.ts';
import type { ClassifierManifest } from '../../models/classifier-manifest.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { inputShapeOf } from '../../onnx/input-size.ts';
import { OnnxSession, type Tensor } from '../../onnx/onnx-session.ts';
import type { Picture } from '../model-pack.ts';

export interface Judged {
  readonly state: 'violation' | 'fine' | 'unknown';
  /** Of the violation, 0..1. */
  readonly score: number;
  /** Of the contrary, 0..1. */
  readonly fineScore: number;
}

/** Heads that go through the network in one run. */
const MAX_BATCH = 8;

/** A network that says of regions of a picture in which of its states they are. One call at a time. */
export class HygieneClassifier {
  readonly manifest: ClassifierManifest;
  readonly #session: OnnxSession;
  readonly #encoding: LetterboxOptions;
  /** What the file takes at once. */
  readonly #batch: number;

  private constructor(manifest: ClassifierManifest, session: OnnxSession, batch: number) {
    this.manifest = manifest;
    this.#session = session;
    this.#batch = batch;
    this.#encoding = letterboxOptionsOf(manifest.input);
  }

  /**
   * Loads the network and tries it: hash, layers and shapes are right when this returns.
   * @throws {AppError} `MODEL_*`
   */
  static async open(registry: ModelRegistry, manifest: ClassifierManifest): Promise<HygieneClassifier> {
    const { id, input, output } = manifest;
    const bytes = await registry.load(id);
    const session = await OnnxSession.open({
      modelId: id,
      bytes,
      inputName: input.layer,
      outputNames: [output.layer],
    });
    const classifier = new HygieneClassifier(manifest, session, batchOf(bytes, manifest));
    const grey = { pixels: new Uint8Array(3).fill(128), widthPx: 1, heightPx: 1 };
    await classifier.classify(grey, [{ left: 0, top: 0, width: 1, height: 1 }]);
    return classifier;
  }

  /** @returns for each region the probability of each class, in the manifest's order */
  async classify(picture: Picture, regions: readonly PixelRectangle[]): Promise<readonly Float32Array[]> {
    const results: Float32Array[] = [];
    for (let from = 0; from < regions.length; from += this.#batch)
      results.push(...(await this.#run(picture, regions.slice(from, from + this.#batch))));
    return results;
  }

  async #run(picture: Picture, regions: readonly PixelRectangle[]): Promise<Float32Array[]> {
    const { id, input, output, classes } = this.manifest;
    const length = 3 * input.widthPx * input.heightPx;
    const data = new Float32Array(regions.length * length);
    for (const [index, region] of regions.entries()) {
      const one: Tensor = {
        data: data.subarray(index * length, (index + 1) * length),
        shape: [1, 3, input.heightPx, input.widthPx],
      };
      letterbox(picture, region, one, this.#encoding);
    }
    const tensor = { data, shape: [regions.length, 3, input.heightPx, input.widthPx] };
    return this.#session.run(tensor, ([values]) => {
      if (values?.data.length !== regions.length * classes.length)
        throw analyzerErrors.MODEL_SHAPE_MISMATCH({
          model: id,
          layer: output.layer,
          expected: `${regions.length}×${classes.length}`,
          found: values?.shape.join('×') ?? 'nothing',
        });
      return regions.map((_, index) => {
        const row = values.data.slice(index * classes.length, (index + 1) * classes.length);
        return output.values === 'logits' ? softmax(row) : row;
      });
    });
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** What probabilities say of an item. @throws {TypeError} when the classifier does not judge it */
export function judge({ classes, items }: ClassifierManifest, item: string, probabilities: Float32Array): Judged {
  const judged = items[item];
  if (!judged) throw new TypeError(`not an item of this classifier: ${item}`);
  const sum = (names: readonly string[]): number =>
    classes.reduce((total, name, index) => total + (names.includes(name) ? (probabilities[index] ?? 0) : 0), 0);
  const [violation, fine] = [sum(judged.violation), sum(judged.fine)];
  const state = violation >= judged.least ? 'violation' : fine >= judged.least ? 'fine' : 'unknown';
  return { state, score: Math.min(1, violation), fineScore: Math.min(1, fine) };
}

/** How many regions the file takes at once. @throws {AppError} `MODEL_BROKEN`, `MODEL_LAYER_MISSING`, `MODEL_SHAPE_MISMATCH` */
function batchOf(bytes: Uint8Array, { id, input }: ClassifierManifest): number {
  let shape: readonly (number | undefined)[] | undefined;
  try {
    shape = inputShapeOf(bytes, input.layer);
  } catch (cause) {
    throw analyzerErrors.MODEL_BROKEN({ model: id }, cause);
  }
  if (!shape) throw analyzerErrors.MODEL_LAYER_MISSING({ model: id, layer: input.layer });
  const wanted = [1, 3, input.heightPx, input.widthPx];
  const fits = shape.length === 4 && shape.every((size, axis) => size === undefined || size === wanted[axis]);
  if (!fits)
    throw analyzerErrors.MODEL_SHAPE_MISMATCH({
      model: id,
      layer: input.layer,
      expected: `1×3×${input.heightPx}×${input.widthPx}`,
      found: shape.map((size) => size ?? '?').join('×'),
    });
  return shape[0] ?? MAX_BATCH;
}

function softmax(values: Float32Array): Float32Array {
  const highest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - highest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}
