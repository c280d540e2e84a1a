import { sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import { describeError } from '#infra/runtime/app-error.ts';
import type { BlobStore } from '#ingest/ports.ts';
import { endCases, heldPictures, releasePictures } from '../cases/case-ending.ts';
import type { Database } from '../database.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { TimePartitions } from '../time-partitions.ts';
import type { SessionRepository } from '../users/session-repository.ts';
import { deleteEndedWatches } from '../watchlist/watchlist-hits.ts';
import type { WallLayoutRepository } from '../wall/wall-layout-repository.ts';
import type { BookmarkRepository } from './bookmark-repository.ts';
import type { ExportRepository } from './export-repository.ts';
import type { SegmentRepository } from './segment-repository.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DAYS_AHEAD = 3;
const DELETED_TOGETHER = 500;
const ALERTS_KEPT_MS = 30 * DAY_MS;

interface Keys {
  readonly keys: readonly (string | null)[];
}

export interface RetentionDeps {
  readonly db: Database;
  readonly partitions: TimePartitions;
  readonly segments: SegmentRepository;
  readonly bookmarks: BookmarkRepository;
  readonly exports: ExportRepository;
  readonly wallLayouts: WallLayoutRepository;
  readonly sessions: SessionRepository;
  readonly outbox: Outbox;
  readonly blobs: BlobStore;
  readonly eventRetentionDays: number;
  readonly stateHistoryDays: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Deletes what has passed its time: the row, then the blob; never the reverse, so that no row points to a picture that
 * is gone. A blob that is left behind by a crash between the two is found by nobody and only takes room. Pictures that are
 * kept in a case stay until it ends.
 */
export class Retention {
  readonly #deps: RetentionDeps;
  #timer: { cancel(): void } | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  /** Once now, then every hour. */
  start(): void {
    const { clock, log } = this.#deps;
    if (this.#isClosed) return;
    this.#running = this.run()
      .catch((error: unknown) => log.warn(`retention waits for the next hour: ${describeError(error)}`))
      .then(() => {
        if (!this.#isClosed) this.#timer = clock.setTimeout(() => this.start(), HOUR_MS);
      });
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#running;
  }

  async run(): Promise<void> {
    const { clock, partitions, segments, sessions, outbox, db, log } = this.#deps;
    const nowMs = clock.nowMs();
    await partitions.ensureFor(Array.from({ length: DAYS_AHEAD + 1 }, (_, day) => nowMs + day * DAY_MS));
    const expireMs = Math.floor(nowMs / DAY_MS) * DAY_MS - this.#deps.eventRetentionDays * DAY_MS;
    const cases = await endCases(db, nowMs);
    const hits = await deleteEndedWatches(db, nowMs);
    const expired = await this.#deletePictures(expireMs);
    const dropped = await partitions.dropBefore(expireMs);
    const onFailure = (error: unknown): void => log.warn(`a picture stays behind: ${describeError(error)}`);
    const pictures = expired + (await releasePictures({ db, blobs: this.#deps.blobs, onFailure }));
    const historyMs = nowMs - this.#deps.stateHistoryDays * DAY_MS;
    await db.deleteFrom('camera_state_history').where('time', '<', new Date(historyMs)).execute();
    await segments.deleteGapsBefore(historyMs);
    await db.deleteFrom('card_fills').where('end_time', '<', new Date(historyMs)).execute();
    await this.#deps.bookmarks.deleteEnded(nowMs, historyMs);
    await this.#deps.wallLayouts.deleteRemoved(nowMs);
    await this.#deps.exports.deleteOld(nowMs);
    await outbox.deleteBefore(nowMs - ALERTS_KEPT_MS);
    await sessions.deleteExpired();
    if (pictures + dropped + cases + hits > 0)
      log.info({ pictures, partitions: dropped, cases, hits }, 'deleted what has passed its time');
  }

  /**
   * Empties rows in small steps instead of dropping a whole day at once, since rows name pictures to delete. Events go
   * first: those of sightings and of violations that opened name the same pictures as the rows that are emptied after them.
   */
  async #deletePictures(beforeMs: number): Promise<number> {
    const before = new Date(beforeMs);
    const steps = [
      sql<Keys>`
        DELETE FROM events WHERE (event_id, time) IN (
          SELECT event_id, time FROM events WHERE time < ${before} LIMIT ${DELETED_TOGETHER})
        RETURNING CASE WHEN kind = 'zone.dwell' OR (kind = 'kitchen.violation' AND data ->> 'phase' = 'closed')
          THEN ARRAY[data ->> 'pictureKey'] ELSE '{}' END AS keys`,
      sql<Keys>`
        DELETE FROM sightings WHERE (sighting_id, time) IN (
          SELECT sighting_id, time FROM sightings WHERE time < ${before} LIMIT ${DELETED_TOGETHER})
        RETURNING ARRAY[picture_key, plate_crop_key] AS keys`,
      sql<Keys>`
        DELETE FROM kitchen_violations WHERE violation_id IN (
          SELECT violation_id FROM kitchen_violations WHERE closed_at < ${before} LIMIT ${DELETED_TOGETHER})
        RETURNING ARRAY[picture_key] || ARRAY(SELECT clip_key FROM violation_clips c
          WHERE c.violation_id = kitchen_violations.violation_id AND clip_key IS NOT NULL) || ARRAY(SELECT photo_key FROM violation_steps s
          WHERE s.violation_id = kitchen_violations.violation_id AND photo_key IS NOT NULL) AS keys`,
    ];
    let deleted = 0;
    for (const step of steps)
      for (;;) {
        const { rows } = await step.execute(this.#deps.db);
        const keys = rows.flatMap((row) => row.keys.filter((key) => key !== null));
        const held = await heldPictures(this.#deps.db, keys);
        for (const key of keys) {
          if (held.has(key)) continue;
          await this.#deletePicture(key);
          deleted++;
        }
        if (rows.length < DELETED_TOGETHER || this.#isClosed) break;
      }
    return deleted;
  }

  async #deletePicture(key: string): Promise<void> {
    try {
      await this.#deps.blobs.delete(key);
    } catch (error) {
      this.#deps.log.warn(`a picture stays behind: ${describeError(error)}`);
    }
  }
}
