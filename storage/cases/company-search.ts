import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { type MapArea, camerasInside } from '../sightings/map-area.ts';
import { parsePlatePattern } from '../sightings/plate-pattern.ts';
import type { Sighting } from '../sightings/sighting.ts';
import { requireApart, requireShort, requireSmall } from './company-bounds.ts';
import { type SightingRef, findSightings } from './find-sightings.ts';

/** A plate read with less is left out: a misread character would put a vehicle in company that was never there. */
const SURE_FROM_CONFIDENCE = 0.8;
/** A vehicle that passed more cameras in a day is asked about for a shorter time. */
const OWN_PASSES = 300;
/** More passes than this at one place are not looked through. */
const PLACE_PASSES = 50_000;

export interface ConvoySearch {
  /** As typed, whole. */
  readonly plate: string;
  readonly fromMs: number;
  /** Inclusive, at most 24 hours later. */
  readonly toMs: number;
  readonly withinSeconds: number;
  readonly minCameras: number;
  readonly limit: number;
}

/** Cameras by name, or those in an area of at most 25 km². */
export interface CommonPlace {
  readonly cameraIds?: readonly string[] | undefined;
  readonly area?: MapArea | undefined;
  readonly fromMs: number;
  /** Inclusive, at most 24 hours later. */
  readonly toMs: number;
}

export interface Company {
  readonly vehicles: readonly {
    readonly plate: string;
    /** Cameras, or places, in company. */
    readonly together: number;
    /** One of each, oldest first. */
    readonly sightings: readonly Sighting[];
    /** Of a convoy, for each sighting: seconds after the pass of the plate asked for; negative: before it. */
    readonly afterSeconds?: readonly number[];
  }[];
  /** There is more than is shown, or not all was looked through. */
  readonly isCut: boolean;
}

interface Found {
  readonly plate: string;
  readonly together: number;
  readonly refs: readonly { readonly sighting_id: string; readonly time: string; readonly after?: number }[];
}

/**
 * Searches over many vehicles at once. Each is bounded in time, place and number of results, and belongs to a case: the caller checks the
 * membership first, and writes the audit log.
 */
export class CompanySearch {
  readonly #db: Database;

  constructor(deps: { readonly db: Database }) {
    this.#db = deps.db;
  }

  /**
   * Vehicles that passed at least `minCameras` cameras within `withinSeconds` of one plate: those with most cameras first, then those
   * that kept closest. Each pass of the plate asks its camera for its moments by the index.
   * @throws {AppError} `CASE_QUESTION_TOO_WIDE`, `PLATE_PATTERN_INVALID`
   */
  async convoy(search: ConvoySearch): Promise<Company> {
    requireShort(search, 'to');
    const pattern = parsePlatePattern(search.plate);
    if (pattern.kind !== 'exact') throw storageErrors.PLATE_PATTERN_INVALID({ reason: 'a whole plate is needed' });
    const from = sql`${iso(search.fromMs)}::timestamptz`;
    const to = sql`${iso(search.toMs)}::timestamptz`;
    const within = sql`make_interval(secs => ${search.withinSeconds})`;
    const { rows } = await sql<{ own: number; vehicles: readonly Found[] }>`
      WITH own AS MATERIALIZED (
        SELECT s.camera_id, s.time, s.plate_id FROM sightings s
        WHERE s.plate_id = (SELECT plate_id FROM plates WHERE text = ${pattern.text}) AND s.time >= ${from}
          AND s.time <= ${to} AND s.plate_confidence >= ${SURE_FROM_CONFIDENCE}
        ORDER BY s.time DESC LIMIT ${OWN_PASSES + 1}
      ), near AS (
        SELECT o.camera_id, s.plate_id, s.sighting_id, s.time, extract(epoch FROM s.time - o.time) AS after,
          abs(extract(epoch FROM s.time - o.time)) AS apart
        FROM own o CROSS JOIN LATERAL (
          SELECT s.plate_id, s.sighting_id, s.time FROM sightings s
          WHERE s.camera_id = o.camera_id AND s.time >= o.time - ${within} AND s.time <= o.time + ${within}
            AND s.time >= ${from} - ${within} AND s.time <= ${to} + ${within}
            AND s.plate_id <> o.plate_id AND s.plate_confidence >= ${SURE_FROM_CONFIDENCE}
          LIMIT ${PLACE_PASSES}
        ) s
      ), closest AS (
        SELECT DISTINCT ON (plate_id, camera_id) * FROM near ORDER BY plate_id, camera_id, apart, time
      ), company AS (
        SELECT plate_id, count(*) AS together, avg(apart) AS apart, ${refsWith(sql`, 'after', after`)} AS refs
        FROM closest
        GROUP BY plate_id HAVING count(*) >= ${search.minCameras}
        ORDER BY together DESC, apart, plate_id LIMIT ${search.limit + 1}
      )
      SELECT (SELECT count(*) FROM own) AS own, ${vehicles(sql`c.together DESC, c.apart, c.plate_id`)} AS vehicles`.execute(
      this.#db,
    );
    return await this.#toCompany(rows[0]?.vehicles ?? [], search.limit, (rows[0]?.own ?? 0) > OWN_PASSES);
  }

