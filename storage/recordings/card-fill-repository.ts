import { type Transaction, sql } from 'kysely';
import { type CameraId, cameraId, type GapCause, type SegmentRecord, type StreamKind } from '#ingest/media.ts';
import { type Database, orUndefined, type Tables, toMs } from '../database.ts';
import { holesIn, type Stretch } from './holes.ts';
import { insertSegments } from './insert-segments.ts';
import { toSegment } from './segment-row.ts';

/** `none`: the card has nothing of it. `failed`: it could not be fetched, and is not tried again. */
export type CardFillEnd = 'filled' | 'partly' | 'none' | 'failed';

/** An outage that is to be filled from the card of its camera. */
export interface CardFill extends Stretch {
  readonly gapId: string;
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  /** Since something was last fetched for it. */
  readonly attempts: number;
  /** The camera keeps its recordings no longer than this: what is older is of no use. */
  readonly isExpired: boolean;
  /** Why the last try failed: a code of docs/errors.md. */
  readonly reason: string | undefined;
}

/** What is recorded on both sides of a missing stretch. */
export interface Neighbours {
  readonly before: SegmentRecord | undefined;
  readonly after: SegmentRecord | undefined;
}

/** The end of a recording that the card has whole. */
export interface RecordingCut {
  readonly segmentId: string;
  readonly endMs: number;
  readonly frames: number;
  readonly sizeBytes: number;
}

/** Causes of gaps in which the camera itself may have gone on. */
const CAUSES: readonly GapCause[] = [
  'camera_unreachable',
  'camera_rejected',
  'stream_stalled',
  'stream_error',
  'disk_full',
  'disk_slow',
  'disk_error',
  'service_stopped',
  'settings_changed',
];
const SHORTEST_GAP_S = 0.5;
/** Seams between recordings; less than this is not missing. */
const TOLERANCE_MS = 200;
/** After a start of ours some time passes between the end of the gap and the first picture. */
const LATE_START_MS = 60_000;
const NEAR_MS = 1000;
/** No recording lasts longer: bounds the look back for one that began before a range. */
const LONGEST_SEGMENT_MS = 15 * 60_000;

interface FillRow {
  readonly gap_id: string;
  readonly camera_id: string;
  readonly stream: string;
  readonly start_time: Date;
  readonly end_time: Date;
  readonly attempts: number;
  readonly is_expired: boolean;
  readonly reason: string | null;
}

/**
 * Which outages are to be filled from the cards of cameras, and how far that is. What is fetched and what is still missing
 * change together, so that a crash between them cannot be.
 */
export class CardFillRepository {
  readonly #db: Database;

  constructor(deps: { readonly db: Database }) {
    this.#db = deps.db;
  }

