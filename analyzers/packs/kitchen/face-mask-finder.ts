import type { Box } from '../../detection.ts';
import type { PixelRectangle } from '../../imaging/crop.ts';
import { type Letterbox, boxFromLetterbox, letterbox } from '../../imaging/letterbox.ts';
import { suppressNonMaxima } from '../../imaging/non-max-suppression.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { OnnxSession, type Tensor } from '../../onnx/onnx-session.ts';
import type { Picture } from '../model-pack.ts';

/** A mouth and nose that are covered or not, and where: of the region, nothing of whose they are. */
export interface FoundMouth {
  readonly isCovered: boolean;
  /** 0..1 */
  readonly score: number;
  /** In 0..1 of the region. */
  readonly box: Box;
}

const MODEL = 'aizoo-face-mask';
const SIDE_PX = 260;
/** Cells per side of the five grids. */
const GRIDS = [33, 17, 9, 5, 3];
/** Of the anchors of each grid: two squares, and a tall and a taller one of the first square's area. */
const SIDES: readonly (readonly [number, number])[] = [
  [0.04, 0.056],
  [0.08, 0.11],
  [0.16, 0.22],
  [0.32, 0.45],
  [0.64, 0.72],
];
const TALLNESS = [0.62, 0.42];
const CENTRE_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;
const SUPPRESSION_OVERLAP = 0.4;
const ENCODING = {
  channels: 'rgb',
  mean: [0, 0, 0],
  scale: [1 / 255, 1 / 255, 1 / 255],
  border: 0,
  fit: 'letterbox',
} as const;

/** The downloaded face-mask network: finds faces in a region and tells of each whether mouth and nose are covered. */
export class FaceMaskFinder {
  readonly #session: OnnxSession;
  readonly #anchors = anchorsOf();
  readonly #tensor: Tensor = { data: new Float32Array(3 * SIDE_PX * SIDE_PX), shape: [1, 3, SIDE_PX, SIDE_PX] };

  private constructor(session: OnnxSession) {
    this.#session = session;
  }

  /** @throws {AppError} `MODEL_*`; `MODEL_DOWNLOAD_FAILED` where it cannot be had */
  static async open(registry: ModelRegistry): Promise<FaceMaskFinder> {
    const bytes = await registry.load(MODEL);
    return new FaceMaskFinder(await OnnxSession.open({ modelId: MODEL, bytes, outputNames: ['locations', 'classes'] }));
  }

  /** Fetches nothing. @returns undefined where the network was not downloaded @throws {AppError} `MODEL_*` */
  static async openIfHere(registry: ModelRegistry): Promise<FaceMaskFinder | undefined> {
    return (await registry.isHere(MODEL)) ? await FaceMaskFinder.open(registry) : undefined;
  }

  /** One call at a time. @returns best first */
  async find(picture: Picture, region: PixelRectangle, leastScore: number): Promise<FoundMouth[]> {
    const fit = letterbox(picture, region, this.#tensor, ENCODING);
    return this.#session.run(this.#tensor, ([locations, classes]) =>
      locations && classes ? this.#mouthsOf(locations, classes, fit, leastScore) : [],
    );
  }

  #mouthsOf(locations: Tensor, classes: Tensor, fit: Letterbox, leastScore: number): FoundMouth[] {
    const found: FoundMouth[] = [];
    for (let index = 0; index * 2 < classes.data.length; index++) {
      const [covered = 0, bare = 0] = classes.data.subarray(2 * index, 2 * index + 2);
      const score = Math.max(covered, bare);
      if (score < leastScore) continue;
      const [x = 0, y = 0, width = 0, height = 0] = this.#anchors.subarray(4 * index, 4 * index + 4);
      const [dx = 0, dy = 0, dw = 0, dh = 0] = locations.data.subarray(4 * index, 4 * index + 4);
      const middleX = (dx * CENTRE_VARIANCE * width + x) * SIDE_PX;
      const middleY = (dy * CENTRE_VARIANCE * height + y) * SIDE_PX;
      const halfWidth = (Math.exp(dw * SIZE_VARIANCE) * width * SIDE_PX) / 2;
      const halfHeight = (Math.exp(dh * SIZE_VARIANCE) * height * SIDE_PX) / 2;
      const box = boxFromLetterbox(
        fit,
        middleX - halfWidth,
        middleY - halfHeight,
        middleX + halfWidth,
        middleY + halfHeight,
      );
      if (box.width > 0 && box.height > 0) found.push({ isCovered: covered > bare, score, box });
    }
    return suppressNonMaxima(found, SUPPRESSION_OVERLAP, () => 'mouth');
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/** float32 [anchors, 4]: centre and size in 0..1 of the input, grid after grid, row by row. */
function anchorsOf(): Float32Array {
  const anchors: number[] = [];
  for (const [grid, cells] of GRIDS.entries()) {
    const [small, large] = SIDES[grid] ?? [0, 0];
    const sizes = [
      [small, small],
      [large, large],
      ...TALLNESS.map((ratio) => [small * Math.sqrt(ratio), small / Math.sqrt(ratio)]),
    ];
    for (let row = 0; row < cells; row++)
      for (let column = 0; column < cells; column++)
        for (const [width = 0, height = 0] of sizes)
          anchors.push((column + 0.5) / cells, (row + 0.5) / cells, width, height);
  }
  return Float32Array.from(anchors);
}
