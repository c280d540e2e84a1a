import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { prepared } from '../prepared-statements.ts';
import { searchWindows } from './search-windows.ts';
import type { Cursor, SightingRow } from './sighting-row.ts';
import type { Interval } from './time-of-day.ts';

/** A segment never lasts longer: lets the index over start times find the one that covers a moment. */
const LONGEST_SEGMENT = sql`interval '15 minutes'`;
/** So few plates are asked for all their passes at once; more are looked for through time. */
const PLATES_AT_ONCE = 200;
/** So few cameras are asked one by one; in a larger area most newest rows are of one of its cameras anyway. */
const CAMERAS_ONE_BY_ONE = 1000;
/** Counts are hints: a statement looks through a day at most, and none begins after this. */
const COUNT_FOR_MS = 1000;

/** Which plates a search is about: any; these; or too many to list, so that each sighting's plate is looked at. */
export type PlateFilter =
  | { readonly kind: 'any' }
  | {
      readonly kind: 'ids';
      readonly ids: readonly number[];
      /** Of these plates only the passes whose reader also named `text`, or was no surer than the `confidences` of the plates. */
      readonly doubtful?: {
        readonly ids: readonly number[];
        readonly confidences: readonly number[];
        readonly text: string;
      };
    }
  | { readonly kind: 'like'; readonly like: string };

export interface Attributes {
  readonly vehicleType?: string | undefined;
  readonly vehicleColour?: string | undefined;
  readonly direction?: string | undefined;
  readonly plateColour?: string | undefined;
}

export interface SightingFilter {
  readonly fromMs: number;
  /** Inclusive. */
  readonly toMs: number;
  /** Only in these parts of the range, newest first. */
  readonly hours?: readonly Interval[] | undefined;
  readonly plates: PlateFilter;
  readonly cameraIds: readonly string[] | undefined;
  readonly attributes: Attributes;
}

/** How often a plate is among the sightings of a filter. */
export interface PlateCount {
  readonly text: string;
  readonly count: number;
}

/**
 * The newest `limit` rows, newest first. A few plates are asked for by their index. Everything else is looked for backwards through time, in
 * steps that grow, so that what is there in plenty is found at once and what is rare by few statements.
 */
export async function findNewest(
  db: Database,
  filter: SightingFilter,
  limit: number,
  cursor?: Cursor,
): Promise<readonly SightingRow[]> {
  if (isNothing(filter)) return [];
  if (isFewPlates(filter)) return (await planned(filter, complete(ofPlates(filter, limit, cursor))).execute(db)).rows;
  const rows: SightingRow[] = [];
  for (const windows of searchWindows(intervalsOf(filter, cursor))) {
    const query = complete(inWindows(filter, windows, limit - rows.length, cursor));
    rows.push(...(await query.execute(db)).rows);
    if (rows.length >= limit) break;
  }
  return rows;
}

/** How many there are, as far as `limit`; where that takes long, as many as were found in a second. */
export async function countSightings(
  db: Database,
  filter: SightingFilter,
  limit: number,
  monotonicMs: () => number,
): Promise<number> {
  if (isNothing(filter)) return 0;
  const count = async (rows: RawBuilder<unknown>): Promise<number> => {
    const counted = await sql<{ count: number }>`SELECT count(*) AS count FROM (${rows}) counted`.execute(db);
    return counted.rows[0]?.count ?? 0;
  };
  if (isFewPlates(filter))
    return count(sql`
      SELECT FROM ${wantedPlates(filter)} CROSS JOIN LATERAL (
        SELECT FROM sightings s WHERE s.plate_id = wanted.plate_id AND ${conditions(filter)} LIMIT ${limit}
      ) s LIMIT ${limit}`);
  const untilMs = monotonicMs() + COUNT_FOR_MS;
  let found = 0;
  for (const windows of searchWindows(intervalsOf(filter))) {
    found += await count(inWindows(filter, windows, limit - found));
    if (found >= limit || monotonicMs() > untilMs) break;
  }
  return found;
}

/** How often each of the plates of a filter is among its sightings, most first. */
export async function countByPlate(
  db: Database,
  filter: SightingFilter,
  limit: number,
): Promise<readonly PlateCount[]> {
  if (filter.plates.kind !== 'ids' || isNothing(filter)) return [];
  const query = sql<PlateCount>`
    SELECT p.text, n.count FROM ${wantedPlates(filter)} CROSS JOIN LATERAL (
      SELECT count(*) AS count FROM sightings s WHERE s.plate_id = wanted.plate_id AND ${conditions(filter)}
    ) n JOIN plates p ON p.plate_id = wanted.plate_id
    WHERE n.count > 0 ORDER BY n.count DESC, p.text LIMIT ${limit}`;
  return (await planned(filter, query).execute(db)).rows;
}

