import { describeError } from '#infra/runtime/app-error.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { type Box, type Detection, type HygieneReading, type WantedHygiene } from '../../detection.ts';
import type { PixelRectangle } from '../../imaging/crop.ts';
import { isFinderManifest } from '../../models/finder-manifest.ts';
import type { HygieneRegionName } from '../../models/hygiene-fields.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import { boundsOf, isInZone } from '../../rules/zone.ts';
import { centreOf, footOf } from '../../tracking/box.ts';
import type { HygieneReader, Picture } from '../model-pack.ts';
import { FaceMaskFinder } from './face-mask-finder.ts';
import { HygieneClassifier, judge, type Judged } from './hygiene-classifier.ts';
import { HygieneFinder } from './hygiene-finder.ts';
import { boxOf, handsRegion, headRegions, nearerHead, regionOf } from './person-region.ts';

export interface HygieneModelsOptions {
  readonly registry: ModelRegistry;
  /** Where the downloadable network is there, what the classifier takes for an uncovered mouth counts only when that sees one too. */
  readonly confirmMasks: boolean;
  readonly log: Log;
}

/** A place to look at: of one person, or the zone. Of several regions the one that shows most is believed. */
interface Place {
  readonly regions: readonly PixelRectangle[];
  readonly personBox: Box | undefined;
}

type Judge = HygieneClassifier | HygieneFinder;

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
  readonly #judges = new Map<string, Promise<Judge | undefined>>();
  readonly #opened = new Map<string, Promise<Judge | undefined>>();
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
      const judge = await this.#judgeFor(item);
      if (!judge) continue;
      const zones = wanted.filter((rule) => rule.item === item).map(({ zone }) => zone);
      for (const place of placesFor(judge.manifest.region, zones, persons, picture))
        readings.push(await this.#readPlace(judge, item, picture, place));
    }
    return readings;
  }

  async close(): Promise<void> {
    for (const judge of await Promise.all(this.#opened.values())) await judge?.close();
    this.#opened.clear();
    this.#judges.clear();
    await (await this.#finder)?.close();
    this.#finder = undefined;
  }

  async #readPlace(
    judge: Judge,
    item: string,
    picture: Picture,
    { regions, personBox }: Place,
  ): Promise<HygieneReading> {
    const { minRegionPx } = judge.manifest;
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
    if (judge instanceof HygieneFinder) {
      const { box, ...found } = await judge.find(picture, large, item);
      return { ...nothing, ...found, box: box ?? nothing.box };
    }
    return { ...nothing, ...(await this.#classify(judge, item, picture, large)) };
  }

  /** @returns nothing where not enough can be seen to tell */
  async #classify(
    classifier: HygieneClassifier,
    item: string,
    picture: Picture,
    large: readonly PixelRectangle[],
  ): Promise<(Judged & { readonly box: Box }) | undefined> {
    const answers = await classifier.classify(picture, large);
    const looks = answers.map((probabilities, index) => ({
      probabilities,
      region: large[index] ?? NOWHERE,
      certainty: certaintyOf(classifier, item, probabilities),
    }));
    const best = looks.toSorted((a, b) => b.certainty - a.certainty)[0];
    if (!best || best.certainty < MIN_CERTAINTY) return undefined;
    const judged = judge(classifier.manifest, item, await this.#nearer(classifier, picture, best));
    const confirmed = await this.#confirmed(item, picture, best.region, judged);
    return { ...confirmed, box: boxOf(best.region, picture) };
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
    this.#finder ??= this.#openFinder();
    const finder = await this.#finder;
    if (!finder) return judged;
    const [found] = await finder.find(picture, grown(region, picture), CONFIRM_SCORE);
    if (!found) return { state: 'unknown', score: 0, fineScore: 0 };
    return found.isCovered ? { state: 'fine', score: 1 - found.score, fineScore: found.score } : judged;
  }

  async #openFinder(): Promise<FaceMaskFinder | undefined> {
    const { registry, log } = this.#options;
    try {
      const finder = await FaceMaskFinder.openIfHere(registry);
      if (!finder) log.info('masks are judged without a second look: its model was not fetched');
      return finder;
    } catch (error) {
      log.error({ error: describeError(error) }, 'masks are judged without a second look');
      return undefined;
    }
  }

  async #judgeFor(item: string): Promise<Judge | undefined> {
    let judge = this.#judges.get(item);
    if (!judge) {
      judge = this.#open(item);
      this.#judges.set(item, judge);
    }
    return judge;
  }

  async #open(item: string): Promise<Judge | undefined> {
    const { registry, log } = this.#options;
    const manifest = (await registry.hygieneJudges()).find(({ items }) => Object.hasOwn(items, item));
    if (!manifest) {
      log.warn({ item }, 'no model judges this item');
      return undefined;
    }
    let opened = this.#opened.get(manifest.id);
    if (!opened) {
      const opening: Promise<Judge> = isFinderManifest(manifest)
        ? HygieneFinder.open(registry, manifest)
        : HygieneClassifier.open(registry, manifest);
      opened = opening.catch((error: unknown) => {
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
  region: HygieneRegionName,
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

function regionsOf(region: Exclude<HygieneRegionName, 'zone'>, person: Box, picture: Picture): PixelRectangle[] {
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
