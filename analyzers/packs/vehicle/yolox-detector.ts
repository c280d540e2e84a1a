import type { Detection } from '../../detection.ts';
import { analyzerErrors } from '../../errors.ts';
import { boxFromLetterbox, type Letterbox, letterbox } from '../../imaging/letterbox.ts';
import { suppressNonMaxima } from '../../imaging/non-max-suppression.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { OnnxSession, type Tensor } from '../../onnx/onnx-session.ts';
import type { ModelManifest, ObjectDetector, Picture } from '../model-pack.ts';
import { COCO_LABELS, suppressionGroup } from './coco-labels.ts';

const MODEL_ID = 'yolox-nano';
const INPUT_PX = 416;
const STRIDES = [8, 16, 32];
/** Centre x, y, log width, log height, objectness, 80 classes. */
const VALUES_PER_CELL = 85;
const SUPPRESSION_OVERLAP = 0.45;

/**
 * Cells of the three grids as boxes.
 * @param output float32 [1,3549,85]; scores are probabilities already
 */
export function decodeYolox(output: Tensor, fit: Letterbox, threshold: number): Detection[] {
  const { data } = output;
  const found: Detection[] = [];
  let at = 0;
  for (const stride of STRIDES) {
    const cells = INPUT_PX / stride;
    for (let row = 0; row < cells; row++)
      for (let column = 0; column < cells; column++, at += VALUES_PER_CELL) {
        const objectness = data[at + 4] ?? 0;
        if (objectness < threshold) continue;
        const best = bestClass(data, at + 5);
        const score = objectness * best.score;
        if (score < threshold || best.label === undefined) continue;
        const x = ((data[at] ?? 0) + column) * stride;
        const y = ((data[at + 1] ?? 0) + row) * stride;
        const halfWidth = (Math.exp(data[at + 2] ?? 0) * stride) / 2;
        const halfHeight = (Math.exp(data[at + 3] ?? 0) * stride) / 2;
        const box = boxFromLetterbox(fit, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
        if (box.width > 0 && box.height > 0) found.push({ label: best.label, score, box });
      }
  }
  return suppressNonMaxima(found, SUPPRESSION_OVERLAP, (item) => suppressionGroup(item.label));
}

/** Best of all 80 classes; a label only when it is one of ours. */
function bestClass(data: Float32Array, from: number): { label: Detection['label'] | undefined; score: number } {
  let best = 0;
  for (let k = 1; k < 80; k++) if ((data[from + k] ?? 0) > (data[from + best] ?? 0)) best = k;
  return { label: COCO_LABELS.find(([index]) => index === best)?.[1], score: data[from + best] ?? 0 };
}

/** Finds vehicles and persons with YOLOX-nano. */
export class YoloxDetector implements ObjectDetector {
  readonly manifest: ModelManifest;
  readonly #session: OnnxSession;
  readonly #threshold: number;

  private constructor(manifest: ModelManifest, session: OnnxSession, threshold: number) {
    this.manifest = manifest;
    this.#session = session;
    this.#threshold = threshold;
  }

  /** @throws {AppError} `MODEL_*` */
  static async open({ registry, threshold }: { registry: ModelRegistry; threshold: number }): Promise<YoloxDetector> {
    const session = await OnnxSession.open({ modelId: MODEL_ID, bytes: await registry.load(MODEL_ID) });
    return new YoloxDetector(registry.manifest(MODEL_ID), session, threshold);
  }

  async detect(picture: Picture): Promise<Detection[]> {
    const { tensor, fit } = await letterbox(picture, {
      widthPx: INPUT_PX,
      heightPx: INPUT_PX,
      channels: 'bgr',
      mean: [0, 0, 0],
      scale: [1, 1, 1],
      border: 114,
    });
    const [output] = await this.#session.run(tensor);
    if (!output) throw analyzerErrors.MODEL_BROKEN({ model: MODEL_ID });
    return decodeYolox(output, fit, this.#threshold);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
