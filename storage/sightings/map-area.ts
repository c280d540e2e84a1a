import { sql } from 'kysely';
import type { Database } from '../database.ts';

/** A part of the map in degrees (WGS 84); `west` beyond `east`: over the 180th meridian. */
export interface MapArea {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Also cameras that were removed since: what they saw is still there. */
export async function camerasInside(db: Database, { west, south, east, north }: MapArea): Promise<readonly string[]> {
  const isAcross = west > east;
  const longitude = isAcross
    ? sql`(longitude >= ${west} OR longitude <= ${east})`
    : sql`longitude BETWEEN ${west} AND ${east}`;
  const { rows } = await sql<{ camera_id: string }>`
    SELECT camera_id FROM cameras WHERE latitude BETWEEN ${south} AND ${north} AND ${longitude}`.execute(db);
  return rows.map(({ camera_id }) => camera_id);
}