/** Adds the names, the place and whether there is a recording to rows of sightings; newest first. */
export function complete(rows: RawBuilder<unknown>): RawBuilder<SightingRow> {
  return sql<SightingRow>`
    SELECT s.*, p.text AS plate_text, c.name AS camera_name, c.latitude, c.longitude,
      EXISTS (
        SELECT FROM segments g WHERE g.camera_id = s.camera_id AND g.start_time <= s.time
          AND g.start_time > s.time - ${LONGEST_SEGMENT} AND g.end_time >= s.time
      ) AS is_recorded
    FROM (${rows}) s
    LEFT JOIN plates p ON p.plate_id = s.plate_id
    LEFT JOIN cameras c ON c.camera_id = s.camera_id
    ORDER BY s.time DESC, s.sighting_id DESC`;
}

const NEWEST_FIRST = sql`ORDER BY s.time DESC, s.sighting_id DESC`;

/**
 * Plates are asked one by one: left to choose, the planner sometimes reads backwards through a month of all plates in the hope to meet a
 * hundred of those that it looks for (measured: seconds instead of milliseconds).
 */
function ofPlates(filter: SightingFilter, limit: number, cursor?: Cursor): RawBuilder<unknown> {
  const where = conditions(filter, cursor);
  return sql`
    SELECT s.* FROM ${wantedPlates(filter)} CROSS JOIN LATERAL (
      SELECT s.* FROM sightings s WHERE s.plate_id = wanted.plate_id AND ${where} ${NEWEST_FIRST} LIMIT ${limit}
    ) s ${NEWEST_FIRST} LIMIT ${limit}`;
}

/** A table `wanted` of the plates of a filter, each once. */
function wantedPlates({ plates }: SightingFilter): RawBuilder<unknown> {
  const ids = plates.kind === 'ids' ? [...plates.ids, ...(plates.doubtful?.ids ?? [])] : [];
  return sql`unnest(${[...new Set(ids)]}::bigint[]) AS wanted (plate_id)`;
}

/**
 * The newest rows in a few windows of time. Cameras and windows are asked one by one by their index, each for its newest rows (measured: 2-5 ms
 * against 750 ms of one condition with all cameras). Where the index knows all that is asked, rows are read only once it is known which.
 */
function inWindows(
  filter: SightingFilter,
  windows: readonly Interval[],
  limit: number,
  cursor?: Cursor,
): RawBuilder<unknown> {
  const [only] = windows;
  const { cameraIds } = filter;
  const isOneWindow = windows.length === 1 && only !== undefined;
  const isByCamera = cameraIds !== undefined && cameraIds.length <= CAMERAS_ONE_BY_ONE;
  const parts = [isOneWindow ? inInterval(only) : sql`s.time >= w.begins AND s.time < w.ends`];
  if (cursor) parts.push(before(cursor));
  if (isByCamera) parts.push(sql`s.camera_id = wanted.camera_id`);
  else if (cameraIds) parts.push(sql`s.camera_id = ANY(${[...cameraIds]}::text[])`);
  const others = [...ofPlate(filter.plates), ...ofAttributes(filter.attributes)];
  const where = sql.join([...parts, ...others], sql` AND `);
  if (isOneWindow && !isByCamera) return sql`SELECT s.* FROM sightings s WHERE ${where} ${NEWEST_FIRST} LIMIT ${limit}`;
  const sources = [
    ...(isByCamera ? [sql`unnest(${[...cameraIds]}::text[]) AS wanted (camera_id)`] : []),
    ...(isOneWindow
      ? []
      : [
          sql`unnest(${windows.map(({ fromMs }) => iso(fromMs))}::timestamptz[],
            ${windows.map(({ toMs }) => iso(toMs))}::timestamptz[]) AS w (begins, ends)`,
        ]),
  ];
  const isKeysEnough = others.length === 0;
  const newest = sql`
    SELECT s.* FROM ${sql.join(sources, sql` CROSS JOIN `)} CROSS JOIN LATERAL (
      SELECT ${isKeysEnough ? sql`s.sighting_id, s.time` : sql`s.*`} FROM sightings s WHERE ${where}
      ${NEWEST_FIRST} LIMIT ${limit}
    ) s ${NEWEST_FIRST} LIMIT ${limit}`;
  if (!isKeysEnough) return newest;
  const all = { fromMs: windows.at(-1)?.fromMs ?? filter.fromMs, toMs: only?.toMs ?? filter.toMs };
  return sql`SELECT s.* FROM (${newest}) k JOIN sightings s ON s.sighting_id = k.sighting_id AND s.time = k.time
    WHERE ${inInterval(all)}`;
}

