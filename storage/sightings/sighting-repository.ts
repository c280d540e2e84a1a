import { sql } from 'kysely';
import type { VehicleSighting } from '#analyzers/analysis-event.ts';
import type { PlateColour } from '#analyzers/detection.ts';
import { isUuid } from '../events/event-repository.ts';
import type { Database } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { normalisePlate, parsePlatePattern, withOneUnknown } from './plate-pattern.ts';
import type { Sighting } from './sighting.ts';
import {
  type PlateFilter,
  type SightingFilter,
  complete,
  conditions,
  newestSightings,
  readCursor,
  toSighting,
  writeCursor,
} from './sighting-query.ts';
import { type Trajectory, legsBetween } from './trajectory.ts';

/** More plates than this match a pattern: then sightings are looked through by time instead of by plate. */
const PLATES_LISTED = 2000;
const PLATES_COUNTED = 20;
const TRAJECTORY_LIMIT = 1000;
const WIDER_MS = 30 * 86_400_000;
/** Widenings are a hint: counting stops here. */
const COUNT_LIMIT = 1000;
const WIDENED_PLATES = 3;

export interface SightingSearch {
  /** As typed; `?` one character, `*` any number. Left out: every vehicle, with a plate or without. */
  readonly plate?: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
  readonly cameraIds?: readonly string[] | undefined;
  readonly vehicleType?: VehicleSighting['vehicleType'] | undefined;
  readonly plateColour?: PlateColour | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Widening {
  readonly kind: 'longer_time' | 'one_character_unknown' | 'all_cameras';
  /** At most 1000. */
  readonly count: number;
  readonly plate?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface SightingPage {
  readonly sightings: readonly Sighting[];
  readonly nextCursor: string | undefined;
  /** On the first page of a search for a plate: which plates matched, most seen first. */
  readonly plates: readonly { readonly text: string; readonly count: number }[];
  /** On the first page when nothing was found: what would find something. */
  readonly widenings: readonly Widening[];
}

/** Where which vehicle was seen. */
export class SightingRepository {
  readonly #db: Database;

  constructor(deps: { readonly db: Database }) {
    this.#db = deps.db;
  }

  /**
   * Newest first.
   * @throws {AppError} `PLATE_PATTERN_INVALID`, `CURSOR_INVALID`
   */
  async search(search: SightingSearch): Promise<SightingPage> {
    const cursor = search.cursor === undefined ? undefined : readCursor(search.cursor);
    const filter = await this.#toFilter(search);
    const { rows } = await newestSightings(filter, search.limit + 1, cursor).execute(this.#db);
    const sightings = rows.slice(0, search.limit).map(toSighting);
    const last = sightings.at(-1);
    const isFirstPage = cursor === undefined;
    return {
      sightings,
      nextCursor: rows.length > search.limit && last ? writeCursor(last) : undefined,
      plates: isFirstPage ? await this.#countPlates(filter) : [],
      widenings: isFirstPage && sightings.length === 0 ? await this.#widen(search, filter) : [],
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
  async trajectory(query: {
    readonly plate: string;
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<Trajectory> {
    const plate = normalisePlate(query.plate);
    const filter = await this.#toFilter({ ...query, limit: TRAJECTORY_LIMIT });
    const { rows } = await newestSightings(filter, TRAJECTORY_LIMIT).execute(this.#db);
    const sightings = rows.map(toSighting).toReversed();
    return { plate, sightings, legs: legsBetween(sightings) };
  }

  async #toFilter(search: SightingSearch): Promise<SightingFilter> {
    const { fromMs, toMs, cameraIds, vehicleType, plateColour } = search;
    const isTyped = search.plate !== undefined && search.plate.trim() !== '';
    const plates = isTyped ? await this.#findPlates(search.plate ?? '') : { kind: 'any' as const };
    return {
      fromMs,
      toMs,
      plates,
      cameraIds: cameraIds && cameraIds.length > 0 ? cameraIds : undefined,
      vehicleType,
      plateColour,
    };
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

  async #countPlates(filter: SightingFilter): Promise<SightingPage['plates']> {
    if (filter.plates.kind !== 'ids' || filter.plates.ids.length === 0) return [];
    const { rows } = await sql<{ text: string; count: number }>`
      SELECT p.text, n.count FROM (
        SELECT s.plate_id, count(*) AS count FROM sightings s WHERE ${conditions(filter)}${camerasOf(filter)}
        GROUP BY s.plate_id ORDER BY count DESC LIMIT ${PLATES_COUNTED}
      ) n JOIN plates p USING (plate_id) ORDER BY n.count DESC, p.text`.execute(this.#db);
    return rows;
  }

  async #widen(search: SightingSearch, filter: SightingFilter): Promise<readonly Widening[]> {
    const widenings: Widening[] = [];
    const longer = { fromMs: filter.fromMs - WIDER_MS, toMs: filter.toMs + WIDER_MS };
    const inLongerTime = await this.#count({ ...filter, ...longer });
    if (inLongerTime > 0) widenings.push({ kind: 'longer_time', count: inLongerTime, ...longer });
    if (filter.cameraIds) {
      const everywhere = await this.#count({ ...filter, cameraIds: undefined });
      if (everywhere > 0) widenings.push({ kind: 'all_cameras', count: everywhere });
    }
    return [...widenings, ...(await this.#widenPlate(search, filter))];
  }

  /** A plate misread in one place is the most common mistake; the pattern that finds most comes first. */
  async #widenPlate(search: SightingSearch, filter: SightingFilter): Promise<readonly Widening[]> {
    const pattern =
      search.plate === undefined || search.plate.trim() === '' ? undefined : parsePlatePattern(search.plate);
    if (pattern?.kind !== 'exact' || Array.from(pattern.text).length < 5) return [];
    const found: Widening[] = [];
    for (const plate of withOneUnknown(pattern.text)) {
      const plates = await this.#findPlates(plate);
      const count = plates.kind === 'ids' && plates.ids.length === 0 ? 0 : await this.#count({ ...filter, plates });
      if (count > 0) found.push({ kind: 'one_character_unknown', count, plate });
    }
    return found.toSorted((a, b) => b.count - a.count).slice(0, WIDENED_PLATES);
  }

  async #count(filter: SightingFilter): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      SELECT count(*) AS count FROM (
        SELECT FROM sightings s WHERE ${conditions(filter)}${camerasOf(filter)} LIMIT ${COUNT_LIMIT}
      ) counted`.execute(this.#db);
    return rows[0]?.count ?? 0;
  }
}

function camerasOf({ cameraIds }: SightingFilter): ReturnType<typeof sql> {
  return cameraIds ? sql` AND s.camera_id = ANY(${[...cameraIds]}::text[])` : sql``;
}
