import { sql } from 'kysely';
import type { SegmentRecord } from '#ingest/media.ts';
import type { Database } from '../database.ts';

/** What is left to do of a recording that is deleted. */
export type ExpiringSegment = Pick<SegmentRecord, 'segmentId' | 'path' | 'sizeBytes'>;

interface Row {
  readonly segment_id: string;
  readonly path: string;
  readonly size_bytes: number;
}

/**
 * Deletes recordings in three steps: the row is marked, and nobody sees it any more; the caller deletes the file; the row
 * goes. What a crash or a failing disk leaves between two steps is found here again, so no row that is shown ever points
 * at nothing and no file is forgotten.
 */
export class ExpiryRepository {
  readonly #db: Database;

  constructor(deps: { readonly db: Database }) {
    this.#db = deps.db;
  }

  /** Marks recordings older than their camera keeps them, a few of each camera. */
  async markExpired(query: {
    readonly nowMs: number;
    /** Of cameras that have no time of their own. */
    readonly retentionHours: number;
    readonly limit: number;
  }): Promise<readonly ExpiringSegment[]> {
    // One probe of the index per camera: a search over all rows would meet those of cameras that keep theirs for longer.
    const { rows } = await sql<Row>`
      UPDATE segments SET is_expiring = true WHERE segment_id IN (
        SELECT old.segment_id FROM cameras c CROSS JOIN LATERAL (
          SELECT ${new Date(query.nowMs)}::timestamptz
            - coalesce((c.recording ->> 'retentionHours')::float8, ${query.retentionHours}) * interval '1 hour' AS time
        ) cutoff CROSS JOIN LATERAL (
          SELECT s.segment_id FROM segments s
          WHERE s.camera_id = c.camera_id AND s.start_time < cutoff.time AND s.end_time < cutoff.time AND NOT s.is_expiring
          ORDER BY s.start_time LIMIT 100
        ) old LIMIT ${query.limit})
      RETURNING segment_id, path, size_bytes`.execute(this.#db);
    return rows.map(toExpiring);
  }

  /**
   * Marks the oldest of all cameras, to make room.
   * @param query `endedBeforeMs`: younger ones are never touched; `enoughBytes`: no more than it takes to free so much
   */
  async markOldest(query: {
    readonly endedBeforeMs: number;
    readonly enoughBytes: number;
    readonly limit: number;
  }): Promise<readonly ExpiringSegment[]> {
    const before = new Date(query.endedBeforeMs);
    const { rows } = await sql<Row>`
      UPDATE segments SET is_expiring = true WHERE segment_id IN (
        SELECT segment_id FROM (
          SELECT segment_id, sum(size_bytes) OVER (ORDER BY start_time, segment_id) - size_bytes AS freed_before FROM (
            SELECT segment_id, start_time, size_bytes FROM segments
            WHERE start_time < ${before} AND end_time < ${before} AND NOT is_expiring
            ORDER BY start_time LIMIT ${query.limit}
          ) oldest
        ) counted WHERE freed_before < ${query.enoughBytes})
      RETURNING segment_id, path, size_bytes`.execute(this.#db);
    return rows.map(toExpiring);
  }

  /** Those that were marked before and are still there: their files could not be deleted. By id. */
  async marked(query: { readonly afterId: string; readonly limit: number }): Promise<readonly ExpiringSegment[]> {
    const { rows } = await sql<Row>`
      SELECT segment_id, path, size_bytes FROM segments WHERE is_expiring AND segment_id > ${query.afterId}
      ORDER BY segment_id LIMIT ${query.limit}`.execute(this.#db);
    return rows.map(toExpiring);
  }

  /** Their files are gone. */
  async delete(segmentIds: readonly string[]): Promise<void> {
    if (segmentIds.length === 0) return;
    await sql`
      WITH gone AS (DELETE FROM segments WHERE segment_id = ANY(${[...segmentIds]}::text[]) RETURNING size_bytes)
      UPDATE recording_totals SET size_bytes = size_bytes - (SELECT coalesce(sum(size_bytes), 0) FROM gone)`.execute(
      this.#db,
    );
  }

  /** All recordings together, those included whose files are about to go. */
  async totalSizeBytes(): Promise<number> {
    const { rows } = await sql<{ size_bytes: number }>`SELECT size_bytes FROM recording_totals`.execute(this.#db);
    return rows[0]?.size_bytes ?? 0;
  }
}

function toExpiring(row: Row): ExpiringSegment {
  return { segmentId: row.segment_id, path: row.path, sizeBytes: row.size_bytes };
}
