import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#storage/database.ts';
import { normalisePlate, parsePlatePattern } from '#storage/sightings/plate-pattern.ts';
import type { Question } from './questions.ts';

/**
 * The peer: the same rows in one ordinary table that also holds the text of the plate, with B-trees over plate, camera and time, and a
 * trigram index over the plate; asked in plain SQL.
 */
export const PLAIN = sql`bench_plain.sightings`;
const PAGE = 101;
const TRAJECTORY = 1000;

const STEPS: readonly (readonly [string, RawBuilder<unknown>])[] = [
  ['the schema', sql`DROP SCHEMA IF EXISTS bench_plain CASCADE`],
  ['the schema', sql`CREATE SCHEMA bench_plain`],
  [
    'the rows',
    sql`CREATE TABLE ${PLAIN} AS SELECT s.*, p.text AS plate FROM sightings s LEFT JOIN plates p USING (plate_id)`,
  ],
  ['the key', sql`ALTER TABLE ${PLAIN} ADD PRIMARY KEY (sighting_id)`],
  ['the B-tree over plate and time', sql`CREATE INDEX ON ${PLAIN} (plate, time DESC, sighting_id DESC)`],
  ['the B-tree over camera and time', sql`CREATE INDEX ON ${PLAIN} (camera_id, time DESC, sighting_id DESC)`],
  ['the B-tree over time', sql`CREATE INDEX ON ${PLAIN} (time DESC, sighting_id DESC)`],
  ['the trigram index over the plate', sql`CREATE INDEX ON ${PLAIN} USING gin (plate gin_trgm_ops)`],
  ['statistics and visibility', sql`VACUUM (ANALYZE) ${PLAIN}`],
];

export async function buildPlainTable(db: Database, onProgress: (line: string) => void): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`SET maintenance_work_mem = '1GB'`.execute(connection);
    for (const [what, statement] of STEPS) {
      const startedMs = performance.now();
      await statement.execute(connection);
      onProgress(`plain table: ${what}, ${Math.round((performance.now() - startedMs) / 1000)} s`);
    }
    await sql`RESET maintenance_work_mem`.execute(connection);
  });
}

export async function dropPlainTable(db: Database): Promise<void> {
  await sql`DROP SCHEMA IF EXISTS bench_plain CASCADE`.execute(db);
}

/** Ids of the rows that plain SQL finds, in its order; of a page one more than it shows. */
export async function askPlain(db: Database, question: Question): Promise<readonly string[]> {
  const { rows } = await plainQuery(question).execute(db);
  return rows.map(({ id }) => id);
}

function plainQuery(question: Question): RawBuilder<{ readonly id: string }> {
  switch (question.kind) {
    case 'fuzzy':
      // What trigrams offer: texts that share enough of them, most alike first.
      return sql`SELECT sighting_id AS id FROM ${PLAIN} s WHERE ${inTime(question.search)}
        AND s.plate % ${normalisePlate(question.search.plate ?? '')}
        ORDER BY similarity(s.plate, ${normalisePlate(question.search.plate ?? '')}) DESC, time DESC, sighting_id DESC
        LIMIT ${PAGE}`;
    case 'trajectory':
    case 'fuzzyTrajectory':
      return sql`SELECT sighting_id AS id FROM ${PLAIN} s WHERE ${inTime(question.range)} AND s.plate = ${question.plate}
        ORDER BY time DESC, sighting_id DESC LIMIT ${TRAJECTORY}`;
    case 'clones':
      return plainClones(question.range);
    default:
      return sql`SELECT sighting_id AS id FROM ${PLAIN} s WHERE ${sql.join(plainConditions(question.search), sql` AND `)}
        ORDER BY time DESC, sighting_id DESC LIMIT ${PAGE}`;
  }
}

function plainConditions(search: Extract<Question, { search: unknown }>['search']): RawBuilder<unknown>[] {
  const parts = [inTime(search)];
  if (search.plate !== undefined) {
    const pattern = parsePlatePattern(search.plate);
    parts.push(pattern.kind === 'exact' ? sql`s.plate = ${pattern.text}` : sql`s.plate LIKE ${pattern.like}`);
  }
  if (search.area) {
    const { west, south, east, north } = search.area;
    parts.push(sql`s.camera_id IN (SELECT camera_id FROM cameras
      WHERE latitude BETWEEN ${south} AND ${north} AND longitude BETWEEN ${west} AND ${east})`);
  }
  if (search.vehicleType) parts.push(sql`s.vehicle_type = ${search.vehicleType}`);
  if (search.vehicleColour) parts.push(sql`s.vehicle_colour = ${search.vehicleColour}`);
  if (search.timeOfDay) {
    const { from, to, timeZone } = search.timeOfDay;
    const wall = sql`(s.time AT TIME ZONE ${timeZone}::text)::time`;
    parts.push(
      from < to
        ? sql`${wall} >= ${from}::time AND ${wall} < ${to}::time`
        : sql`(${wall} >= ${from}::time OR ${wall} < ${to}::time)`,
    );
  }
  return parts;
}

/** Straight lines above 150 km/h between readings that follow each other: what SQL alone can say. */
function plainClones(range: { readonly fromMs: number; readonly toMs: number }): RawBuilder<{ readonly id: string }> {
  return sql`
    SELECT sighting_id AS id FROM (
      SELECT s.sighting_id, extract(epoch FROM s.time - lag(s.time) OVER w) AS seconds,
        111195 * sqrt((c.latitude - lag(c.latitude) OVER w) ^ 2
          + ((c.longitude - lag(c.longitude) OVER w) * cos(radians(c.latitude))) ^ 2) AS metres
      FROM ${PLAIN} s JOIN cameras c USING (camera_id)
      WHERE ${inTime(range)} AND s.plate_confidence >= 0.9 AND s.plate IS NOT NULL
      WINDOW w AS (PARTITION BY s.plate ORDER BY s.time)
    ) steps WHERE metres > 41.7 * greatest(seconds, 2)`;
}

export function inTime({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): RawBuilder<unknown> {
  return sql`s.time >= ${new Date(fromMs).toISOString()}::timestamptz
    AND s.time <= ${new Date(toMs).toISOString()}::timestamptz`;
}
