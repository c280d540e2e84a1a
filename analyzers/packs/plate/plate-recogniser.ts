import type { PlateColour } from '../../detection.ts';
import { analyzerErrors } from '../../errors.ts';
import { type Quad, straighten } from '../../imaging/crop.ts';
import { scaleRegion, writeIntoTensor } from '../../imaging/scale.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { OnnxSession } from '../../onnx/onnx-session.ts';
import type { Picture } from '../model-pack.ts';
import { DIGITS, LETTERS, PROVINCES, SUFFIXES } from './plate-alphabet.ts';
import { mixCandidates, rankCandidates, type RankedPlate, type WeightedText } from './plate-candidates.ts';
import { colourEvidence, plateColour } from './plate-colour.ts';
import { decodePlate, type PlateClasses } from './plate-grammar.ts';

const MODEL_ID = 'ppocr-v4-rec';
const HEIGHT_PX = 48;
/** Measured on 1,000 crops: 192 reads best alone; looking again at other widths helps where it is unsure. */
const WIDTHS_PX = [192, 224, 256];
const SURE = 0.75;
/** Not a plate: another look would not make it one. */
const HOPELESS = 0.03;
const SEPARATORS = '·.-•:* ';

export interface PlateText extends RankedPlate {
  readonly colour: PlateColour;
}

/** Reads the text of a plate with PP-OCRv4, bound to the grammar of Chinese plates. */
export class PlateRecogniser {
  readonly #session: OnnxSession;
  readonly #classes: PlateClasses;

  private constructor(session: OnnxSession, classes: PlateClasses) {
    this.#session = session;
    this.#classes = classes;
  }

  /** @throws {AppError} `MODEL_*` */
  static async open(registry: ModelRegistry): Promise<PlateRecogniser> {
    const [bytes, characters] = await Promise.all([
      registry.load(MODEL_ID),
      registry.loadCompanion(MODEL_ID, 'characters'),
    ]);
    // Class 0 is blank, then one class per line of the file, then the space.
    const lines = new TextDecoder().decode(characters).replace(/\n$/, '').split('\n');
    const indexOf = new Map([...lines, ' '].map((character, index) => [character, index + 1]));
    const pick = (wanted: string): [string, number][] =>
      Array.from(wanted).flatMap((character) => {
        const index = indexOf.get(character);
        return index === undefined ? [] : [[character, index] as [string, number]];
      });
    return new PlateRecogniser(await OnnxSession.open({ modelId: MODEL_ID, bytes }), {
      classOf: new Map(pick(PROVINCES + LETTERS + DIGITS + SUFFIXES)),
      separators: pick(SEPARATORS).map(([, index]) => index),
    });
  }

  /** Reads a picture that shows one plate and little else. @returns undefined when no plate text comes near */
  async readCrop(plate: Picture): Promise<PlateText | undefined> {
    const colour = plateColour(plate);
    const looks: WeightedText[][] = [];
    let ranked: RankedPlate | undefined;
    for (const widthPx of WIDTHS_PX) {
      looks.push(await this.#decode(plate, widthPx, colour));
      ranked = rankCandidates(mixCandidates(looks));
      if (!ranked || ranked.plausibility < HOPELESS || ranked.confidence >= SURE) break;
    }
    return ranked && { ...ranked, colour };
  }

  /** Reads the plate inside a quad, in pixels of the picture, seen straight on. */
  async readQuad(picture: Picture, quad: Quad): Promise<PlateText | undefined> {
    const [topLeft, topRight, , bottomLeft] = quad;
    const widthPx = Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y);
    const heightPx = Math.hypot(bottomLeft.x - topLeft.x, bottomLeft.y - topLeft.y);
    const limit = (size: number): number => Math.max(8, Math.min(1024, Math.round(size)));
    return this.readCrop(straighten(picture, quad, limit(widthPx), limit(heightPx)));
  }

  async #decode(plate: Picture, widthPx: number, colour: PlateColour): Promise<WeightedText[]> {
    const tensor = { data: new Float32Array(3 * HEIGHT_PX * widthPx), shape: [1, 3, HEIGHT_PX, widthPx] };
    const whole = { left: 0, top: 0, width: plate.widthPx, height: plate.heightPx };
    writeIntoTensor(await scaleRegion(plate, whole, widthPx, HEIGHT_PX), tensor, {
      channels: 'bgr',
      mean: [127.5, 127.5, 127.5],
      scale: [1 / 127.5, 1 / 127.5, 1 / 127.5],
    });
    const [output] = await this.#session.run(tensor);
    const [, steps = 0, classes = 0] = output?.shape ?? [];
    if (!output || steps * classes !== output.data.length) throw analyzerErrors.MODEL_BROKEN({ model: MODEL_ID });
    return decodePlate({ data: output.data, steps, classes }, this.#classes).map(({ text, logProbability }) => ({
      text,
      logProbability: logProbability + colourEvidence(colour, text),
    }));
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
