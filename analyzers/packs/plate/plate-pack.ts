import { type Box, type Detection, type PlateReading, VEHICLE_LABELS } from '../../detection.ts';
import { boxAroundQuad, pixelRectangle, type PixelRectangle, type Quad } from '../../imaging/crop.ts';
import { overlap } from '../../imaging/non-max-suppression.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import type { Picture, PlateReader } from '../model-pack.ts';
import { type OfficialVehicles, withholdOfficial } from './official-vehicles.ts';
import type { PlateGrammarName } from './plate-forms.ts';
import { PlateRecogniser, type PlateText } from './plate-recogniser.ts';
import { type FoundText, TextDetector } from './text-detector.ts';
import { rowPairs } from './text-rows.ts';

export interface PlateReaderOptions {
  readonly registry: ModelRegistry;
  /**
   * when-needed: the whole picture is searched when no vehicle gave a plate (a vehicle that fills the picture is often
   * not found); costs about 150 ms a picture without a plate. never: only vehicles are searched; for streams of streets.
   */
  readonly wholePicture?: 'when-needed' | 'never';
  /** Readings of a lower confidence are not given; by default those are kept that only show where a plate is. */
  readonly minimumConfidence?: number;
  readonly grammar?: PlateGrammarName;
  /** Short name of the province that most vehicles here come from; empty: no expectation. */
  readonly homeProvince?: string;
  readonly officialVehicles?: OfficialVehicles;
}

export interface ClosablePlateReader extends PlateReader {
  close(): Promise<void>;
}

/** Smaller vehicles have no plate that can be read. */
const VEHICLE_MIN_WIDTH_PX = 64;
/** Boxes often cut the bumper, where the plate is. */
const VEHICLE_MARGIN = 0.06;
const VEHICLE_SIDE_PX = 320;
const WHOLE_SIDE_PX = 736;
const TEXTS_PER_VEHICLE = 3;
const TEXTS_PER_PICTURE = 6;
const PAIRS_PER_REGION = 2;
/** Of the text without border; plates are 440×140 or 480×140 mm, in two rows 440×220 or 220×140, seen from the side narrower. */
const PLATE_ASPECT = { least: 1.3, most: 9 };
const PLATE_MIN_WIDTH_PX = 32;
const PLATE_MIN_HEIGHT_PX = 7;
/** Per character; advertisements and street signs stay below 0.05, a plate blurred beyond reading reaches 0.15. */
const PLAUSIBLE = 0.12;
const SAME_PLATE_OVERLAP = 0.3;

function looksLikePlate({ widthPx, heightPx }: FoundText): boolean {
  const aspect = widthPx / heightPx;
  return (
    widthPx >= PLATE_MIN_WIDTH_PX &&
    heightPx >= PLATE_MIN_HEIGHT_PX &&
    aspect >= PLATE_ASPECT.least &&
    aspect <= PLATE_ASPECT.most
  );
}

