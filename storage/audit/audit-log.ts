import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, type Tables, orUndefined, toMs } from '../database.ts';

/** One chain, so appends happen one after the other. */
const AUDIT_LOCK = 8_273_463;
const CHAIN_START = Buffer.alloc(32);
const VERIFY_PAGE = 1000;

export interface AuditInput {
  readonly userId: string;
  readonly username: string;
  /** e.g. `sighting.search`, `evidence.open`. */
  readonly action: string;
  readonly target: string;
  readonly purpose?: string | undefined;
  /** JSON; never a password. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends AuditInput {
  readonly id: string;
  readonly timeMs: number;
}

export type AuditVerdict =
  | { readonly isIntact: true; readonly entries: number }
  | { readonly isIntact: false; readonly brokenAtId: string };

/**
 * Who looked at what. Rows can only be added (the database refuses the rest), and each carries a hash over itself and
 * its predecessor: who changes one behind our back breaks the chain.
 */
export class AuditLog {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  async append(input: AuditInput): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await sql`SELECT pg_advisory_xact_lock(${AUDIT_LOCK})`.execute(transaction);
      const last = await transaction
        .selectFrom('audit_log')
        .select(['entry_id', 'hash'])
        .orderBy('entry_id', 'desc')
        .limit(1)
        .executeTakeFirst();
      const entry = {
        entry_id: (last?.entry_id ?? 0) + 1,
        time: new Date(this.#clock.nowMs()),
        user_id: input.userId,
        username: input.username,
        action: input.action,
        target: input.target,
        purpose: input.purpose ?? null,
        // Through JSON once, so that what is hashed is what will be read back.
        detail: JSON.parse(JSON.stringify(input.detail)) as Readonly<Record<string, unknown>>,
        previous_hash: last?.hash ?? CHAIN_START,
      };
      const row = { ...entry, detail: JSON.stringify(entry.detail), hash: hashOf(entry) };
      await transaction.insertInto('audit_log').values(row).execute();
    });
  }

  /** Newest first. */
  async list(query: {
    readonly limit: number;
    /** Exclusive. */
    readonly beforeMs?: number | undefined;
    readonly beforeId?: string | undefined;
  }): Promise<readonly AuditEntry[]> {
    let select = this.#db.selectFrom('audit_log').selectAll().orderBy('entry_id', 'desc').limit(query.limit);
    if (query.beforeMs !== undefined) select = select.where('time', '<', new Date(query.beforeMs));
    if (query.beforeId !== undefined) select = select.where('entry_id', '<', Number(query.beforeId));
    return (await select.execute()).map((row) => ({
      id: String(row.entry_id),
      timeMs: toMs(row.time),
      userId: row.user_id,
      username: row.username,
      action: row.action,
      target: row.target,
      purpose: orUndefined(row.purpose),
      detail: row.detail,
    }));
  }

  /** Follows the whole chain from the first entry. */
  async verify(): Promise<AuditVerdict> {
    let previous: { readonly id: number; readonly hash: Buffer } = { id: 0, hash: CHAIN_START };
    for (;;) {
      const rows = await this.#db
        .selectFrom('audit_log')
        .selectAll()
        .where('entry_id', '>', previous.id)
        .orderBy('entry_id')
        .limit(VERIFY_PAGE)
        .execute();
      for (const row of rows) {
        const isNext = row.entry_id === previous.id + 1 && row.previous_hash.equals(previous.hash);
        if (!isNext || !hashOf(row).equals(row.hash)) return { isIntact: false, brokenAtId: String(row.entry_id) };
        previous = { id: row.entry_id, hash: row.hash };
      }
      if (rows.length < VERIFY_PAGE) return { isIntact: true, entries: previous.id };
    }
  }
}

/** SHA-256 over the previous hash and the entry as JSON with sorted keys. */
function hashOf(row: Omit<Selectable<Tables['audit_log']>, 'hash'>): Buffer {
  const { previous_hash: previousHash, time, ...rest } = row;
  const { entry_id, user_id, username, action, target, purpose, detail } = rest;
  const content = { entry_id, time: time.toISOString(), user_id, username, action, target, purpose, detail };
  return createHash('sha256')
    .update(previousHash)
    .update(JSON.stringify(sortKeys(content)))
    .digest();
}

/** jsonb does not keep the order of keys. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
