import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import { orUndefined, toMs } from '../database.ts';
import { type CloneReason, type SurePass, type Verdict, judgePasses } from './contradictions.ts';
import { normalisePlate } from './plate-pattern.ts';
import type { Roads } from './travel.ts';
import type { Sighting } from './sighting.ts';
import { complete } from './sighting-query.ts';
import { toSighting } from './sighting-row.ts';

/** Readings below these are no ground for a suspicion. */
const SURE_PLATE = 0.9;
const SURE_TYPE = 0.5;
const SURE_COLOUR = 0.7;
/**
 * What the database already leaves out: steps that are short, or slower in a straight line than this, and second types and colours that
 * are no more than a classifier's usual errors. What it lets through is judged one by one.
 */
const JUMP_METRES = 1500;
const JUMP_METRES_PER_SECOND = 60 / 3.6;
const LEAST_OF_SECOND_TYPE = 2;
const SECOND_TYPE_SHARE = 0.12;
const LEAST_OF_SECOND_COLOUR = 3;
const SECOND_COLOUR_SHARE = 0.2;
const TYPE_CLASSES = ['car', 'bus', 'truck', 'motorcycle'];
const COLOUR_CLASSES = ['white', 'black', 'red', 'yellow', 'green', 'blue'];
const SORT_MEMORY = '128MB';

export interface CloneQuery {
  readonly fromMs: number;
  /** Inclusive; at most a day later. */
  readonly toMs: number;
  /** One plate alone. */
  readonly plate?: string | undefined;
  readonly limit: number;
}

/** A plate that may be on two vehicles: for a person to judge. */
export interface CloneSuspicion {
  readonly plate: string;
  readonly contradictions: number;
  readonly reasons: readonly CloneReason[];
  /** The pair of passes that says it best, older first. */
  readonly first: Sighting;
  readonly second: Sighting;
  readonly secondsApart: number;
  readonly fastestSeconds: number | undefined;
  readonly distanceMetres: number | undefined;
}

interface SureRow {
  readonly plate_id: number;
  readonly sighting_id: string;
  readonly time: Date;
  readonly camera_id: string;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly plate_confidence: number;
  readonly type_class: string | null;
  readonly colour: string | null;
}

/** One pass over the sure readings of the time finds the plates worth a look; these are judged one by one, over the road network. */
export async function findClones(
  db: Database,
  query: CloneQuery,
  roads: Roads | undefined,
): Promise<readonly CloneSuspicion[]> {
  const rows = await findSuspects(db, query);
  const suspects = [...Map.groupBy(rows, (row) => row.plate_id)].flatMap(([plateId, passes]) => {
    const verdict = judgePasses(passes.map(toPass), roads);
    return verdict && verdict.logOdds > 0 ? [{ plateId, verdict }] : [];
  });
  const strongest = suspects.toSorted((a, b) => b.verdict.logOdds - a.verdict.logOdds).slice(0, query.limit);
  const sightings = await readSightings(
    db,
    strongest.flatMap(({ verdict }) => [verdict.first, verdict.second]),
  );
  return strongest.flatMap(({ verdict }) => toSuspicion(verdict, sightings) ?? []);
}

/** The sure readings of plates that are worth a look, in time. */
async function findSuspects(db: Database, query: CloneQuery): Promise<readonly SureRow[]> {
  return db.transaction().execute(async (transaction) => {
    // A day of a city is sorted once; on disk that takes twice as long.
    await sql`SET LOCAL work_mem = ${sql.lit(SORT_MEMORY)}`.execute(transaction);
    const suspects = await sql<{ plate_id: number }>`
      SELECT plate_id FROM (
        SELECT plate_id, type_class, colour, seconds - lag(seconds) OVER w AS apart, place <-> lag(place) OVER w AS metres
        FROM (${sureReadings(query)}) sure WINDOW w AS (PARTITION BY plate_id ORDER BY seconds)
      ) steps
      GROUP BY plate_id
      HAVING bool_or(metres > ${JUMP_METRES} AND metres > ${JUMP_METRES_PER_SECOND} * greatest(apart, 1))
        OR ${isSplit(sql`type_class`, TYPE_CLASSES, LEAST_OF_SECOND_TYPE, SECOND_TYPE_SHARE)}
        OR ${isSplit(sql`colour`, COLOUR_CLASSES, LEAST_OF_SECOND_COLOUR, SECOND_COLOUR_SHARE)}`.execute(transaction);
    const { rows } = await sql<SureRow>`
      SELECT sure.* FROM unnest(${suspects.rows.map(({ plate_id }) => plate_id)}::bigint[]) AS wanted (plate_id)
      CROSS JOIN LATERAL (${sureReadings(query, sql`AND s.plate_id = wanted.plate_id`)}) sure
      ORDER BY plate_id, time, sighting_id`.execute(transaction);
    return rows;
  });
}

