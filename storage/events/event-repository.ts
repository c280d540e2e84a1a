import type { CameraRule } from '#ingest/cameras/camera.ts';
import type { CameraId } from '#ingest/media.ts';
import type { Database } from '../database.ts';
import type { EventKind, FeedItem, StoredEvent } from './stored-event.ts';

export interface EventFilter {
  readonly kinds?: readonly EventKind[] | undefined;
  readonly cameraId?: CameraId | undefined;
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly beforeMs?: number | undefined;
  readonly limit: number;
}

/** Everything that happened, newest first. */
export class EventRepository {
  readonly #db: Database;

  constructor(deps: { readonly db: Database }) {
    this.#db = deps.db;
  }

  async list({ kinds, cameraId, fromMs, beforeMs, limit }: EventFilter): Promise<readonly FeedItem[]> {
    let query = this.#db
      .selectFrom('events')
      .leftJoin('cameras', 'cameras.camera_id', 'events.camera_id')
      .leftJoin('watchlist_hits', 'watchlist_hits.hit_id', 'events.event_id')
      .select(['events.data', 'cameras.name', 'cameras.rules', 'watchlist_hits.verdict'])
      .orderBy('events.time', 'desc')
      .orderBy('events.event_id', 'desc')
      .limit(limit);
    if (kinds && kinds.length > 0) query = query.where('events.kind', 'in', kinds);
    if (cameraId !== undefined) query = query.where('events.camera_id', '=', cameraId);
    if (fromMs !== undefined) query = query.where('events.time', '>=', new Date(fromMs));
    if (beforeMs !== undefined) query = query.where('events.time', '<', new Date(beforeMs));
    const rows = await query.execute();
    return rows.map((row) => ({
      ...toFeedItem(row.data as StoredEvent, row),
      ...(row.verdict === null ? {} : { verdict: row.verdict }),
    }));
  }

  async get(eventId: string): Promise<FeedItem | undefined> {
    if (!isUuid(eventId)) return undefined;
    const row = await this.#db
      .selectFrom('events')
      .leftJoin('cameras', 'cameras.camera_id', 'events.camera_id')
      .select(['events.data', 'cameras.name', 'cameras.rules'])
      .where('events.event_id', '=', eventId)
      .limit(1)
      .executeTakeFirst();
    return row && toFeedItem(row.data as StoredEvent, row);
  }
}

export function toFeedItem(
  event: StoredEvent,
  camera: { readonly name: string | null; readonly rules: readonly CameraRule[] | null } | undefined,
): FeedItem {
  const ruleId = 'ruleId' in event ? event.ruleId : undefined;
  return {
    event,
    cameraName: camera?.name ?? event.cameraId,
    ruleName: camera?.rules?.find(({ id }) => id === ruleId)?.name,
  };
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
