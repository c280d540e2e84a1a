import { freeMemory } from '#infra/runtime/free-memory.ts';
import { analyzerErrors } from '../../errors.ts';
import type { PixelRectangle, Quad } from '../../imaging/crop.ts';
import { sampleIntoTensor } from '../../imaging/sample.ts';
import { planarLayout } from '../../imaging/tensor-layout.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { foldScales } from '../../onnx/fold-scales.ts';
import { OnnxSession } from '../../onnx/onnx-session.ts';
import type { Picture } from '../model-pack.ts';
import { findTextRegions } from './text-regions.ts';

const MODEL_ID = 'ppocr-v4-det';
/** The network halves its input five times. */
const GRID_PX = 32;

export interface FoundText {
  /** In pixels of the whole picture. */
  readonly quad: Quad;
  readonly score: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Finds lines of text with PP-OCRv4. */
export class TextDetector {
  readonly #session: OnnxSession;

  private constructor(session: OnnxSession) {
    this.#session = session;
  }

  /** @throws {AppError} `MODEL_*` */
  static async open(registry: ModelRegistry): Promise<TextDetector> {
    const bytes = foldScales(await registry.load(MODEL_ID));
    return new TextDetector(await OnnxSession.open({ modelId: MODEL_ID, bytes }));
  }

  /**
   * @param region of the picture to look at
   * @param longSidePx the region's longer side is scaled to this
   */
  async find(picture: Picture, region: PixelRectangle, longSidePx: number): Promise<FoundText[]> {
    const scale = longSidePx / Math.max(region.width, region.height);
    const widthPx = Math.max(GRID_PX, Math.round((region.width * scale) / GRID_PX) * GRID_PX);
    const heightPx = Math.max(GRID_PX, Math.round((region.height * scale) / GRID_PX) * GRID_PX);
    const size = { widthPx, heightPx };
    const tensor = { data: new Float32Array(3 * widthPx * heightPx), shape: [1, 3, heightPx, widthPx] };
    sampleIntoTensor(picture, region, tensor.data, planarLayout(size), size, {
      channels: 'bgr',
      mean: [103.53, 116.28, 123.675],
      scale: [1 / 57.375, 1 / 57.12, 1 / 58.395],
    });
    const regions = await this.#session.run(tensor, ([map]) => {
      if (map?.data.length !== widthPx * heightPx) throw analyzerErrors.MODEL_BROKEN({ model: MODEL_ID });
      return findTextRegions(map.data, widthPx, heightPx, {
        pixelThreshold: 0.3,
        regionThreshold: 0.5,
        growth: 1.6,
        minimumHeight: 3,
      });
    });
    freeMemory(tensor.data);
    const [stepX, stepY] = [region.width / widthPx, region.height / heightPx];
    return regions.map(({ quad, score, width, height }) => {
      const [a, b, c, d] = quad;
      const back = (point: { x: number; y: number }) => ({
        x: region.left + point.x * stepX,
        y: region.top + point.y * stepY,
      });
      return {
        quad: [back(a), back(b), back(c), back(d)],
        score,
        widthPx: width * stepX,
        heightPx: height * stepY,
      };
    });
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
