import { createHash } from 'node:crypto';
import { type Selectable, type Transaction, sql } from 'kysely';
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

  /** Written to the database before it resolves: what is answered after this has its row. */
  async append(input: AuditInput): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await appendToChain(transaction, [{ ...input, timeMs: this.#clock.nowMs(), lookId: undefined }]);
    });
  }

  /** Newest first. */
  async list(query: {
    readonly limit: number;
    /** Exclusive. */
    readonly beforeMs?: number | undefined;
    readonly beforeId?: string | undefined;
    /** Only what was done in this case. */
    readonly caseId?: string | undefined;
  }): Promise<readonly AuditEntry[]> {
    let select = this.#db.selectFrom('audit_log').selectAll().orderBy('entry_id', 'desc').limit(query.limit);
    if (query.beforeMs !== undefined) select = select.where('time', '<', new Date(query.beforeMs));
    if (query.beforeId !== undefined) select = select.where('entry_id', '<', Number(query.beforeId));
    if (query.caseId !== undefined) select = select.where(sql`detail ->> 'caseId'`, '=', query.caseId);
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

/** An entry with the time at which it happened. */
export interface ChainInput extends AuditInput {
  readonly timeMs: number;
  /** UUID of an entry that may come twice. */
  readonly lookId: string | undefined;
}

/** Adds entries to the end of the chain, in the given order; holds the chain until the transaction ends. */
export async function appendToChain(transaction: Transaction<Tables>, inputs: readonly ChainInput[]): Promise<void> {
  if (inputs.length === 0) return;
  await sql`SELECT pg_advisory_xact_lock(${AUDIT_LOCK})`.execute(transaction);
  const known = await knownLooks(transaction, inputs);
  const last = await transaction
    .selectFrom('audit_log')
    .select(['entry_id', 'hash'])
    .orderBy('entry_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  let previous = last ?? { entry_id: 0, hash: CHAIN_START };
  const rows = [];
  for (const input of inputs) {
    if (input.lookId !== undefined && known.has(input.lookId)) continue;
    if (input.lookId !== undefined) known.add(input.lookId);
    const entry = {
      entry_id: previous.entry_id + 1,
      time: new Date(input.timeMs),
      user_id: input.userId,
      username: input.username,
      action: input.action,
      target: input.target,
      purpose: input.purpose ?? null,
      // Through JSON once, so that what is hashed is what will be read back.
      detail: JSON.parse(JSON.stringify(input.detail)) as Readonly<Record<string, unknown>>,
      previous_hash: previous.hash,
    };
    previous = { entry_id: entry.entry_id, hash: hashOf(entry) };
    rows.push({ ...entry, detail: JSON.stringify(entry.detail), hash: previous.hash, look_id: input.lookId ?? null });
  }
  if (rows.length > 0) await transaction.insertInto('audit_log').values(rows).execute();
}

async function knownLooks(transaction: Transaction<Tables>, inputs: readonly ChainInput[]): Promise<Set<string>> {
  const lookIds = inputs.flatMap(({ lookId }) => (lookId === undefined ? [] : [lookId]));
  if (lookIds.length === 0) return new Set();
  const { rows } = await sql<{ look_id: string }>`
    SELECT look_id FROM audit_log WHERE look_id = ANY(${lookIds}::uuid[])`.execute(transaction);
  return new Set(rows.map((row) => row.look_id));
}

/** SHA-256 over the previous hash and the entry as JSON with sorted keys. */
function hashOf(row: Omit<Selectable<Tables['audit_log']>, 'hash' | 'look_id'>): Buffer {
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
