import { randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, type Tables, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { parsePlatePattern } from '../sightings/plate-pattern.ts';

export interface WatchlistInput {
  /** As typed; kept normalised. No wildcards. */
  readonly plate: string;
  readonly reason: string;
  /** User name of who answers for it. */
  readonly owner: string;
  readonly expiresAtMs: number;
}

export interface WatchlistEntry extends WatchlistInput {
  readonly entryId: string;
  readonly createdAtMs: number;
  readonly hits: number;
  /** What people said of them; the rest waits. */
  readonly confirmedHits: number;
  readonly falseHits: number;
}

type EntryRow = Selectable<Tables['watchlist']> & {
  readonly hits: number;
  readonly confirmed_hits: number;
  readonly false_hits: number;
};

/** Plates that are looked for, each with a reason, an owner and an end. */
export class WatchlistRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** Those that still run, newest first. */
  async list(): Promise<readonly WatchlistEntry[]> {
    const { rows } = await sql<EntryRow>`
      SELECT w.*, n.* FROM watchlist w CROSS JOIN LATERAL (
        SELECT count(*) AS hits, count(*) FILTER (WHERE verdict = 'confirmed') AS confirmed_hits,
          count(*) FILTER (WHERE verdict = 'false') AS false_hits
        FROM watchlist_hits h WHERE h.entry_id = w.entry_id
      ) n
      WHERE w.removed_at IS NULL AND w.expires_at > ${new Date(this.#clock.nowMs())}::timestamptz
      ORDER BY w.created_at DESC, w.entry_id`.execute(this.#db);
    return rows.map((row) => ({
      entryId: row.entry_id,
      plate: row.plate,
      reason: row.reason,
      owner: row.owner,
      createdAtMs: toMs(row.created_at),
      expiresAtMs: toMs(row.expires_at),
      hits: row.hits,
      confirmedHits: row.confirmed_hits,
      falseHits: row.false_hits,
    }));
  }

  /** @throws {AppError} `PLATE_PATTERN_INVALID` */
  async add(input: WatchlistInput): Promise<WatchlistEntry> {
    const pattern = parsePlatePattern(input.plate);
    if (pattern.kind !== 'exact') throw storageErrors.PLATE_PATTERN_INVALID({ reason: 'a whole plate is needed' });
    const entryId = randomUUID();
    const createdAtMs = this.#clock.nowMs();
    await this.#db
      .insertInto('watchlist')
      .values({
        entry_id: entryId,
        plate: pattern.text,
        reason: input.reason,
        owner: input.owner,
        created_at: new Date(createdAtMs),
        expires_at: new Date(input.expiresAtMs),
        removed_at: null,
      })
      .execute();
    return { ...input, plate: pattern.text, entryId, createdAtMs, hits: 0, confirmedHits: 0, falseHits: 0 };
  }

  /** Its hits stay for 30 days. @throws {AppError} `WATCHLIST_ENTRY_NOT_FOUND` */
  async remove(entryId: string): Promise<void> {
    const removed = await this.#db
      .updateTable('watchlist')
      .set({ removed_at: new Date(this.#clock.nowMs()) })
      .where('entry_id', '=', entryId)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (removed.numUpdatedRows === 0n) throw storageErrors.WATCHLIST_ENTRY_NOT_FOUND({ entryId });
  }
}