function contains(box: Box, inner: Box): boolean {
  const x = inner.x + inner.width / 2;
  const y = inner.y + inner.height / 2;
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/** Finds plates as lines of text on vehicles, or in the whole picture, and reads them. */
class OcrPlateReader implements ClosablePlateReader {
  readonly #texts: TextDetector;
  readonly #recogniser: PlateRecogniser;
  readonly #wholePicture: 'when-needed' | 'never';
  readonly #minimumConfidence: number;
  readonly #officialVehicles: OfficialVehicles;

  constructor(
    texts: TextDetector,
    recogniser: PlateRecogniser,
    { wholePicture = 'when-needed', minimumConfidence = 0.01, officialVehicles = 'refuse' }: PlateReaderOptions,
  ) {
    this.#texts = texts;
    this.#recogniser = recogniser;
    this.#wholePicture = wholePicture;
    this.#minimumConfidence = minimumConfidence;
    this.#officialVehicles = officialVehicles;
  }

  async read(picture: Picture, vehicles: readonly Detection[]): Promise<PlateReading[]> {
    const readings: PlateReading[] = [];
    for (const [index, vehicle] of vehicles.entries()) {
      if (!VEHICLE_LABELS.includes(vehicle.label) || vehicle.box.width * picture.widthPx < VEHICLE_MIN_WIDTH_PX)
        continue;
      const region = pixelRectangle(picture, vehicle.box, VEHICLE_MARGIN);
      readings.push(...(await this.#readRegion(picture, region, VEHICLE_SIDE_PX, TEXTS_PER_VEHICLE, index)));
    }
    if (readings.length === 0 && this.#wholePicture === 'when-needed') {
      const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
      for (const reading of await this.#readRegion(picture, whole, WHOLE_SIDE_PX, TEXTS_PER_PICTURE, undefined)) {
        const owner = vehicles.findIndex(
          ({ label, box }) => VEHICLE_LABELS.includes(label) && contains(box, reading.box),
        );
        readings.push(owner === -1 ? reading : { ...reading, vehicleIndex: owner });
      }
    }
    return onePerPlace(readings, vehicles);
  }

  async #readRegion(
    picture: Picture,
    region: PixelRectangle,
    sidePx: number,
    most: number,
    vehicleIndex: number | undefined,
  ): Promise<PlateReading[]> {
    const found = (await this.#texts.find(picture, region, sidePx)).toSorted(
      (a, b) => b.widthPx * b.heightPx * b.score - a.widthPx * a.heightPx * a.score,
    );
    const readings: PlateReading[] = [];
    const read = async (quad: Quad): Promise<void> => {
      const plate = await this.#recogniser.readQuad(picture, quad);
      if (plate && this.#isPlausible(plate)) readings.push(this.#readingOf(plate, picture, quad, vehicleIndex));
    };
    for (const { quad } of found.filter(looksLikePlate).slice(0, most)) await read(quad);
    // One line above another may be one plate; a line that is a plate by itself leaves no need to ask.
    if (readings.length === 0) for (const quad of rowPairs(found).slice(0, PAIRS_PER_REGION)) await read(quad);
    return readings;
  }

  #isPlausible({ confidence, features }: PlateText): boolean {
    return Math.exp(features.logPerCharacter) >= PLAUSIBLE && confidence >= this.#minimumConfidence;
  }

  #readingOf(plate: PlateText, picture: Picture, quad: Quad, vehicleIndex: number | undefined): PlateReading {
    const { text, kind, confidence, colour, sharpness, alternatives, characterConfidences } = plate;
    const reading = { text, kind, confidence, colour, sharpness, alternatives, characterConfidences, vehicleIndex };
    return withholdOfficial({ ...reading, box: boxAroundQuad(picture, quad) }, this.#officialVehicles);
  }

  async close(): Promise<void> {
    await Promise.all([this.#texts.close(), this.#recogniser.close()]);
  }
}

/** A plate seen through the boxes of two vehicles is one plate: of the surer reading, on the smaller vehicle. */
function onePerPlace(readings: readonly PlateReading[], vehicles: readonly Detection[]): PlateReading[] {
  const kept: PlateReading[] = [];
  for (const reading of readings.toSorted((a, b) => b.confidence - a.confidence)) {
    const at = kept.findIndex((other) => overlap(other.box, reading.box) > SAME_PLATE_OVERLAP);
    const other = kept[at];
    if (!other) kept.push(reading);
    else if (areaOf(vehicles, reading.vehicleIndex) < areaOf(vehicles, other.vehicleIndex))
      kept[at] = { ...other, vehicleIndex: reading.vehicleIndex };
  }
  return kept;
}

function areaOf(vehicles: readonly Detection[], index: number | undefined): number {
  const box = index === undefined ? undefined : vehicles[index]?.box;
  return box ? box.width * box.height : Number.POSITIVE_INFINITY;
}

/** A plate reader, loaded and ready. @throws {AppError} `MODEL_*` */
export async function createPlateReader(options: PlateReaderOptions): Promise<ClosablePlateReader> {
  const { registry, grammar = 'china', homeProvince = '' } = options;
  const [texts, recogniser] = await Promise.all([
    TextDetector.open(registry),
    PlateRecogniser.open(registry, { grammar, homeProvince }),
  ]);
  return new OcrPlateReader(texts, recogniser, options);
}