/** All conditions on a row `s` of sightings, but for its being of one of the plates that are listed. */
function conditions(filter: SightingFilter, cursor?: Cursor): RawBuilder<unknown> {
  const { hours, cameraIds } = filter;
  const parts = [inInterval({ fromMs: filter.fromMs, toMs: (cursor ? lastOf(filter, cursor) : filter.toMs) + 1 })];
  if (cursor) parts.push(before(cursor));
  if (hours)
    parts.push(sql`EXISTS (SELECT FROM unnest(${hours.map(({ fromMs }) => iso(fromMs))}::timestamptz[],
      ${hours.map(({ toMs }) => iso(toMs))}::timestamptz[]) AS w (begins, ends)
      WHERE s.time >= w.begins AND s.time < w.ends)`);
  if (cameraIds) parts.push(sql`s.camera_id = ANY(${[...cameraIds]}::text[])`);
  return sql.join([...parts, ...ofDoubtful(filter.plates), ...ofAttributes(filter.attributes)], sql` AND `);
}

function ofPlate(plates: PlateFilter): RawBuilder<unknown>[] {
  if (plates.kind === 'any') return [];
  if (plates.kind === 'like')
    return [sql`EXISTS (SELECT FROM plates p WHERE p.plate_id = s.plate_id AND p.text LIKE ${plates.like})`];
  return [sql`s.plate_id = ANY(${[...plates.ids, ...(plates.doubtful?.ids ?? [])]}::bigint[])`, ...ofDoubtful(plates)];
}

function ofDoubtful(plates: PlateFilter): RawBuilder<unknown>[] {
  if (plates.kind !== 'ids' || !plates.doubtful || plates.doubtful.ids.length === 0) return [];
  const { ids, confidences, text } = plates.doubtful;
  return [
    sql`(s.plate_id = ANY(${[...plates.ids]}::bigint[])
      OR EXISTS (SELECT FROM unnest(${[...ids]}::bigint[], ${[...confidences]}::float8[]) AS d (id, most)
        WHERE d.id = s.plate_id AND s.plate_confidence <= d.most)
      OR s.plate_evidence -> 'alternatives' @> ${JSON.stringify([{ text }])}::jsonb)`,
  ];
}

function ofAttributes({ vehicleType, vehicleColour, direction, plateColour }: Attributes): RawBuilder<unknown>[] {
  return [
    ...(vehicleType === undefined ? [] : [sql`s.vehicle_type = ${vehicleType}`]),
    ...(vehicleColour === undefined ? [] : [sql`s.vehicle_colour = ${vehicleColour}`]),
    ...(direction === undefined ? [] : [sql`s.direction = ${direction}`]),
    ...(plateColour === undefined ? [] : [sql`s.plate_colour = ${plateColour}`]),
  ];
}

/** What is to be looked through, newest first, up to the cursor. */
function intervalsOf(filter: SightingFilter, cursor?: Cursor): readonly Interval[] {
  const endMs = (cursor ? lastOf(filter, cursor) : filter.toMs) + 1;
  return (filter.hours ?? [{ fromMs: filter.fromMs, toMs: filter.toMs + 1 }])
    .filter(({ fromMs }) => fromMs < endMs)
    .map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, endMs) }));
}

function lastOf(filter: SightingFilter, cursor: Cursor): number {
  return Math.min(cursor.timeMs, filter.toMs);
}

function before(cursor: Cursor): RawBuilder<unknown> {
  return sql`(s.time, s.sighting_id) < (${iso(cursor.timeMs)}::timestamptz, ${cursor.sightingId}::uuid)`;
}

function inInterval({ fromMs, toMs }: Interval): RawBuilder<unknown> {
  return sql`s.time >= ${iso(fromMs)}::timestamptz AND s.time < ${iso(toMs)}::timestamptz`;
}

function isFewPlates({ plates }: SightingFilter): boolean {
  return plates.kind === 'ids' && plates.ids.length + (plates.doubtful?.ids.length ?? 0) <= PLATES_AT_ONCE;
}

/** Where nothing but plates and time narrows it there is one good way to find the rows, whatever these are: it is planned once. */
function planned<T>({ hours, cameraIds }: SightingFilter, query: RawBuilder<T>): RawBuilder<T> {
  return hours === undefined && cameraIds === undefined ? prepared(query) : query;
}

function isNothing({ plates, cameraIds, hours }: SightingFilter): boolean {
  const isNoPlate = plates.kind === 'ids' && plates.ids.length + (plates.doubtful?.ids.length ?? 0) === 0;
  return isNoPlate || cameraIds?.length === 0 || hours?.length === 0;
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