/** Cameras with their place in metres on a plane that touches the globe in their midst: right to a percent within a hundred kilometres. */
const PLACED_CAMERAS = sql`
  SELECT c.camera_id, c.latitude, c.longitude,
    point((c.longitude - m.longitude) * m.scale * 111195, (c.latitude - m.latitude) * 111195) AS place
  FROM cameras c CROSS JOIN (
    SELECT avg(latitude) AS latitude, avg(longitude) AS longitude, cos(radians(avg(latitude))) AS scale FROM cameras
  ) m`;

function sureReadings({ fromMs, toMs: untilMs, plate }: CloneQuery, more = sql``): RawBuilder<unknown> {
  const ofPlate =
    plate === undefined
      ? sql``
      : sql`AND s.plate_id = (SELECT plate_id FROM plates WHERE text = ${normalisePlate(plate)})`;
  // Vans look like cars, lorries and buses; white, silver and grey are one colour in the rain.
  return sql`
    SELECT s.plate_id, s.sighting_id, s.time, extract(epoch FROM s.time)::float8 AS seconds, s.camera_id, c.latitude,
      c.longitude, c.place, s.plate_confidence,
      CASE WHEN s.score >= ${SURE_TYPE} THEN nullif(s.vehicle_type, 'van') END AS type_class,
      CASE WHEN s.vehicle_colour_confidence >= ${SURE_COLOUR} THEN
        CASE WHEN s.vehicle_colour IN ('white', 'silver', 'grey') THEN 'white'
          WHEN s.vehicle_colour IN ('orange', 'red', 'brown') THEN 'red'
          ELSE nullif(s.vehicle_colour, 'unknown') END
      END AS colour
    FROM sightings s JOIN (${PLACED_CAMERAS}) c ON c.camera_id = s.camera_id
    WHERE s.time >= ${iso(fromMs)}::timestamptz AND s.time <= ${iso(untilMs)}::timestamptz
      AND s.plate_confidence >= ${SURE_PLATE} AND s.plate_id IS NOT NULL ${ofPlate} ${more}`;
}

/** Whether those that are not of the most common class are at least so many, and such a share. */
function isSplit(
  column: RawBuilder<unknown>,
  classes: readonly string[],
  least: number,
  share: number,
): RawBuilder<unknown> {
  const counts = classes.map((name) => sql`count(*) FILTER (WHERE ${column} = ${sql.lit(name)})`);
  const others = sql`(count(${column}) - greatest(${sql.join(counts)}))`;
  return sql`(${others} >= ${least} AND ${others} >= ${share}::float8 * count(${column}))`;
}

async function readSightings(db: Database, passes: readonly SurePass[]): Promise<ReadonlyMap<string, Sighting>> {
  if (passes.length === 0) return new Map();
  const { rows } = await complete(sql`
    SELECT s.* FROM unnest(${passes.map(({ sightingId }) => sightingId)}::uuid[],
      ${passes.map(({ timeMs }) => iso(timeMs))}::timestamptz[]) AS wanted (sighting_id, time)
    JOIN sightings s ON s.sighting_id = wanted.sighting_id AND s.time = wanted.time
    WHERE s.time >= ${iso(Math.min(...passes.map(({ timeMs }) => timeMs)))}::timestamptz
      AND s.time <= ${iso(Math.max(...passes.map(({ timeMs }) => timeMs)))}::timestamptz`).execute(db);
  return new Map(rows.map((row) => [row.sighting_id, toSighting(row)]));
}

function toPass(row: SureRow): SurePass {
  return {
    sightingId: row.sighting_id,
    timeMs: toMs(row.time),
    cameraId: row.camera_id,
    latitude: orUndefined(row.latitude),
    longitude: orUndefined(row.longitude),
    confidence: row.plate_confidence,
    typeClass: orUndefined(row.type_class),
    colour: orUndefined(row.colour),
  };
}

function toSuspicion(
  { contradictions, reasons, first, second, travel }: Verdict,
  sightings: ReadonlyMap<string, Sighting>,
): CloneSuspicion | undefined {
  const [older, newer] = [sightings.get(first.sightingId), sightings.get(second.sightingId)];
  if (!older?.plate || !newer) return undefined;
  return {
    plate: older.plate.text,
    contradictions,
    reasons,
    first: older,
    second: newer,
    secondsApart: travel.durationSeconds,
    fastestSeconds: travel.route?.fastestSeconds,
    distanceMetres: travel.route?.distanceMetres ?? travel.distanceMetres,
  };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
