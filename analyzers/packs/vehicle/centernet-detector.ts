import type { Detection, ObjectLabel } from '../../detection.ts';
import { boxFromLetterbox, type Letterbox, letterbox } from '../../imaging/letterbox.ts';
import { suppressNonMaxima } from '../../imaging/non-max-suppression.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { OnnxSession, type Tensor } from '../../onnx/onnx-session.ts';
import { analyzerErrors } from '../../errors.ts';
import type { ModelManifest, ObjectDetector, Picture } from '../model-pack.ts';
import { COCO_LABELS, suppressionGroup } from './coco-labels.ts';

/** Heat map and sizes have a quarter of the input's resolution. */
const STRIDE = 4;
const SUPPRESSION_OVERLAP = 0.5;
/** How much a second and third class at the same place count: at 1 (independent) wheels and windows alone become cars. */
const SECOND_OPINION = 0.7;

/** One conversion of the network per shape of picture: borders cost as much time as picture. */
const VARIANTS = [
  { modelId: 'centernet-512x288', widthPx: 512, heightPx: 288 },
  { modelId: 'centernet-512x512', widthPx: 512, heightPx: 512 },
] as const;
/** 16:9 and wider goes into 512×288; everything else into 512×512. */
const WIDE_ASPECT = 1.6;

/** Classes whose heat maps are looked at as one: a van is a bit of car, truck and bus, and none of them clearly. */
const MAPS: readonly (readonly ObjectLabel[])[] = [['person'], ['bicycle'], ['motorcycle'], ['car', 'bus', 'truck']];

/**
 * Peaks of CenterNet's heat maps as boxes. Car, bus and truck share one map, and the strongest
 * of them names what is found.
 *
 * @param heat float32 [1,80,h,w], 0..1
 * @param sizes float32 [1,4,h,w]: distances from the centre to left, top, right, bottom in input pixels
 */
export function decodeCenterNet(heat: Tensor, sizes: Tensor, fit: Letterbox, threshold: number): Detection[] {
  const [, , height = 0, width = 0] = heat.shape;
  const plane = width * height;
  const columns = Math.min(width, Math.ceil(fit.widthPx / STRIDE));
  const rows = Math.min(height, Math.ceil(fit.heightPx / STRIDE));
  const found: Detection[] = [];
  for (const labels of MAPS) {
    const maps = labels.map((label) => {
      const classIndex = COCO_LABELS.find(([, other]) => other === label)?.[0] ?? 0;
      return heat.data.subarray(classIndex * plane, (classIndex + 1) * plane);
    });
    const map = anyOf(maps);
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        const at = y * width + x;
        const score = map[at] ?? 0;
        if (score < threshold || !isPeak(map, x, y, width, height, score)) continue;
        const [left = 0, top = 0, right = 0, bottom = 0] = [0, 1, 2, 3].map((k) => sizes.data[k * plane + at]);
        const box = boxFromLetterbox(fit, x * STRIDE - left, y * STRIDE - top, x * STRIDE + right, y * STRIDE + bottom);
        if (box.width <= 0 || box.height <= 0) continue;
        const strongest = maps.reduce(
          (best, other, index) => ((other[at] ?? 0) > (maps[best]?.[at] ?? 0) ? index : best),
          0,
        );
        found.push({ label: labels[strongest] ?? 'car', score, box });
      }
  }
  return suppressNonMaxima(found, SUPPRESSION_OVERLAP, (item) => suppressionGroup(item.label));
}

/**
 * Per place: the strongest map, raised by what the others say. They are not independent, so they count less than whole.
 */
function anyOf(maps: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = maps;
  if (others.length === 0) return first;
  const result = new Float32Array(first.length);
  for (let i = 0; i < result.length; i++) {
    let strongest = first[i] ?? 0;
    let none = 1 - strongest * SECOND_OPINION;
    for (const other of others) {
      const value = other[i] ?? 0;
      strongest = Math.max(strongest, value);
      none *= 1 - value * SECOND_OPINION;
    }
    result[i] = 1 - (none * (1 - strongest)) / (1 - strongest * SECOND_OPINION);
  }
  return result;
}

function isPeak(map: Float32Array, x: number, y: number, width: number, height: number, score: number): boolean {
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
      if ((map[row * width + column] ?? 0) > score) return false;
  return true;
}

/** Finds vehicles and persons with CenterNet; loads the variant for a shape of picture when the first such picture comes. */
export class CenterNetDetector implements ObjectDetector {
  readonly manifest: ModelManifest;
  readonly #registry: ModelRegistry;
  readonly #threshold: number;
  readonly #sessions = new Map<string, Promise<OnnxSession>>();

  constructor({ registry, threshold }: { registry: ModelRegistry; threshold: number }) {
    this.#registry = registry;
    this.#threshold = threshold;
    this.manifest = registry.manifest(VARIANTS[0].modelId);
  }

  /** Loads the 16:9 variant. @throws {AppError} `MODEL_*` */
  async load(): Promise<void> {
    await this.#session(VARIANTS[0].modelId);
  }

  async detect(picture: Picture): Promise<Detection[]> {
    const wide = picture.widthPx / picture.heightPx >= WIDE_ASPECT;
    const variant = wide ? VARIANTS[0] : VARIANTS[1];
    const session = await this.#session(variant.modelId);
    const { tensor, fit } = await letterbox(picture, {
      widthPx: variant.widthPx,
      heightPx: variant.heightPx,
      channels: 'rgb',
      mean: [0, 0, 0],
      scale: [1, 1, 1],
      border: 0,
    });
    const [heat, sizes] = await session.run(tensor);
    if (!heat || !sizes)
      throw analyzerErrors.MODEL_BROKEN({ model: variant.modelId, outputs: session.outputNames.length });
    return decodeCenterNet(heat, sizes, fit, this.#threshold);
  }

  async #session(modelId: string): Promise<OnnxSession> {
    let session = this.#sessions.get(modelId);
    if (!session) {
      session = this.#registry.load(modelId).then((bytes) => OnnxSession.open({ modelId, bytes }));
      this.#sessions.set(modelId, session);
    }
    return session;
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of await Promise.allSettled(sessions))
      if (session.status === 'fulfilled') await session.value.close();
  }
}
