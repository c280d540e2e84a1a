import { describeError } from '#infra/runtime/app-error.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { type Box, type Detection, type HygieneReading, type WantedHygiene } from '../../detection.ts';
import type { PixelRectangle } from '../../imaging/crop.ts';
import type { ClassifierRegion } from '../../models/classifier-manifest.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { boundsOf, isInZone } from '../../rules/zone.ts';
import { centreOf, footOf } from '../../tracking/box.ts';
import type { HygieneReader, Picture } from '../model-pack.ts';
import { FaceMaskFinder } from './face-mask-finder.ts';
import { HygieneClassifier, judge, type Judged } from './hygiene-classifier.ts';
import { boxOf, handsRegion, headRegions, nearerHead, regionOf } from './person-region.ts';

export interface HygieneModelsOptions {
  readonly registry: ModelRegistry;
  /** What the classifier takes for an uncovered mouth counts only when the downloaded network sees one there too. */
  readonly confirmMasks: boolean;
  readonly log: Log;
}

/** A place to look at: of one person, or the zone. Of several regions the one that shows most is believed. */
interface Place {
  readonly regions: readonly PixelRectangle[];
  readonly personBox: Box | undefined;
}

/** Most persons of a picture that are looked at, largest first: a crowd is not what kitchens have. */
const MAX_PERSONS = 12;
/** Where all that a first look could tell of is less than this, there is no second one. */
const MIN_CERTAINTY = 0.3;
const NOWHERE: PixelRectangle = { left: 0, top: 0, width: 1, height: 1 };
const MASK_ITEM = 'no_mask';
/** The downloaded network finds a face on a head's square enlarged by this share on each side. */
const CONFIRM_MARGIN = 0.25;
const CONFIRM_SCORE = 0.35;

/**
 * The networks that judge hygiene items, each loaded when the first picture asks for an item of its: cameras without
 * such a rule cost nothing. One picture at a time.
 */
export class HygieneModels implements HygieneReader {
  readonly #options: HygieneModelsOptions;
  /** By item; undefined: no usable model judges it. */
  readonly #classifiers = new Map<string, Promise<HygieneClassifier | undefined>>();
  readonly #opened = new Map<string, Promise<HygieneClassifier | undefined>>();
  #finder: Promise<FaceMaskFinder | undefined> | undefined;

  constructor(options: HygieneModelsOptions) {
    this.#options = options;
  }

  async read(
    picture: Picture,
    detections: readonly Detection[],
    wanted: readonly WantedHygiene[],
  ): Promise<readonly HygieneReading[]> {
    const persons = detections
      .filter(({ label }) => label === 'person')
      .map(({ box }) => box)
      .toSorted((a, b) => b.width * b.height - a.width * a.height)
      .slice(0, MAX_PERSONS);
    const readings: HygieneReading[] = [];
    for (const item of new Set(wanted.map((rule) => rule.item))) {
      const classifier = await this.#classifierFor(item);
      if (!classifier) continue;
      const zones = wanted.filter((rule) => rule.item === item).map(({ zone }) => zone);
      for (const place of placesFor(classifier.manifest.region, zones, persons, picture))
        readings.push(await this.#readPlace(classifier, item, picture, place));
    }
    return readings;
  }

  async close(): Promise<void> {
    for (const classifier of await Promise.all(this.#opened.values())) await classifier?.close();
    this.#opened.clear();
    this.#classifiers.clear();
    await (await this.#finder)?.close();
    this.#finder = undefined;
  }

  async #readPlace(
    classifier: HygieneClassifier,
    item: string,
    picture: Picture,
    { regions, personBox }: Place,
  ): Promise<HygieneReading> {
    const { minRegionPx } = classifier.manifest;
    const large = regions.filter(({ width, height }) => Math.min(width, height) >= minRegionPx);
    const [first] = regions;
    const nothing: HygieneReading = {
      item,
      state: 'unknown',
      score: 0,
      fineScore: 0,
      box: first ? boxOf(first, picture) : { x: 0, y: 0, width: 0, height: 0 },
      personBox,
    };
    if (large.length === 0) return nothing;
    const answers = await classifier.classify(picture, large);
    const looks = answers.map((probabilities, index) => ({
      probabilities,
      region: large[index] ?? NOWHERE,
      certainty: certaintyOf(classifier, item, probabilities),
    }));
    const best = looks.toSorted((a, b) => b.certainty - a.certainty)[0];
    if (!best || best.certainty < MIN_CERTAINTY) return nothing;
    const judged = judge(classifier.manifest, item, await this.#nearer(classifier, picture, best));
    const confirmed = await this.#confirmed(item, picture, best.region, judged);
    return { ...nothing, ...confirmed, box: boxOf(best.region, picture) };
  }

  /** Of heads, the mean of two looks: where they disagree nothing is told. */
  async #nearer(
    classifier: HygieneClassifier,
    picture: Picture,
    { probabilities, region }: { readonly probabilities: Float32Array; readonly region: PixelRectangle },
  ): Promise<Float32Array> {
    if (classifier.manifest.region !== 'head') return probabilities;
    const [again] = await classifier.classify(picture, [nearerHead(region)]);
    return probabilities.map((value, index) => (value + (again?.[index] ?? value)) / 2);
  }

  /** An uncovered mouth that the second network does not see is not told, nor does a doubtful one speak for any. */
  async #confirmed(item: string, picture: Picture, region: PixelRectangle, judged: Judged): Promise<Judged> {
    if (item !== MASK_ITEM || judged.score <= judged.fineScore || !this.#options.confirmMasks) return judged;
    this.#finder ??= FaceMaskFinder.open(this.#options.registry).catch((error: unknown) => {
      this.#options.log.error({ error: describeError(error) }, 'masks are judged without a second look');
      return undefined;
    });
    const finder = await this.#finder;
    if (!finder) return judged;
    const [found] = await finder.find(picture, grown(region, picture), CONFIRM_SCORE);
    if (!found) return { state: 'unknown', score: 0, fineScore: 0 };
    return found.isCovered ? { state: 'fine', score: 1 - found.score, fineScore: found.score } : judged;
  }

  async #classifierFor(item: string): Promise<HygieneClassifier | undefined> {
    let classifier = this.#classifiers.get(item);
    if (!classifier) {
      classifier = this.#open(item);
      this.#classifiers.set(item, classifier);
    }
    return classifier;
  }

