import { sql } from 'kysely';
import { type CameraId, cameraId, type SegmentRecord } from '#ingest/media.ts';
import type { RecordingIndex } from '#ingest/ports.ts';
import { type Database, toMs } from '../database.ts';
import { ExpiryRepository } from './expiry-repository.ts';
import { insertSegments } from './insert-segments.ts';

/** Rows against files: what a crash left behind is found and put right with this. */
export class RecordingIndexRepository implements RecordingIndex {
  readonly #db: Database;
  readonly #expiry: ExpiryRepository;

  constructor(deps: { readonly db: Database }) {
    this.#db = deps.db;
    this.#expiry = new ExpiryRepository(deps);
  }

  async cameraIds(): Promise<readonly CameraId[]> {
    const rows = await this.#db.selectFrom('cameras').select('camera_id').orderBy('camera_id').execute();
    return rows.map((row) => cameraId(row.camera_id));
  }

  async filesOf(query: {
    readonly cameraId: CameraId;
    readonly fromMs: number;
    readonly toMs: number;
  }): Promise<readonly Pick<SegmentRecord, 'segmentId' | 'path'>[]> {
    const rows = await this.#db
      .selectFrom('segments')
      .select(['segment_id', 'path'])
      .where('camera_id', '=', query.cameraId)
      .where('start_time', '>=', new Date(query.fromMs))
      .where('start_time', '<', new Date(query.toMs))
      .execute();
    return rows.map((row) => ({ segmentId: row.segment_id, path: row.path }));
  }

  async add(segments: readonly SegmentRecord[]): Promise<void> {
    await insertSegments(this.#db, segments);
  }

  async remove(segmentIds: readonly string[]): Promise<void> {
    await this.#expiry.delete(segmentIds);
  }

  /** Start of the newest recording of all; undefined when there is none. */
  async newestStartMs(): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('segments')
      .select('start_time')
      .orderBy('start_time', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && toMs(row.start_time);
  }

  /**
   * The last run was killed and could not say that it stopped: from the end of each camera's newest recording on there is
   * a gap, unless one says so already. It is left open, as an orderly stop would have left it.
   * @returns how many gaps were added
   */
  async noteOutage(): Promise<number> {
    const { rows } = await sql`
      INSERT INTO recording_gaps (gap_id, camera_id, stream, start_time, end_time, cause, error_code)
      SELECT gen_random_uuid()::text, c.camera_id, s.stream, s.end_time, NULL, 'service_stopped', NULL
      FROM cameras c CROSS JOIN LATERAL (
        SELECT stream, end_time FROM segments WHERE camera_id = c.camera_id ORDER BY start_time DESC LIMIT 1
      ) s
      WHERE c.removed_at IS NULL AND NOT EXISTS (
        SELECT FROM recording_gaps g WHERE g.camera_id = c.camera_id AND g.stream = s.stream
          AND (g.end_time IS NULL OR g.end_time > s.end_time))
      RETURNING 1`.execute(this.#db);
    return rows.length;
  }
}
