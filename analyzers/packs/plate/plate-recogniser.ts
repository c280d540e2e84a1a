import { freeMemory } from '#infra/runtime/free-memory.ts';
import type { PlateColour } from '../../detection.ts';
import { analyzerErrors } from '../../errors.ts';
import { type Quad, straighten } from '../../imaging/crop.ts';
import { scaleRegion, writeIntoTensor } from '../../imaging/scale.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { foldScales } from '../../onnx/fold-scales.ts';
import { OnnxSession } from '../../onnx/onnx-session.ts';
import type { Picture } from '../model-pack.ts';
import { type CharacterSequence, joinSequences, PlateClasses } from './character-sequence.ts';
import { decodePlate } from './plate-beam.ts';
import { type PlateLook, type RankedPlate, rankLooks } from './plate-candidates.ts';
import { plateColour } from './plate-colour.ts';
import { PlateGrammar, type PlateGrammarName } from './plate-forms.ts';
import type { PlateContext } from './plate-prior.ts';
import { splitRows } from './plate-rows.ts';
import { plateSharpness } from './plate-sharpness.ts';
import { findTextLine, levelQuad } from './text-line.ts';

const MODEL_ID = 'ppocr-v4-rec';
const HEIGHT_PX = 48;
/**
 * Of the first look: as wide as a plate is in nature (440×140 mm), whatever the camera's angle made of it. Of the second,
 * where the first is in doubt: the line made level, filling the height, and its characters wider.
 */
const WIDTHS_PX = [160, 224] as const;
/** Green plates have eight characters where others have seven: as much room for each. */
const GREEN_WIDTHS_PX = [184, 256] as const;
/** The upper row of a plate in two rows has two characters, the lower five. */
const ROW_WIDTHS_PX = [96, 160] as const;
/** Surer than this one look is enough. */
const SURE = 0.97;
/** Not a plate: another look would not make it one. */
const HOPELESS_LOG_PER_CHARACTER = -2.5;

export interface PlateText extends RankedPlate {
  readonly colour: PlateColour;
  readonly sharpness: number;
  /** How often the network ran. */
  readonly looks: number;
}

export interface PlateRecogniserOptions {
  readonly grammar?: PlateGrammarName;
  /** Short name of the province that most vehicles here come from; empty: no expectation. */
  readonly homeProvince?: string;
}

/** Reads the text of a plate with PP-OCRv4, bound to the forms that plates have. */
export class PlateRecogniser {
  readonly #session: OnnxSession;
  readonly #classes: PlateClasses;
  readonly #grammar: PlateGrammar;
  readonly #homeProvince: string;

  private constructor(session: OnnxSession, classes: PlateClasses, grammar: PlateGrammar, homeProvince: string) {
    this.#session = session;
    this.#classes = classes;
    this.#grammar = grammar;
    this.#homeProvince = homeProvince;
  }

  /** @throws {AppError} `MODEL_*` */
  static async open(
    registry: ModelRegistry,
    { grammar: name = 'china', homeProvince = '' }: PlateRecogniserOptions = {},
  ): Promise<PlateRecogniser> {
    const [bytes, characters] = await Promise.all([
      registry.load(MODEL_ID),
      registry.loadCompanion(MODEL_ID, 'characters'),
    ]);
    // Class 0 is blank, then one class per line of the file, then the space.
    const lines = new TextDecoder().decode(characters).replace(/\n$/, '').split('\n');
    const classOf = new Map([...lines, ' '].map((character, index) => [character, index + 1]));
    const grammar = new PlateGrammar(name);
    const session = await OnnxSession.open({ modelId: MODEL_ID, bytes: foldScales(bytes) });
    return new PlateRecogniser(session, new PlateClasses(grammar.alphabet, classOf), grammar, homeProvince);
  }

  /** Reads a picture that shows one plate and little else. @returns undefined when no plate text comes near */
  async readCrop(plate: Picture): Promise<PlateText | undefined> {
    const context = { colour: plateColour(plate), rows: 1, homeProvince: this.#homeProvince } as const;
    const [firstPx, secondPx] = context.colour === 'green' ? GREEN_WIDTHS_PX : WIDTHS_PX;
    const looks = [this.#lookAt(await this.#recognise(plate, firstPx))];
    let ranked = this.#rank(looks, context);
    if (ranked && ranked.features.logPerCharacter > HOPELESS_LOG_PER_CHARACTER && ranked.confidence < SURE) {
      const level = straighten(plate, levelQuad(plate, findTextLine(plate)), secondPx, HEIGHT_PX);
      looks.push(this.#lookAt(await this.#recognise(level, secondPx)));
      ranked = this.#rank(looks, context);
    }
    const twoRows = ranked && ranked.confidence >= SURE ? undefined : await this.#readTwoRows(plate, context);
    const better = twoRows && (!ranked || twoRows.confidence > ranked.confidence) ? twoRows : ranked;
    if (!better) return undefined;
    const { colour } = context;
    return { ...better, colour, sharpness: plateSharpness(plate), looks: looks.length + (twoRows ? 2 : 0) };
  }

  /** Reads the plate inside a quad, in pixels of the picture, seen straight on. */
  async readQuad(picture: Picture, quad: Quad): Promise<PlateText | undefined> {
    const [topLeft, topRight, , bottomLeft] = quad;
    const widthPx = Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y);
    const heightPx = Math.hypot(bottomLeft.x - topLeft.x, bottomLeft.y - topLeft.y);
    const limit = (size: number): number => Math.max(8, Math.min(1024, Math.round(size)));
    return this.readCrop(straighten(picture, quad, limit(widthPx), limit(heightPx)));
  }

  async #readTwoRows(plate: Picture, context: PlateContext): Promise<RankedPlate | undefined> {
    const rows = splitRows(plate);
    if (!rows) return undefined;
    const upper = await this.#recognise(rows.upper, ROW_WIDTHS_PX[0]);
    const lower = await this.#recognise(rows.lower, ROW_WIDTHS_PX[1]);
    return this.#rank([this.#lookAt(joinSequences(upper, lower))], { ...context, rows: 2 });
  }

  #rank(looks: readonly PlateLook[], context: PlateContext): RankedPlate | undefined {
    return rankLooks(looks, this.#classes.alphabet, this.#grammar, context);
  }

  #lookAt(sequence: CharacterSequence): PlateLook {
    return { sequence, texts: decodePlate(sequence, this.#classes.alphabet, this.#grammar) };
  }

  async #recognise(plate: Picture, widthPx: number): Promise<CharacterSequence> {
    const tensor = { data: new Float32Array(3 * HEIGHT_PX * widthPx), shape: [1, 3, HEIGHT_PX, widthPx] };
    const whole = { left: 0, top: 0, width: plate.widthPx, height: plate.heightPx };
    writeIntoTensor(await scaleRegion(plate, whole, widthPx, HEIGHT_PX), tensor, {
      channels: 'bgr',
      mean: [127.5, 127.5, 127.5],
      scale: [1 / 127.5, 1 / 127.5, 1 / 127.5],
    });
    const sequence = await this.#session.run(tensor, ([output]) => {
      const [, steps = 0, classes = 0] = output?.shape ?? [];
      if (!output || steps * classes !== output.data.length) throw analyzerErrors.MODEL_BROKEN({ model: MODEL_ID });
      return this.#classes.select({ data: output.data, steps, classes });
    });
    freeMemory(tensor.data);
    return sequence;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
