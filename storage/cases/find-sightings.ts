import { sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Sighting } from '../sightings/sighting.ts';
import { complete } from '../sightings/sighting-query.ts';
import { toSighting } from '../sightings/sighting-row.ts';

/** With its time, by which it is found in one partition. */
export interface SightingRef {
  readonly sightingId: string;
  readonly timeMs: number;
}

/** Those that are still there, by id. */
export async function findSightings(
  db: Database,
  refs: readonly SightingRef[],
): Promise<ReadonlyMap<string, Sighting>> {
  if (refs.length === 0) return new Map();
  const times = refs.map(({ timeMs }) => new Date(timeMs).toISOString());
  const { rows } = await complete(sql`
    SELECT s.* FROM unnest(${refs.map(({ sightingId }) => sightingId)}::uuid[], ${times}::timestamptz[])
      AS wanted (sighting_id, time)
    CROSS JOIN LATERAL (
      SELECT s.* FROM sightings s WHERE s.sighting_id = wanted.sighting_id AND s.time = wanted.time LIMIT 1
    ) s`).execute(db);
  return new Map(rows.map((row) => [row.sighting_id, toSighting(row)]));
}
