import { randomUUID } from 'node:crypto';
import { type RawBuilder, type Transaction, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, type Tables, orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { Case, CaseUser } from './case.ts';

const DAY_MS = 86_400_000;
const LONGEST_MS = 366 * DAY_MS;
const LISTED = 500;

/** The moment at which a case `c` is over. */
export const CASE_END = sql<Date>`least(c.expires_at, c.closed_at + interval '30 days')`;

export interface CaseInput {
  readonly number: string;
  readonly title: string;
  readonly reason: string;
  readonly expiresAtMs: number;
}

export type CaseChange = Partial<CaseInput> & {
  /** All of them; the owner is one also when left out. */
  readonly memberIds?: readonly string[];
};

interface CaseRow {
  readonly case_id: string;
  readonly number: string;
  readonly title: string;
  readonly reason: string;
  readonly owner_id: string;
  readonly owner: string;
  readonly members: readonly string[];
  readonly member_ids: readonly string[];
  readonly created_at: Date;
  readonly ends_at: Date;
  readonly closed_at: Date | null;
  readonly closing_note: string | null;
  readonly last_activity: Date;
  readonly items: number;
}

/**
 * Cases, and who may do what in them. Members read and work; the owner and administrators change the frame: members, end, closing. An
 * administrator sees that a case exists, never what is kept in it without being a member. A case whose time is over is not there any
 * more, even before retention has deleted it.
 */
export class CaseRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** @throws {AppError} `CASE_EXPIRY_INVALID` */
  async create(input: CaseInput, owner: CaseUser): Promise<Case> {
    this.#requireExpiry(input.expiresAtMs);
    const caseId = randomUUID();
    const now = new Date(this.#clock.nowMs());
    return await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('cases')
        .values({
          case_id: caseId,
          number: input.number,
          title: input.title,
          reason: input.reason,
          owner_id: owner.id,
          created_at: now,
          expires_at: new Date(input.expiresAtMs),
          closed_at: null,
          closing_note: null,
          last_activity: now,
        })
        .execute();
      await transaction
        .insertInto('case_members')
        .values({ case_id: caseId, user_id: owner.id, added_at: now })
        .execute();
      return await this.#get(transaction, caseId);
    });
  }

  /** Those the user is a member of, and for an administrator all; the last touched first, at most 500. */
  async list(query: {
    readonly user: CaseUser;
    readonly status?: 'open' | 'closed' | undefined;
  }): Promise<readonly Case[]> {
    const { user, status } = query;
    const isSeen = isAdministrator(user)
      ? sql`true`
      : sql`EXISTS (SELECT FROM case_members m WHERE m.case_id = c.case_id AND m.user_id = ${user.id})`;
    const hasStatus =
      status === undefined ? sql`true` : status === 'open' ? sql`c.closed_at IS NULL` : sql`c.closed_at IS NOT NULL`;
    const { rows } = await this.#select(sql`${isSeen} AND ${hasStatus}`).execute(this.#db);
    return rows.map(toCase);
  }

  /**
   * For work in a case: searches, putting something in.
   * @param db the transaction that it is part of
   * @throws {AppError} `CASE_NOT_FOUND`, `CASE_FORBIDDEN`, `CASE_CLOSED`
   */
  async requireMember(caseId: string, user: CaseUser, db = this.#db): Promise<Case> {
    const found = await this.requireReader(caseId, user, db);
    if (found.closedAtMs !== undefined) throw storageErrors.CASE_CLOSED({ caseId });
    return found;
  }

  /**
   * For a look at what is in a case, open or closed.
   * @throws {AppError} `CASE_NOT_FOUND`, `CASE_FORBIDDEN`
   */
  async requireReader(caseId: string, user: CaseUser, db = this.#db): Promise<Case> {
    const found = await this.#get(db, caseId);
    if (!found.memberIds.includes(user.id)) throw storageErrors.CASE_FORBIDDEN({ caseId });
    return found;
  }

  /** @throws {AppError} `CASE_NOT_FOUND`, `CASE_FORBIDDEN`, `CASE_OWNER_ONLY`, `CASE_CLOSED`, `CASE_EXPIRY_INVALID` */
  async change(caseId: string, user: CaseUser, change: CaseChange): Promise<Case> {
    if (change.expiresAtMs !== undefined) this.#requireExpiry(change.expiresAtMs);
    return await this.#asOwner(caseId, user, async (transaction, found) => {
      if (found.closedAtMs !== undefined) throw storageErrors.CASE_CLOSED({ caseId });
      const { number, title, reason, expiresAtMs, memberIds } = change;
      await this.#update(transaction, caseId, {
        ...(number === undefined ? {} : { number }),
        ...(title === undefined ? {} : { title }),
        ...(reason === undefined ? {} : { reason }),
        ...(expiresAtMs === undefined ? {} : { expires_at: new Date(expiresAtMs) }),
      });
      if (memberIds) await this.#setMembers(transaction, caseId, [...new Set([found.ownerId, ...memberIds])]);
    });
  }

  /** Ends 30 days from now at the latest. @throws {AppError} as {@link change} */
  async close(caseId: string, user: CaseUser, note: string): Promise<Case> {
    return await this.#asOwner(caseId, user, async (transaction, found) => {
      if (found.closedAtMs !== undefined) throw storageErrors.CASE_CLOSED({ caseId });
      await this.#update(transaction, caseId, { closed_at: new Date(this.#clock.nowMs()), closing_note: note });
    });
  }

  /** Its end is again the one it had before closing. Nothing happens to an open one. @throws {AppError} as {@link change} */
  async reopen(caseId: string, user: CaseUser): Promise<Case> {
    return await this.#asOwner(caseId, user, async (transaction) => {
      await this.#update(transaction, caseId, { closed_at: null, closing_note: null });
    });
  }

  /** Somebody has worked in it. */
  async touch(caseId: string): Promise<void> {
    await this.#update(this.#db, caseId, {});
  }

  async #asOwner(
    caseId: string,
    user: CaseUser,
    work: (transaction: Transaction<Tables>, found: Case) => Promise<void>,
  ): Promise<Case> {
    return await this.#db.transaction().execute(async (transaction) => {
      await sql`SELECT FROM cases WHERE case_id = ${caseId} FOR UPDATE`.execute(transaction);
      const found = await this.#get(transaction, caseId);
      if (found.ownerId !== user.id && !isAdministrator(user))
        throw found.memberIds.includes(user.id)
          ? storageErrors.CASE_OWNER_ONLY({ caseId })
          : storageErrors.CASE_FORBIDDEN({ caseId });
      await work(transaction, found);
      return await this.#get(transaction, caseId);
    });
  }

  async #update(
    db: Database,
    caseId: string,
    values: Partial<Pick<Tables['cases'], 'number' | 'title' | 'reason' | 'expires_at' | 'closed_at' | 'closing_note'>>,
  ): Promise<void> {
    const last_activity = new Date(this.#clock.nowMs());
    await db
      .updateTable('cases')
      .set({ ...values, last_activity })
      .where('case_id', '=', caseId)
      .execute();
  }

  async #setMembers(transaction: Transaction<Tables>, caseId: string, memberIds: readonly string[]): Promise<void> {
    await transaction
      .deleteFrom('case_members')
      .where('case_id', '=', caseId)
      .where('user_id', 'not in', memberIds)
      .execute();
    const added_at = new Date(this.#clock.nowMs());
    await transaction
      .insertInto('case_members')
      .values(memberIds.map((user_id) => ({ case_id: caseId, user_id, added_at })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async #get(db: Database, caseId: string): Promise<Case> {
    const [row] = (await this.#select(sql`c.case_id = ${caseId}`).execute(db)).rows;
    if (!row) throw storageErrors.CASE_NOT_FOUND({ caseId });
    return toCase(row);
  }

  #select(where: RawBuilder<unknown>): RawBuilder<CaseRow> {
    return sql<CaseRow>`
      SELECT c.*, o.username AS owner, ${CASE_END} AS ends_at, n.members, n.member_ids,
        (SELECT count(*) FROM case_items i WHERE i.case_id = c.case_id) AS items
      FROM cases c JOIN users o ON o.user_id = c.owner_id CROSS JOIN LATERAL (
        SELECT array_agg(u.username ORDER BY u.user_id <> c.owner_id, u.username) AS members,
          array_agg(u.user_id) AS member_ids
        FROM case_members m JOIN users u USING (user_id) WHERE m.case_id = c.case_id
      ) n
      WHERE ${CASE_END} > ${new Date(this.#clock.nowMs())}::timestamptz AND ${where}
      ORDER BY c.last_activity DESC, c.case_id LIMIT ${LISTED}`;
  }

  #requireExpiry(expiresAtMs: number): void {
    const nowMs = this.#clock.nowMs();
    if (!(expiresAtMs > nowMs && expiresAtMs <= nowMs + LONGEST_MS))
      throw storageErrors.CASE_EXPIRY_INVALID({ field: 'expiresAt' });
  }
}

function isAdministrator({ role }: CaseUser): boolean {
  return role === 'administrator';
}

function toCase(row: CaseRow): Case {
  return {
    caseId: row.case_id,
    number: row.number,
    title: row.title,
    reason: row.reason,
    owner: row.owner,
    ownerId: row.owner_id,
    members: row.members,
    memberIds: row.member_ids,
    createdAtMs: toMs(row.created_at),
    expiresAtMs: toMs(row.ends_at),
    closedAtMs: row.closed_at === null ? undefined : toMs(row.closed_at),
    closingNote: orUndefined(row.closing_note),
    items: row.items,
    lastActivityMs: toMs(row.last_activity),
  };
}
