import { sql } from 'kysely';
import type { SegmentRecord } from '#ingest/media.ts';
import type { Database } from '../database.ts';

/** Those that are there already are left alone. @returns how many were not */
export async function insertSegments(db: Database, segments: readonly SegmentRecord[]): Promise<number> {
  if (segments.length === 0) return 0;
  const { rows } = await sql<{ count: number }>`
    WITH fresh AS (
      INSERT INTO segments (segment_id, camera_id, stream, path, start_time, end_time, frames, size_bytes, codec_string,
        width_px, height_px, source)
      SELECT * FROM unnest(
        ${segments.map(({ segmentId }) => segmentId)}::text[], ${segments.map(({ cameraId }) => cameraId)}::text[],
        ${segments.map(({ stream }) => stream)}::text[], ${segments.map(({ path }) => path)}::text[],
        ${segments.map(({ startMs }) => isoTime(startMs))}::timestamptz[],
        ${segments.map(({ endMs }) => isoTime(endMs))}::timestamptz[],
        ${segments.map(({ frames }) => frames)}::int[], ${segments.map(({ sizeBytes }) => sizeBytes)}::bigint[],
        ${segments.map(({ codecString }) => codecString)}::text[],
        ${segments.map(({ widthPx }) => widthPx)}::int[], ${segments.map(({ heightPx }) => heightPx)}::int[],
        ${segments.map(({ source }) => source ?? 'live')}::text[])
      ON CONFLICT DO NOTHING RETURNING size_bytes
    ), counted AS (
      UPDATE recording_totals SET size_bytes = size_bytes + (SELECT coalesce(sum(size_bytes), 0) FROM fresh)
    )
    SELECT count(*)::int AS count FROM fresh`.execute(db);
  return rows[0]?.count ?? 0;
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
