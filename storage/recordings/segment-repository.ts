import { type Selectable, sql } from 'kysely';
import {
  type CameraId,
  type GapCause,
  type RecordingGap,
  type SegmentRecord,
  type StreamKind,
  cameraId,
} from '#ingest/media.ts';
import { type Database, type Tables, orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { EventRepository } from '../events/event-repository.ts';
import type { FeedItem } from '../events/stored-event.ts';
import { toSegment } from './segment-row.ts';

/** No segment lasts longer: bounds the look back for one that began before a range. */
const LONGEST_SEGMENT_MS = 15 * 60_000;
const TIMELINE_EVENTS = 500;

export interface Timeline {
  /** Oldest first; those that overlap the range. */
  readonly segments: readonly SegmentRecord[];
  readonly gaps: readonly RecordingGap[];
  /** Newest first, at most 500. */
  readonly events: readonly FeedItem[];
}

/** What was recorded, and what was not and why. */
export class SegmentRepository {
  readonly #db: Database;
  readonly #events: EventRepository;

  constructor(deps: { readonly db: Database; readonly events: EventRepository }) {
    this.#db = deps.db;
    this.#events = deps.events;
  }

  /** @param query `toMs` is exclusive; `stream` default `main` */
  async timeline(query: {
    readonly cameraId: CameraId;
    readonly fromMs: number;
    readonly toMs: number;
    readonly stream?: StreamKind;
  }): Promise<Timeline> {
    const { fromMs, toMs: untilMs, stream = 'main' } = query;
    const [segments, gaps, events] = await Promise.all([
      this.#db
        .selectFrom('segments')
        .selectAll()
        .where('camera_id', '=', query.cameraId)
        .where('stream', '=', stream)
        .where('is_expiring', '=', false)
        .where('start_time', '>', new Date(fromMs - LONGEST_SEGMENT_MS))
        .where('start_time', '<', new Date(untilMs))
        .where('end_time', '>', new Date(fromMs))
        .orderBy('start_time')
        .execute(),
      this.#db
        .selectFrom('recording_gaps')
        .selectAll()
        .where('camera_id', '=', query.cameraId)
        .where('stream', '=', stream)
        .where('start_time', '<', new Date(untilMs))
        .where((or) => or.or([or('end_time', 'is', null), or('end_time', '>', new Date(fromMs))]))
        .orderBy('start_time')
        .execute(),
      this.#events.list({ cameraId: query.cameraId, fromMs, beforeMs: untilMs, limit: TIMELINE_EVENTS }),
    ]);
    return { segments: segments.map(toSegment), gaps: gaps.map(toGap), events };
  }

  /** When the newest recording of the main stream ends; undefined: there is none. */
  async newestEndMs(id: CameraId): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('segments')
      .select('end_time')
      .where('camera_id', '=', id)
      .where('stream', '=', 'main')
      .where('is_expiring', '=', false)
      .orderBy('start_time', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && toMs(row.end_time);
  }

  /** @throws {AppError} `SEGMENT_NOT_FOUND` */
  async get(segmentId: string): Promise<SegmentRecord> {
    const row = await this.#db
      .selectFrom('segments')
      .selectAll()
      .where('segment_id', '=', segmentId)
      .where('is_expiring', '=', false)
      .executeTakeFirst();
    if (!row) throw storageErrors.SEGMENT_NOT_FOUND({ segmentId });
    return toSegment(row);
  }

  /** Start of the oldest recording of each camera that has one. */
  async oldestByCamera(): Promise<ReadonlyMap<CameraId, number>> {
    // One probe of the index per camera; a grouping would read every row.
    const { rows } = await sql<{ camera_id: string; start_time: Date }>`
      SELECT c.camera_id, s.start_time FROM cameras c CROSS JOIN LATERAL (
        SELECT start_time FROM segments s WHERE s.camera_id = c.camera_id AND NOT s.is_expiring ORDER BY start_time LIMIT 1
      ) s`.execute(this.#db);
    return new Map(rows.map((row) => [cameraId(row.camera_id), toMs(row.start_time)]));
  }

  /** Gaps that the last run left open (it was killed): closed at the time given. @returns how many */
  async closeOpenGaps(atMs: number): Promise<number> {
    const at = new Date(atMs);
    const closed = await this.#db
      .updateTable('recording_gaps')
      .set({ end_time: sql<Date>`greatest(start_time, ${at})` })
      .where('end_time', 'is', null)
      .executeTakeFirst();
    return Number(closed.numUpdatedRows);
  }

  async deleteGapsBefore(beforeMs: number): Promise<void> {
    await this.#db.deleteFrom('recording_gaps').where('end_time', '<', new Date(beforeMs)).execute();
  }
}

function toGap(row: Selectable<Tables['recording_gaps']>): RecordingGap {
  return {
    gapId: row.gap_id,
    cameraId: cameraId(row.camera_id),
    stream: row.stream as StreamKind,
    startMs: toMs(row.start_time),
    endMs: row.end_time ? toMs(row.end_time) : undefined,
    cause: row.cause as GapCause,
    errorCode: orUndefined(row.error_code),
  };
}