  /**
   * Plates that were read at each of several places, those with most passes first.
   * @throws {AppError} `CASE_QUESTION_TOO_WIDE`, `CASE_PLACES_OVERLAP`
   */
  async common(search: { readonly places: readonly CommonPlace[]; readonly limit: number }): Promise<Company> {
    for (const [index, place] of search.places.entries()) {
      requireShort(place, `places.${index}.to`);
      if (place.area) requireSmall(place.area, `places.${index}.area`);
    }
    const places = await Promise.all(
      search.places.map(async ({ cameraIds, area, fromMs, toMs }) => ({
        cameraIds: cameraIds ?? (area ? await camerasInside(this.#db, area) : []),
        fromMs,
        toMs,
      })),
    );
    requireApart(places);
    const { rows } = await sql<{ passes: Readonly<Record<string, number>>; vehicles: readonly Found[] }>`
      WITH passes AS MATERIALIZED (${sql.join(places.map(passesAt), sql` UNION ALL `)}),
      company AS (
        SELECT plate_id, count(*) AS passes FROM passes
        GROUP BY plate_id HAVING count(DISTINCT place) = ${places.length}
        ORDER BY passes DESC, plate_id LIMIT ${search.limit + 1}
      ), firsts AS (
        SELECT DISTINCT ON (p.plate_id, p.place) p.*, c.passes FROM company c JOIN passes p USING (plate_id)
        ORDER BY p.plate_id, p.place, p.time
      ), grouped AS (
        SELECT plate_id, passes, count(*) AS together, ${refsWith()} AS refs FROM firsts GROUP BY plate_id, passes
      )
      SELECT (SELECT coalesce(json_object_agg(place, n), '{}') FROM (SELECT place, count(*) AS n FROM passes GROUP BY place) n)
          AS passes,
        ${vehicles(sql`c.passes DESC, c.plate_id`, sql`grouped`)} AS vehicles`.execute(this.#db);
    for (const [index] of places.entries())
      if ((rows[0]?.passes[index] ?? 0) > PLACE_PASSES)
        throw storageErrors.CASE_QUESTION_TOO_WIDE({ field: `places.${index}`, passes: PLACE_PASSES });
    return await this.#toCompany(rows[0]?.vehicles ?? [], search.limit, false);
  }

  async #toCompany(found: readonly Found[], limit: number, isCut: boolean): Promise<Company> {
    const shown = found.slice(0, limit);
    const sightings = await findSightings(
      this.#db,
      shown.flatMap(({ refs }) => refs.map(toRef)),
    );
    return {
      vehicles: shown.map(({ plate, together, refs }) => {
        // What retention has taken meanwhile is left out.
        const there = refs.filter((ref) => sightings.has(ref.sighting_id));
        const afterSeconds = there.flatMap(({ after }) => after ?? []);
        return {
          plate,
          together,
          sightings: there.flatMap((ref) => sightings.get(ref.sighting_id) ?? []),
          ...(afterSeconds.length === 0 ? {} : { afterSeconds }),
        };
      }),
      isCut: isCut || found.length > limit,
    };
  }
}

function refsWith(more = sql``): RawBuilder<unknown> {
  return sql`json_agg(json_build_object('sighting_id', sighting_id, 'time', time${more}) ORDER BY time)`;
}

/** What a common table of plates says, as one JSON value. */
function vehicles(order: RawBuilder<unknown>, table = sql`company`): RawBuilder<unknown> {
  return sql`(
    SELECT coalesce(json_agg(json_build_object('plate', p.text, 'together', c.together, 'refs', c.refs) ORDER BY ${order}), '[]')
    FROM ${table} c JOIN plates p USING (plate_id))`;
}

/**
 * One camera after the other by its index, so that a place costs what passed there and nothing else. The limit within keeps the database
 * from reading the whole day at once instead, which costs the same for a place with two cameras as for all.
 */
function passesAt(
  place: { readonly cameraIds: readonly string[]; readonly fromMs: number; readonly toMs: number },
  index: number,
): RawBuilder<unknown> {
  return sql`(
    SELECT ${index}::int AS place, s.plate_id, s.sighting_id, s.time
    FROM unnest(${[...new Set(place.cameraIds)]}::text[]) AS wanted (camera_id) CROSS JOIN LATERAL (
      SELECT s.plate_id, s.sighting_id, s.time FROM sightings s
      WHERE s.camera_id = wanted.camera_id AND s.time >= ${iso(place.fromMs)}::timestamptz
        AND s.time <= ${iso(place.toMs)}::timestamptz AND s.plate_confidence >= ${SURE_FROM_CONFIDENCE}
      LIMIT ${PLACE_PASSES + 1}
    ) s LIMIT ${PLACE_PASSES + 1})`;
}

function toRef({ sighting_id, time }: Found['refs'][number]): SightingRef {
  return { sightingId: sighting_id, timeMs: Date.parse(time) };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
