import { sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type SightingRef, findSightings } from '../cases/find-sightings.ts';
import { type Database, orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { isUuid } from '../events/event-repository.ts';
import type { Sighting } from '../sightings/sighting.ts';

const DAY_MS = 86_400_000;
const LISTED = 200;
const LISTED_MS = 90 * DAY_MS;
const KEPT_AFTER_END_MS = 30 * DAY_MS;

export type HitVerdict = 'confirmed' | 'false';

/** A sighting of a watched plate. True only when a person has compared it with the picture and said so. */
export interface WatchlistHit {
  readonly hitId: string;
  readonly entryId: string;
  /** As it stands on the watch list. */
  readonly plate: string;
  readonly reason: string;
  readonly owner: string;
  readonly match: 'exact' | 'possible';
  /** Of the reading that matched, 0..1. */
  readonly confidence: number;
  readonly timeMs: number;
  /** Undefined when its time is over. */
  readonly sighting: Sighting | undefined;
  readonly decision:
    | { readonly verdict: HitVerdict; readonly note: string | undefined; readonly by: string; readonly atMs: number }
    | undefined;
}

interface HitRow {
  readonly hit_id: string;
  readonly entry_id: string;
  readonly plate: string;
  readonly reason: string;
  readonly owner: string;
  readonly match: 'exact' | 'possible';
  readonly confidence: number;
  readonly time: Date;
  readonly sighting_id: string;
  readonly verdict: HitVerdict | null;
  readonly note: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
}

/** What the watch list has found, and what people say of it. */
export class WatchlistHits {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** Newest first, at most 200, of the last 90 days. */
  async list(query: {
    readonly state?: 'open' | HitVerdict | undefined;
    readonly entryId?: string | undefined;
  }): Promise<readonly WatchlistHit[]> {
    const { state, entryId } = query;
    const hasState =
      state === undefined ? sql`true` : state === 'open' ? sql`h.verdict IS NULL` : sql`h.verdict = ${state}`;
    const { rows } = await sql<HitRow>`
      SELECT h.*, w.plate, w.reason, w.owner FROM watchlist_hits h JOIN watchlist w USING (entry_id)
      WHERE h.time > ${new Date(this.#clock.nowMs() - LISTED_MS)}::timestamptz AND ${hasState}
        AND ${entryId === undefined ? sql`true` : sql`h.entry_id = ${entryId}`}
      ORDER BY h.time DESC, h.hit_id DESC LIMIT ${LISTED}`.execute(this.#db);
    return await this.#toHits(rows);
  }

  /**
   * A later decision replaces an earlier one.
   * @throws {AppError} `WATCHLIST_HIT_NOT_FOUND`
   */
  async decide(
    hitId: string,
    decision: { readonly verdict: HitVerdict; readonly note: string | undefined; readonly by: string },
  ): Promise<WatchlistHit> {
    if (!isUuid(hitId)) throw storageErrors.WATCHLIST_HIT_NOT_FOUND({ hitId });
    const { rows } = await sql<HitRow>`
      UPDATE watchlist_hits h SET verdict = ${decision.verdict}, note = ${decision.note ?? null}::text,
        decided_by = ${decision.by}, decided_at = ${new Date(this.#clock.nowMs())}
      FROM watchlist w WHERE w.entry_id = h.entry_id AND h.hit_id = ${hitId}::uuid
      RETURNING h.*, w.plate, w.reason, w.owner`.execute(this.#db);
    const [hit] = await this.#toHits(rows);
    if (!hit) throw storageErrors.WATCHLIST_HIT_NOT_FOUND({ hitId });
    return hit;
  }

  async #toHits(rows: readonly HitRow[]): Promise<readonly WatchlistHit[]> {
    const wanted = rows.map((row): SightingRef => ({ sightingId: row.sighting_id, timeMs: toMs(row.time) }));
    const sightings = await findSightings(this.#db, wanted);
    return rows.map((row) => ({
      hitId: row.hit_id,
      entryId: row.entry_id,
      plate: row.plate,
      reason: row.reason,
      owner: row.owner,
      match: row.match,
      confidence: row.confidence,
      timeMs: toMs(row.time),
      sighting: sightings.get(row.sighting_id),
      decision:
        row.verdict === null || row.decided_by === null || row.decided_at === null
          ? undefined
          : { verdict: row.verdict, note: orUndefined(row.note), by: row.decided_by, atMs: toMs(row.decided_at) },
    }));
  }
}

/**
 * Deletes the hits of entries that ended more than 30 days ago, unless their sighting is kept in a case, and then the entries that have
 * none left: what was looked for is not kept once nobody looks any more.
 * @returns how many hits
 */
export async function deleteEndedWatches(db: Database, nowMs: number): Promise<number> {
  const before = sql`${new Date(nowMs - KEPT_AFTER_END_MS)}::timestamptz`;
  const hits = await sql`
    DELETE FROM watchlist_hits h USING watchlist w
    WHERE w.entry_id = h.entry_id AND least(w.expires_at, w.removed_at) < ${before}
      AND NOT EXISTS (SELECT FROM case_items i WHERE i.sighting_id = h.sighting_id)`.execute(db);
  await sql`
    DELETE FROM watchlist w WHERE least(w.expires_at, w.removed_at) < ${before}
      AND NOT EXISTS (SELECT FROM watchlist_hits h WHERE h.entry_id = w.entry_id)`.execute(db);
  return Number(hits.numAffectedRows ?? 0);
}
