import { sql } from 'kysely';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import type { PlateColour } from '#analyzers/detection.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Database } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { isUuid } from '../events/event-repository.ts';
import { type MapArea, camerasInside } from './map-area.ts';
import { type CloneQuery, type CloneSuspicion, findClones } from './clone-check.ts';
import type { ConfusionModel } from './confusion-model.ts';
import { joinCandidates } from './fuzzy-trajectory.ts';
import { type FuzzyPlates, findFuzzyPlates } from './fuzzy-plates.ts';
import type { Reading } from './plate-likelihood.ts';
import { normalisePlate, parsePlatePattern } from './plate-pattern.ts';
import { type Roads, rememberingWays, travelBetween } from './travel.ts';
import type { Sighting } from './sighting.ts';
import {
  type PlateCount,
  type PlateFilter,
  type SightingFilter,
  complete,
  countByPlate,
  findNewest,
} from './sighting-query.ts';
import { type SightingRow, readCursor, toSighting, writeCursor } from './sighting-row.ts';
import { type TimeOfDay, intervalsOf } from './time-of-day.ts';
import { type Trajectory, legsBetween } from './trajectory.ts';
import { type Widening, findWidenings } from './widenings.ts';

/** More plates than this match a pattern: then sightings are looked through by time instead of by plate. */
const PLATES_LISTED = 2000;
const PLATES_COUNTED = 20;
const TRAJECTORY_LIMIT = 1000;

export interface SightingSearch {
  /** As typed; `?` one character, `*` any number. Left out: every vehicle, with a plate or without. */
  readonly plate?: string | undefined;
  /** Also what the plate may have been misread as. Not with wildcards. */
  readonly isFuzzy?: boolean | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeOfDay?: TimeOfDay | undefined;
  readonly cameraIds?: readonly string[] | undefined;
  readonly area?: MapArea | undefined;
  readonly vehicleType?: VehicleSighting['vehicleType'] | undefined;
  readonly vehicleColour?: NonNullable<VehicleSighting['vehicleColour']>['name'] | undefined;
  readonly direction?: VehicleSighting['direction'];
  readonly plateColour?: PlateColour | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface SightingPage {
  /** Newest first; in a fuzzy search likeliest first within the page. */
  readonly sightings: readonly Sighting[];
  readonly nextCursor: string | undefined;
  /** On the first page of a search for a plate: which plates matched, most seen first; in a fuzzy search likeliest first. */
  readonly plates: readonly { readonly text: string; readonly count: number; readonly likelihood?: number }[];
  /** On the first page when nothing was found: what would find something. */
  readonly widenings: readonly Widening[];
}

export interface TrajectoryQuery {
  readonly plate: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** With passes that were likely misread, where they fit between the sure ones. */
  readonly isFuzzy?: boolean | undefined;
}

export interface SightingRepositoryDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** How likely which character is read as which. */
  confusions(): Promise<ConfusionModel>;
  /** Undefined where there is no road network. */
  roads(): Promise<Roads | undefined>;
}

/** Where which vehicle was seen. */
export class SightingRepository {
  readonly #deps: SightingRepositoryDeps;
  readonly #db: Database;

  constructor(deps: SightingRepositoryDeps) {
    this.#deps = deps;
    this.#db = deps.db;
  }

