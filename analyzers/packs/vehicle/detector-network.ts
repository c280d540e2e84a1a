import { analyzerErrors } from '../../errors.ts';
import type { PixelRectangle } from '../../imaging/crop.ts';
import { type Letterbox, letterbox, type LetterboxOptions, letterboxOptionsOf } from '../../imaging/letterbox.ts';
import { type TensorLayout, phasedLayout, planarLayout } from '../../imaging/tensor-layout.ts';
import type { NetworkManifest } from '../../models/network-manifest.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { foldFocus } from '../../onnx/fold-focus.ts';
import { inputShapeOf, withInputShape } from '../../onnx/input-size.ts';
import { OnnxSession, type Tensor } from '../../onnx/onnx-session.ts';
import type { Picture } from '../model-pack.ts';
import { centerNetFamily } from './centernet-family.ts';
import type { DecodeContext, DetectorFamily, Found } from './detector-family.ts';
import { rtDetrFamily } from './rtdetr-family.ts';
import { yoloxFamily } from './yolox-family.ts';

/** What of a network's classes is wanted, and from which score on. */
type WantedClasses<L extends string> = Pick<DecodeContext<L>, 'labels' | 'leastScore'>;

/** One size of the input: the network opened for it, and memory for one picture. */
interface Variant {
  readonly session: OnnxSession;
  readonly tensor: Tensor;
  /** Where the tensor keeps which pixel. */
  readonly layout: TensorLayout;
}

