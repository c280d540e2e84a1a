import { randomUUID } from 'node:crypto';
import { type Selectable, type Transaction, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, type Tables, orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { Sighting } from '../sightings/sighting.ts';
import type { SightingRepository } from '../sightings/sighting-repository.ts';
import type { CaseItem, CaseUser } from './case.ts';
import type { CaseRepository } from './case-repository.ts';

const MOST_ITEMS = 2000;
/** A segment never lasts longer. */
const LONGEST_SEGMENT = sql`interval '15 minutes'`;

/** What is kept in cases. A sighting is copied and its pictures are held, so that both stay while the case does. */
export class CaseItems {
  readonly #db: Database;
  readonly #cases: CaseRepository;
  readonly #sightings: SightingRepository;
  readonly #clock: Clock;

  constructor(deps: {
    readonly db: Database;
    readonly cases: CaseRepository;
    readonly sightings: SightingRepository;
    readonly clock: Clock;
  }) {
    this.#db = deps.db;
    this.#cases = deps.cases;
    this.#sightings = deps.sightings;
    this.#clock = deps.clock;
  }

  /** In the order in which they were put in. @throws {AppError} `CASE_NOT_FOUND`, `CASE_FORBIDDEN` */
  async list(caseId: string, user: CaseUser): Promise<readonly CaseItem[]> {
    await this.#cases.requireReader(caseId, user);
    const { rows } = await sql<Selectable<Tables['case_items']> & { readonly is_recorded: boolean }>`
      SELECT i.*, EXISTS (
          SELECT FROM segments g WHERE g.camera_id = i.sighting ->> 'cameraId' AND g.start_time <= t.time
            AND g.start_time > t.time - ${LONGEST_SEGMENT} AND g.end_time >= t.time
        ) AS is_recorded
      FROM case_items i CROSS JOIN LATERAL (SELECT to_timestamp((i.sighting ->> 'timeMs')::float8 / 1000) AS time) t
      WHERE i.case_id = ${caseId} ORDER BY i.added_at, i.position`.execute(this.#db);
    return rows.map((row) => {
      const item = toItem(row);
      // A recording is not kept with the case: whether it is still there is asked anew.
      return item.sighting ? { ...item, sighting: { ...item.sighting, isRecorded: row.is_recorded } } : item;
    });
  }

  /**
   * @throws {AppError} `CASE_NOT_FOUND`, `CASE_FORBIDDEN`, `CASE_CLOSED`, `CASE_FULL`
   */
  async addNote(caseId: string, user: CaseUser, note: string): Promise<CaseItem> {
    return await this.#add(caseId, user, (transaction) => this.#insert(transaction, { caseId, user, note }));
  }

  /**
   * The same sighting twice is one item; another note is added to the first.
   * @throws {AppError} as {@link addNote}; `SIGHTING_NOT_FOUND`
   */
  async addSighting(
    caseId: string,
    user: CaseUser,
    { sightingId, note }: { readonly sightingId: string; readonly note: string | undefined },
  ): Promise<CaseItem> {
    await this.#cases.requireMember(caseId, user);
    const sighting = await this.#sightings.get(sightingId);
    return await this.#add(caseId, user, async (transaction) => {
      const [kept] = (
        await sql<Selectable<Tables['case_items']>>`
          UPDATE case_items SET note = CASE
            WHEN ${note ?? null}::text IS NULL OR position(${note ?? null}::text IN note) > 0 THEN note
            ELSE concat_ws(E'\n', note, ${note ?? null}::text) END
          WHERE case_id = ${caseId} AND sighting_id = ${sighting.sightingId}::uuid RETURNING *`.execute(transaction)
      ).rows;
      if (kept) return toItem(kept);
      await requireStillThere(transaction, sighting);
      const item = await this.#insert(transaction, { caseId, user, note, sighting });
      const keys = [sighting.pictureKey, ...(sighting.plateCropKey === undefined ? [] : [sighting.plateCropKey])];
      await transaction
        .insertInto('held_pictures')
        .values(
          keys.map((picture_key) => ({
            picture_key,
            item_id: item.itemId,
            sighting_id: sighting.sightingId,
            sighting_time: new Date(sighting.timeMs),
          })),
        )
        .execute();
      return item;
    });
  }

  /** Its pictures are let go by the next run of retention. @throws {AppError} as {@link addNote}; `CASE_ITEM_NOT_FOUND` */
  async remove(caseId: string, user: CaseUser, itemId: string): Promise<CaseItem> {
    await this.#cases.requireMember(caseId, user);
    const row = await this.#db
      .deleteFrom('case_items')
      .where('case_id', '=', caseId)
      .where('item_id', '=', itemId)
      .returningAll()
      .executeTakeFirst();
    if (!row) throw storageErrors.CASE_ITEM_NOT_FOUND({ itemId });
    await this.#cases.touch(caseId);
    return toItem(row);
  }

  /** One at a time for a case, which can then neither be closed nor end meanwhile. */
  async #add(
    caseId: string,
    user: CaseUser,
    work: (transaction: Transaction<Tables>) => Promise<CaseItem>,
  ): Promise<CaseItem> {
    const item = await this.#db.transaction().execute(async (transaction) => {
      await sql`SELECT FROM cases WHERE case_id = ${caseId} FOR UPDATE`.execute(transaction);
      const found = await this.#cases.requireMember(caseId, user, transaction);
      if (found.items >= MOST_ITEMS) throw storageErrors.CASE_FULL({ caseId, items: found.items });
      return await work(transaction);
    });
    await this.#cases.touch(caseId);
    return item;
  }

  async #insert(
    transaction: Transaction<Tables>,
    item: {
      readonly caseId: string;
      readonly user: CaseUser;
      readonly note: string | undefined;
      readonly sighting?: Sighting;
    },
  ): Promise<CaseItem> {
    const row = await transaction
      .insertInto('case_items')
      .values({
        item_id: randomUUID(),
        case_id: item.caseId,
        added_by: item.user.username,
        added_at: new Date(this.#clock.nowMs()),
        note: item.note ?? null,
        sighting_id: item.sighting?.sightingId ?? null,
        sighting: item.sighting === undefined ? null : JSON.stringify(item.sighting),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toItem(row);
  }
}

/** Locks its row until the pictures are held: retention deletes the row before the pictures, and so sees that they are. */
async function requireStillThere(transaction: Transaction<Tables>, { sightingId, timeMs }: Sighting): Promise<void> {
  const { rows } = await sql`
    SELECT FROM sightings WHERE sighting_id = ${sightingId}::uuid AND time = ${new Date(timeMs)}::timestamptz
    FOR KEY SHARE`.execute(transaction);
  if (rows.length === 0) throw storageErrors.SIGHTING_NOT_FOUND({ sightingId });
}

function toItem(row: Selectable<Tables['case_items']>): CaseItem {
  return {
    itemId: row.item_id,
    addedBy: row.added_by,
    addedAtMs: toMs(row.added_at),
    note: orUndefined(row.note),
    sighting: orUndefined(row.sighting),
  };
}