  async #open(item: string): Promise<HygieneClassifier | undefined> {
    const { registry, log } = this.#options;
    const manifest = (await registry.hygieneClassifiers()).find(({ items }) => Object.hasOwn(items, item));
    if (!manifest) {
      log.warn({ item }, 'no model judges this item');
      return undefined;
    }
    let opened = this.#opened.get(manifest.id);
    if (!opened) {
      opened = HygieneClassifier.open(registry, manifest).catch((error: unknown) => {
        log.error({ model: manifest.id, error: describeError(error) }, 'model not usable, its items are not judged');
        return undefined;
      });
      this.#opened.set(manifest.id, opened);
    }
    return opened;
  }
}

/** How much can be told of the item at all, 0..1: the sum of what speaks for and against it. */
function certaintyOf({ manifest }: HygieneClassifier, item: string, probabilities: Float32Array): number {
  const { violation = [], fine = [] } = manifest.items[item] ?? {};
  return manifest.classes.reduce(
    (sum, name, index) => sum + (violation.includes(name) || fine.includes(name) ? (probabilities[index] ?? 0) : 0),
    0,
  );
}

function placesFor(
  region: ClassifierRegion,
  zones: readonly WantedHygiene['zone'][],
  persons: readonly Box[],
  picture: Picture,
): Place[] {
  if (region === 'zone') {
    const whole = { x: 0, y: 0, width: 1, height: 1 };
    return zones.map((zone) => ({
      regions: [regionOf(zone.length < 3 ? whole : boundsOf(zone), picture)],
      personBox: undefined,
    }));
  }
  const concerned = persons.filter((person) => zones.some((zone) => isConcerned(person, zone)));
  return concerned.map((personBox) => ({ regions: regionsOf(region, personBox, picture), personBox }));
}

function regionsOf(region: Exclude<ClassifierRegion, 'zone'>, person: Box, picture: Picture): PixelRectangle[] {
  if (region === 'head') return headRegions(person, picture);
  return [region === 'hands' ? handsRegion(person, picture) : regionOf(person, picture)];
}

/** A person is in a zone with the feet, or with the upper body where a table hides the feet. */
export function isConcerned(person: Box, zone: WantedHygiene['zone']): boolean {
  if (zone.length < 3) return true;
  return [footOf(person), centreOf(person), { x: person.x + person.width / 2, y: person.y + person.height / 8 }].some(
    (point) => isInZone(point, zone),
  );
}

function grown({ left, top, width, height }: PixelRectangle, { widthPx, heightPx }: Picture): PixelRectangle {
  const [x, y] = [Math.round(width * CONFIRM_MARGIN), Math.round(height * CONFIRM_MARGIN)];
  const [newLeft, newTop] = [Math.max(0, left - x), Math.max(0, top - y)];
  return {
    left: newLeft,
    top: newTop,
    width: Math.min(widthPx, left + width + x) - newLeft,
    height: Math.min(heightPx, top + height + y) - newTop,
  };
}
