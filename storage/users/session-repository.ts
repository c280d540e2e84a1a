import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, toMs } from '../database.ts';
import { type User, toUser } from './user-repository.ts';

/** A session that nobody used for this long is over. */
export const SESSION_IDLE_MS = 12 * 3_600_000;
/** A session that is used is written down again only this often. */
const TOUCH_EVERY_MS = 60_000;

export interface Session {
  readonly tokenHash: Buffer;
  readonly user: User;
  /** Unless it is used before then. */
  readonly expiresAtMs: number;
}

/** Who is signed in. The database knows only the hash of a token. */
export class SessionRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** @returns the token for the cookie: 256 random bits, base64url */
  async create(userId: string): Promise<{ readonly token: string; readonly expiresAtMs: number }> {
    const token = randomBytes(32).toString('base64url');
    const nowMs = this.#clock.nowMs();
    const now = new Date(nowMs);
    await this.#db
      .insertInto('sessions')
      .values({ token_hash: hashToken(token), user_id: userId, created_at: now, last_used_at: now })
      .execute();
    return { token, expiresAtMs: nowMs + SESSION_IDLE_MS };
  }

  /** Finds a running session, and counts as its use. */
  async find(token: string): Promise<Session | undefined> {
    const tokenHash = hashToken(token);
    const nowMs = this.#clock.nowMs();
    const row = await this.#db
      .selectFrom('sessions')
      .innerJoin('users', 'users.user_id', 'sessions.user_id')
      .select(['users.user_id', 'username', 'role', 'users.created_at', 'disabled_at', 'last_used_at'])
      .where('token_hash', '=', tokenHash)
      .where('last_used_at', '>', new Date(nowMs - SESSION_IDLE_MS))
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    if (!row) return undefined;
    if (nowMs - toMs(row.last_used_at) > TOUCH_EVERY_MS) await this.#touch(tokenHash, nowMs);
    return { tokenHash, user: toUser(row), expiresAtMs: nowMs + SESSION_IDLE_MS };
  }

  async delete(token: string): Promise<void> {
    await this.#db.deleteFrom('sessions').where('token_hash', '=', hashToken(token)).execute();
  }

  /** @returns how many were over */
  async deleteExpired(): Promise<number> {
    const deleted = await this.#db
      .deleteFrom('sessions')
      .where('last_used_at', '<=', new Date(this.#clock.nowMs() - SESSION_IDLE_MS))
      .executeTakeFirst();
    return Number(deleted.numDeletedRows);
  }

  async #touch(tokenHash: Buffer, nowMs: number): Promise<void> {
    await this.#db
      .updateTable('sessions')
      .set({ last_used_at: new Date(nowMs) })
      .where('token_hash', '=', tokenHash)
      .execute();
  }
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