/** A network that finds things in a region of a picture, in each of the sizes of its manifest. One region at a time. */
export class DetectorNetwork<L extends string> {
  readonly #manifest: NetworkManifest;
  readonly #registry: ModelRegistry;
  readonly #wanted: WantedClasses<L>;
  readonly #family: DetectorFamily;
  readonly #encoding: LetterboxOptions;
  readonly #variants = new Map<Letterbox, Promise<Variant>>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(manifest: NetworkManifest, registry: ModelRegistry, wanted: WantedClasses<L>) {
    this.#manifest = manifest;
    this.#registry = registry;
    this.#wanted = wanted;
    this.#family = familyOf(manifest);
    this.#encoding = letterboxOptionsOf(manifest.input);
  }

  /**
   * Loads the network for its first size and tries it: hash, layers and shapes are right when this returns.
   * @throws {AppError} `MODEL_*`
   */
  static async open<L extends string>(
    manifest: NetworkManifest,
    registry: ModelRegistry,
    wanted: WantedClasses<L>,
  ): Promise<DetectorNetwork<L>> {
    const network = new DetectorNetwork(manifest, registry, wanted);
    const [first] = manifest.input.sizes;
    if (first) await network.#variant(first);
    return network;
  }

  /** @returns boxes in 0..1 of the region, best first */
  async look(picture: Picture, region: PixelRectangle): Promise<Found<L>[]> {
    const size = nearestSize(this.#manifest.input.sizes, region.width / region.height);
    const variant = await this.#variant(size);
    const result = this.#turn.then(async () => {
      const fit = letterbox(picture, region, variant.tensor, this.#encoding, variant.layout);
      return this.#run(variant, (outputs) => this.#family.decode(outputs, { ...this.#wanted, size, fit }));
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #run<T>({ session, tensor, layout }: Variant, read: (outputs: readonly Tensor[]) => T): Promise<T> {
    const { sizeLayer } = this.#manifest.input;
    const { widthPx, heightPx } = layout;
    return session.run(
      tensor,
      read,
      sizeLayer === undefined ? {} : { [sizeLayer]: { data: [widthPx, heightPx], shape: [1, 2] } },
    );
  }

  async #variant(size: Letterbox): Promise<Variant> {
    let variant = this.#variants.get(size);
    if (!variant) {
      variant = this.#open(size);
      // A failure is told to whoever asks; the next one may try again.
      variant.catch(() => this.#variants.delete(size));
      this.#variants.set(size, variant);
    }
    return variant;
  }

  async #open(size: Letterbox): Promise<Variant> {
    const { id, input } = this.#manifest;
    const expected = this.#family.expectedOutputs(size);
    const { bytes, layout, shape } = prepared(await this.#registry.load(id), this.#manifest, size);
    const session = await OnnxSession.open({
      modelId: id,
      bytes,
      inputName: input.layer,
      outputNames: expected.map(({ layer }) => layer),
    });
    const variant = { session, layout, tensor: { data: new Float32Array(3 * size.widthPx * size.heightPx), shape } };
    const found = await this.#run(variant, (outputs) => outputs.map((output) => output.shape));
    for (const [index, { layer, shape: wanted }] of expected.entries()) {
      const given = found[index] ?? [];
      const isRight =
        given.length === wanted.length && wanted.every((length, axis) => length === -1 || length === given[axis]);
      if (!isRight) throw shapeError(id, layer, wanted, given);
    }
    return variant;
  }

  async close(): Promise<void> {
    await this.#turn;
    const variants = [...this.#variants.values()];
    this.#variants.clear();
    for (const variant of await Promise.allSettled(variants))
      if (variant.status === 'fulfilled') await variant.value.session.close();
  }
}

/** The one whose proportions are nearest; of equals the first. */
function nearestSize(sizes: readonly Letterbox[], aspect: number): Letterbox {
  const distance = ({ widthPx, heightPx }: Letterbox): number => Math.abs(Math.log(widthPx / heightPx / aspect));
  const [first = { widthPx: 0, heightPx: 0 }, ...others] = sizes;
  return others.reduce((best, size) => (distance(size) < distance(best) - 1e-9 ? size : best), first);
}

function familyOf(manifest: NetworkManifest): DetectorFamily {
  if (manifest.family === 'centernet') return centerNetFamily(manifest);
  return manifest.family === 'yolox' ? yoloxFamily(manifest) : rtDetrFamily(manifest);
}

/** The file for pictures of this size, what its input is then, and where that keeps which pixel. */
function prepared(
  bytes: Uint8Array,
  manifest: NetworkManifest,
  size: Letterbox,
): { readonly bytes: Uint8Array; readonly layout: TensorLayout; readonly shape: readonly number[] } {
  const { widthPx, heightPx } = size;
  const { layer } = manifest.input;
  const shape = [1, 3, heightPx, widthPx];
  const fitted = fitTo(bytes, manifest, shape);
  const folded = foldFocus(fitted, layer);
  const layout = folded && phasedLayout(size, folded.phases);
  if (!layout) return { bytes: fitted, layout: planarLayout(size), shape };
  const halved = [1, 12, heightPx / 2, widthPx / 2];
  return { bytes: withInputShape(folded.bytes, layer, halved), layout, shape: halved };
}

/** The file for an input of this shape. @throws {AppError} `MODEL_LAYER_MISSING`, `MODEL_SHAPE_MISMATCH`, `MODEL_BROKEN` */
function fitTo(bytes: Uint8Array, { id, input }: NetworkManifest, shape: readonly number[]): Uint8Array {
  let written: readonly (number | undefined)[] | undefined;
  try {
    written = inputShapeOf(bytes, input.layer);
  } catch (cause) {
    throw analyzerErrors.MODEL_BROKEN({ model: id }, cause);
  }
  if (!written) throw analyzerErrors.MODEL_LAYER_MISSING({ model: id, layer: input.layer });
  if (written.length === shape.length && shape.every((length, axis) => length === written[axis])) return bytes;
  const isOpen =
    written.length === 4 && written.every((length, axis) => length === undefined || length === shape[axis]);
  if (!isOpen && !(input.anySize === true && written.length === 4)) throw shapeError(id, input.layer, shape, written);
  return withInputShape(bytes, input.layer, shape);
}

function shapeError(
  model: string,
  layer: string,
  expected: readonly number[],
  found: readonly (number | undefined)[],
): Error {
  const text = (shape: readonly (number | undefined)[]): string =>
    shape.map((length) => (length === undefined || length < 0 ? '?' : length)).join('×');
  return analyzerErrors.MODEL_SHAPE_MISMATCH({ model, layer, expected: text(expected), found: text(found) });
}