  /**
   * Takes up outages that have ended, of cameras that record themselves and are recorded all the time.
   * @param query `sinceMs`: those that ended after this; `settleMs`: how long after its end an outage is left alone
   * @returns how many
   */
  async adopt(query: {
    readonly nowMs: number;
    readonly sinceMs: number;
    readonly settleMs: number;
    readonly retentionHours: number;
  }): Promise<number> {
    const now = new Date(query.nowMs);
    const { rows } = await sql`
      INSERT INTO card_fills (gap_id, camera_id, stream, start_time, end_time, cause, error_code, status, next_try)
      SELECT g.gap_id, g.camera_id, g.stream, g.start_time, g.end_time, g.cause, g.error_code, 'pending',
        g.end_time + ${query.settleMs / 1000} * interval '1 second'
      FROM recording_gaps g JOIN cameras c ON c.camera_id = g.camera_id
      WHERE g.end_time > ${new Date(query.sinceMs)} AND g.end_time <= ${now} AND g.cause = ANY(${[...CAUSES]}::text[])
        AND g.end_time - g.start_time >= ${SHORTEST_GAP_S} * interval '1 second' AND strpos(g.gap_id, '#') = 0
        AND c.removed_at IS NULL AND (c.onvif ->> 'hasRecordings')::boolean
        AND c.recording ->> 'mode' IN ('continuous', 'scheduled')
        AND g.end_time > ${now}::timestamptz
          - coalesce((c.recording ->> 'retentionHours')::float8, ${query.retentionHours}) * interval '1 hour'
      ON CONFLICT DO NOTHING RETURNING 1`.execute(this.#db);
    return rows.length;
  }

  /**
   * Those whose time has come, the oldest first. An outage is ready when the recording that follows it is closed, since its
   * first picture tells exactly where the outage ends; after `waitMs` without one it is taken as it is.
   */
  async due(query: {
    readonly nowMs: number;
    readonly waitMs: number;
    readonly retentionHours: number;
    readonly notCameras: readonly CameraId[];
    readonly limit: number;
  }): Promise<readonly CardFill[]> {
    const now = new Date(query.nowMs);
    const { rows } = await sql<FillRow>`
      SELECT * FROM (SELECT DISTINCT ON (f.camera_id) f.gap_id, f.camera_id, f.stream, f.start_time, f.end_time, f.attempts, f.reason,
        c.removed_at IS NOT NULL OR f.end_time < ${now}::timestamptz
          - coalesce((c.recording ->> 'retentionHours')::float8, ${query.retentionHours}) * interval '1 hour' AS is_expired
      FROM card_fills f JOIN cameras c ON c.camera_id = f.camera_id
      WHERE f.status = 'pending' AND f.next_try <= ${now} AND f.camera_id <> ALL(${[...query.notCameras]}::text[])
        AND (f.end_time < ${new Date(query.nowMs - query.waitMs)} OR EXISTS (
          SELECT FROM segments s WHERE s.camera_id = f.camera_id AND s.stream = f.stream
            AND s.start_time >= f.end_time - ${NEAR_MS / 1000} * interval '1 second'
            AND s.start_time < f.end_time + ${LATE_START_MS / 1000} * interval '1 second'))
      ORDER BY f.camera_id, f.end_time) ready ORDER BY end_time LIMIT ${query.limit}`.execute(this.#db);
    return rows.map(toFill);
  }

  /**
   * Where nothing was recorded between the end of the outage and the first picture after it, that is missing too. Rows that came
   * in the meantime (a file that a crash left open) are counted as recorded.
   * @returns the outage as it is now, and what of it is missing
   */
  async begin(fill: CardFill): Promise<{ readonly fill: CardFill; readonly missing: readonly Stretch[] }> {
    const { rows } = await sql<{ end_time: Date }>`
      UPDATE card_fills f SET end_time = s.start_time, updated_at = now()
      FROM (SELECT start_time FROM segments WHERE camera_id = ${fill.cameraId} AND stream = ${fill.stream} AND source = 'live'
          AND start_time > ${new Date(fill.endMs - NEAR_MS)} AND start_time < ${new Date(fill.endMs + LATE_START_MS)}
        ORDER BY start_time LIMIT 1) s
      WHERE f.gap_id = ${fill.gapId} AND s.start_time > f.end_time AND NOT EXISTS (
        SELECT FROM recording_gaps g WHERE g.camera_id = f.camera_id AND g.stream = f.stream
          AND g.start_time >= f.end_time AND g.start_time < s.start_time AND g.gap_id <> f.gap_id)
      RETURNING f.end_time`.execute(this.#db);
    const grown = rows[0] ? { ...fill, endMs: toMs(rows[0].end_time) } : fill;
    const missing = await this.#db.transaction().execute((transaction) => settle(transaction, grown));
    return { fill: grown, missing };
  }

  /** What ends where the stretch begins, and what begins where it ends. */
  async neighbours(fill: CardFill, { startMs, endMs }: Stretch): Promise<Neighbours> {
    const ofStream = this.#db
      .selectFrom('segments')
      .selectAll()
      .where('camera_id', '=', fill.cameraId)
      .where('stream', '=', fill.stream)
      .where('is_expiring', '=', false);
    const [before, after] = await Promise.all([
      ofStream
        .where('start_time', '>', new Date(startMs - LONGEST_SEGMENT_MS))
        .where('start_time', '<', new Date(startMs))
        .where('end_time', '>', new Date(startMs - NEAR_MS))
        .orderBy('end_time', 'desc')
        .limit(1)
        .executeTakeFirst(),
      ofStream
        .where('start_time', '>', new Date(endMs - NEAR_MS))
        .where('start_time', '<', new Date(endMs + NEAR_MS))
        .orderBy('start_time')
        .limit(1)
        .executeTakeFirst(),
    ]);
    return { before: before && toSegment(before), after: after && toSegment(after) };
  }

  /** A file is there: its row, the end of the recording before it that it replaces, and what is missing now, all at once. */
  async commit(fill: CardFill, segment: SegmentRecord, cut: RecordingCut | undefined): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await insertSegments(transaction, [segment]);
      if (cut) await cutRecording(transaction, fill, cut);
      await settle(transaction, fill);
      await transaction
        .updateTable('card_fills')
        .set({ attempts: 0, updated_at: new Date() })
        .where('gap_id', '=', fill.gapId)
        .execute();
    });
  }