  /** @throws {AppError} `PLATE_PATTERN_INVALID`, `CURSOR_INVALID`, `TIME_ZONE_UNKNOWN` */
  async search(search: SightingSearch): Promise<SightingPage> {
    const cursor = search.cursor === undefined ? undefined : readCursor(search.cursor);
    const asked = onePlate(search.plate);
    const fuzzy = search.isFuzzy && asked !== undefined ? await this.#fuzzyPlates(asked, search) : undefined;
    const filter = await this.#toFilter(search, fuzzy);
    const isFirstPage = cursor === undefined;
    const findRows = () => findNewest(this.#db, filter, search.limit + 1, cursor);
    const count = async () =>
      isFirstPage ? countByPlate(this.#db, filter, fuzzy ? Number.MAX_SAFE_INTEGER : PLATES_COUNTED) : [];
    const [rows, counts] =
      isFirstPage && isOfOnePlate(filter)
        ? await countedByRows(findRows, count, search.limit)
        : await Promise.all([findRows(), count()]);
    const page = rows.slice(0, search.limit).map(toSighting);
    const last = page.at(-1);
    return {
      sightings: fuzzy ? likeliestFirst(page.map((sighting) => withLikelihood(sighting, fuzzy))) : page,
      nextCursor: rows.length > search.limit && last ? writeCursor(last) : undefined,
      plates: fuzzy ? likeliestPlates(counts, fuzzy) : counts,
      widenings: isFirstPage && page.length === 0 ? await this.#widen(search, asked, filter) : [],
    };
  }

  /** @throws {AppError} `SIGHTING_NOT_FOUND` */
  async get(sightingId: string): Promise<Sighting> {
    if (isUuid(sightingId)) {
      const query = complete(sql`SELECT * FROM sightings WHERE sighting_id = ${sightingId}::uuid LIMIT 1`);
      const [row] = (await query.execute(this.#db)).rows;
      if (row) return toSighting(row);
    }
    throw storageErrors.SIGHTING_NOT_FOUND({ sightingId });
  }

  /** One plate's way, oldest first; the newest 1000 sightings of the range. */
  async trajectory(query: TrajectoryQuery): Promise<Trajectory> {
    const plate = normalisePlate(query.plate);
    const [roads, fuzzy] = await Promise.all([
      this.#deps.roads().then(rememberingWays),
      query.isFuzzy ? this.#fuzzyPlates(plate, query) : undefined,
    ]);
    const filter = await this.#toFilter({ ...query, limit: TRAJECTORY_LIMIT }, fuzzy);
    const rows = await findNewest(this.#db, filter, TRAJECTORY_LIMIT);
    const passes = rows.map(toSighting).toReversed();
    const sightings = fuzzy ? joinLikely(passes, fuzzy, roads) : passes;
    return { plate, sightings, legs: legsBetween(sightings, roads) };
  }

  /** Plates that were seen where one vehicle cannot have been, strongest suspicion first. */
  async clones(query: CloneQuery): Promise<readonly CloneSuspicion[]> {
    return findClones(this.#db, query, rememberingWays(await this.#deps.roads()));
  }

  async #fuzzyPlates(plate: string, range: { readonly fromMs: number; readonly toMs: number }): Promise<FuzzyPlates> {
    return findFuzzyPlates(this.#db, plate, range, await this.#deps.confusions());
  }

  async #toFilter(search: SightingSearch, fuzzy: FuzzyPlates | undefined): Promise<SightingFilter> {
    const { fromMs, toMs, vehicleType, vehicleColour, direction, plateColour } = search;
    const isTyped = search.plate !== undefined && search.plate.trim() !== '';
    const [plates, cameraIds] = await Promise.all([
      fuzzy?.filter ?? (isTyped ? this.#findPlates(search.plate ?? '') : { kind: 'any' as const }),
      this.#findCameras(search),
    ]);
    return {
      fromMs,
      toMs,
      hours: hoursOf(search, search.timeOfDay),
      plates,
      cameraIds,
      attributes: { vehicleType, vehicleColour, direction, plateColour },
    };
  }

  /** The cameras asked for that lie in the area asked for; undefined: all. */
  async #findCameras({ cameraIds, area }: SightingSearch): Promise<readonly string[] | undefined> {
    const wanted = cameraIds && cameraIds.length > 0 ? [...new Set(cameraIds)] : undefined;
    if (!area) return wanted;
    const inside = await camerasInside(this.#db, area);
    if (!wanted) return inside;
    const known = new Set(inside);
    return wanted.filter((id) => known.has(id));
  }

  async #findPlates(typed: string): Promise<PlateFilter> {
    const pattern = parsePlatePattern(typed);
    if (pattern.kind === 'partial' && /^%$/.test(pattern.like)) return { kind: 'like', like: pattern.like };
    let query = this.#db
      .selectFrom('plates')
      .select('plate_id')
      .limit(PLATES_LISTED + 1);
    query =
      pattern.kind === 'exact' ? query.where('text', '=', pattern.text) : query.where('text', 'like', pattern.like);
    const ids = (await query.execute()).map((row) => row.plate_id);
    if (pattern.kind === 'partial' && ids.length > PLATES_LISTED) return { kind: 'like', like: pattern.like };
    return { kind: 'ids', ids };
  }

  async #widen(
    search: SightingSearch,
    asked: string | undefined,
    filter: SightingFilter,
  ): Promise<readonly Widening[]> {
    return findWidenings(
      {
        db: this.#db,
        hoursIn: (range) => hoursOf(range, search.timeOfDay),
        findPlates: (typed) => this.#findPlates(typed),
        findLookAlikes: async () =>
          asked === undefined || search.isFuzzy ? undefined : (await this.#fuzzyPlates(asked, filter)).filter,
        monotonicMs: () => this.#deps.clock.monotonicMs(),
      },
      asked,
      filter,
    );
  }
}

/** The plate that was typed, when it was one; undefined: none, or a pattern. */
function onePlate(typed: string | undefined): string | undefined {
  if (typed === undefined || typed.trim() === '') return undefined;
  const pattern = parsePlatePattern(typed);
  return pattern.kind === 'exact' ? pattern.text : undefined;
}

function isOfOnePlate({ plates }: SightingFilter): boolean {
  return plates.kind === 'ids' && plates.ids.length === 1 && plates.doubtful === undefined;
}

/** Most vehicles pass fewer than a hundred times a month: then the rows are all there are, and a second statement would count them again. */
async function countedByRows(
  findRows: () => Promise<readonly SightingRow[]>,
  count: () => Promise<readonly PlateCount[]>,
  limit: number,
): Promise<readonly [readonly SightingRow[], readonly PlateCount[]]> {
  const rows = await findRows();
  if (rows.length > limit) return [rows, await count()];
  const text = rows[0]?.plate_text;
  return [rows, typeof text === 'string' ? [{ text, count: rows.length }] : []];
}

function hoursOf(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  timeOfDay: TimeOfDay | undefined,
): SightingFilter['hours'] {
  return timeOfDay && intervalsOf({ fromMs, toMs: toMs + 1 }, timeOfDay);
}

function readingOf({ plate }: Sighting): Reading {
  return plate ?? { text: '', confidence: 0, alternatives: [] };
}

function withLikelihood(sighting: Sighting, fuzzy: FuzzyPlates): Sighting {
  return { ...sighting, likelihood: fuzzy.likelihoodOf(readingOf(sighting)) };
}

/** Stays newest first among the equally likely. */
function likeliestFirst(sightings: readonly Sighting[]): readonly Sighting[] {
  return sightings.toSorted((a, b) => (b.likelihood ?? 0) - (a.likelihood ?? 0));
}

function likeliestPlates(counts: readonly PlateCount[], fuzzy: FuzzyPlates): SightingPage['plates'] {
  return counts
    .map(({ text, count }) => ({ text, count, likelihood: fuzzy.likelihoods.get(text) ?? 0 }))
    .toSorted((a, b) => b.likelihood - a.likelihood)
    .slice(0, PLATES_COUNTED);
}

/** @param passes oldest first */
function joinLikely(passes: readonly Sighting[], fuzzy: FuzzyPlates, roads: Roads | undefined): readonly Sighting[] {
  const candidates = passes.map((sighting) => ({ ...sighting, likelihood: fuzzy.likelihoodOf(readingOf(sighting)) }));
  const joined = joinCandidates(candidates, (from, to) => travelBetween(from, to, roads));
  return joined.map(({ candidate, likelihood }) => ({ ...candidate, likelihood }));
}