  /** The recording whose row was cut; undefined when it is gone. */
  async cutRecording(fill: CardFill): Promise<Pick<SegmentRecord, 'path' | 'sizeBytes'> | undefined> {
    const { rows } = await sql<{ path: string; size_bytes: number }>`
      SELECT s.path, s.size_bytes FROM card_fills f JOIN segments s ON s.segment_id = f.cut_segment_id
      WHERE f.gap_id = ${fill.gapId} AND NOT s.is_expiring`.execute(this.#db);
    return rows[0] && { path: rows[0].path, sizeBytes: rows[0].size_bytes };
  }

  /** Its file is cut as well. */
  async forgetCut(fill: CardFill): Promise<void> {
    await this.#db.updateTable('card_fills').set({ cut_segment_id: null }).where('gap_id', '=', fill.gapId).execute();
  }

  /** It is tried again later. */
  async postpone(fill: CardFill, next: { readonly tryMs: number; readonly reason: string }): Promise<void> {
    await sql`
      UPDATE card_fills SET attempts = attempts + 1, reason = ${next.reason}, next_try = ${new Date(next.tryMs)}, updated_at = now()
      WHERE gap_id = ${fill.gapId}`.execute(this.#db);
  }

  async finish(fill: CardFill, status: CardFillEnd, reason: string | undefined): Promise<void> {
    await this.#db
      .updateTable('card_fills')
      .set({ status, reason: reason ?? null, updated_at: new Date() })
      .where('gap_id', '=', fill.gapId)
      .execute();
  }

  /** How many there are of each status, for people and metrics. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await sql<{ status: string; count: number }>`
      SELECT status, count(*)::int AS count FROM card_fills GROUP BY status`.execute(this.#db);
    return new Map(rows.map(({ status, count }) => [status, count]));
  }
}

function toFill(row: FillRow): CardFill {
  return {
    gapId: row.gap_id,
    cameraId: cameraId(row.camera_id),
    stream: row.stream === 'sub' ? 'sub' : 'main',
    startMs: toMs(row.start_time),
    endMs: toMs(row.end_time),
    attempts: row.attempts,
    isExpired: row.is_expired,
    reason: orUndefined(row.reason),
  };
}

/** Makes the gap rows of an outage say what is missing of it now. */
async function settle(transaction: Transaction<Tables>, fill: CardFill): Promise<readonly Stretch[]> {
  const { gapId, startMs, endMs } = fill;
  const { rows } = await sql<{ start_time: Date; end_time: Date; cause: string; error_code: string | null }>`
    SELECT start_time, end_time, cause, error_code FROM card_fills WHERE gap_id = ${gapId} FOR UPDATE`.execute(
    transaction,
  );
  const known = rows[0];
  if (!known) return [];
  const segments = await transaction
    .selectFrom('segments')
    .select(['start_time', 'end_time'])
    .where('camera_id', '=', fill.cameraId)
    .where('stream', '=', fill.stream)
    .where('is_expiring', '=', false)
    .where('start_time', '>', new Date(startMs - LONGEST_SEGMENT_MS))
    .where('start_time', '<', new Date(endMs))
    .where('end_time', '>', new Date(startMs))
    .execute();
  const covered = segments.map((row) => ({ startMs: toMs(row.start_time), endMs: toMs(row.end_time) }));
  const holes = holesIn(fill, covered, TOLERANCE_MS);
  await sql`
    DELETE FROM recording_gaps WHERE camera_id = ${fill.cameraId} AND start_time >= ${new Date(startMs)}
      AND start_time <= ${new Date(endMs)} AND (gap_id = ${gapId} OR starts_with(gap_id, ${`${gapId}#`}))`.execute(
    transaction,
  );
  for (const [index, hole] of holes.entries())
    await transaction
      .insertInto('recording_gaps')
      .values({
        gap_id: index === 0 ? gapId : `${gapId}#${index}`,
        camera_id: fill.cameraId,
        stream: fill.stream,
        start_time: new Date(hole.startMs),
        end_time: new Date(hole.endMs),
        cause: known.cause,
        error_code: known.error_code,
      })
      .execute();
  const missingMs = holes.reduce((sum, hole) => sum + hole.endMs - hole.startMs, 0);
  await transaction
    .updateTable('card_fills')
    .set({ filled_ms: Math.max(0, endMs - startMs - missingMs) })
    .where('gap_id', '=', gapId)
    .execute();
  return holes;
}

async function cutRecording(transaction: Transaction<Tables>, fill: CardFill, cut: RecordingCut): Promise<void> {
  if (cut.frames === 0) {
    // Nothing is left of it: housekeeping deletes the file.
    await sql`UPDATE segments SET is_expiring = true WHERE segment_id = ${cut.segmentId}`.execute(transaction);
    return;
  }
  await sql`
    WITH before AS (SELECT size_bytes FROM segments WHERE segment_id = ${cut.segmentId}), changed AS (
      UPDATE segments SET end_time = ${new Date(cut.endMs)}, frames = ${cut.frames}, size_bytes = ${cut.sizeBytes}
      WHERE segment_id = ${cut.segmentId} RETURNING size_bytes)
    UPDATE recording_totals SET size_bytes = recording_totals.size_bytes
      + coalesce((SELECT size_bytes FROM changed), 0) - coalesce((SELECT size_bytes FROM before), 0)`.execute(
    transaction,
  );
  await transaction
    .updateTable('card_fills')
    .set({ cut_segment_id: cut.segmentId })
    .where('gap_id', '=', fill.gapId)
    .execute();
}
