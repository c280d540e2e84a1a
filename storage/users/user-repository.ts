import { randomBytes, randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type Database, type Tables, toMs } from '../database.ts';
import { sqlState, storageErrors } from '../errors.ts';
import { PASSWORD_COST, type PasswordCost, hashPassword, verifyPassword } from './password-hash.ts';

export const ROLES = ['administrator', 'operator', 'investigator', 'inspector', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface User {
  readonly userId: string;
  readonly username: string;
  readonly role: Role;
  readonly createdAtMs: number;
  readonly isDisabled: boolean;
}

/** Who may sign in. User names are the same in capital and small letters. */
export class UserRepository {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #passwordCost: PasswordCost;
  #decoyHash: Promise<string> | undefined;

  constructor(deps: { readonly db: Database; readonly clock: Clock; readonly passwordCost?: PasswordCost }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
    this.#passwordCost = deps.passwordCost ?? PASSWORD_COST;
  }

  async list(): Promise<readonly User[]> {
    return (await this.#db.selectFrom('users').selectAll().orderBy('username').execute()).map(toUser);
  }

  async find(username: string): Promise<User | undefined> {
    const row = await this.#row(username);
    return row && toUser(row);
  }

  /** @throws {AppError} `USER_EXISTS` */
  async create(input: { readonly username: string; readonly role: Role; readonly password: string }): Promise<User> {
    try {
      const row = await this.#db
        .insertInto('users')
        .values(await this.#newRow(input))
        .returningAll()
        .executeTakeFirstOrThrow();
      return toUser(row);
    } catch (error) {
      throw sqlState(error) === '23505' ? storageErrors.USER_EXISTS({ username: input.username }, error) : error;
    }
  }

  /**
   * Makes the first user, an administrator with a random password, when there is none at all; also when two processes
   * start together, only one.
   * @returns what to print once, or undefined
   */
  async createFirstAdministrator(
    username = 'admin',
  ): Promise<{ readonly username: string; readonly password: string } | undefined> {
    const password = randomBytes(12).toString('base64url');
    return this.#db.transaction().execute(async (transaction) => {
      await sql`LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE`.execute(transaction);
      const anyone = await transaction.selectFrom('users').select('user_id').limit(1).executeTakeFirst();
      if (anyone) return undefined;
      const row = await this.#newRow({ username, role: 'administrator', password });
      await transaction.insertInto('users').values(row).execute();
      return { username, password };
    });
  }

  /** @returns undefined when name or password is wrong or the user is disabled; takes as long for either */
  async authenticate(username: string, password: string): Promise<User | undefined> {
    const row = await this.#row(username);
    // Something to compare with when there is no such user, so that the time taken does not tell.
    this.#decoyHash ??= hashPassword(randomUUID(), this.#passwordCost);
    const decoyHash = await this.#decoyHash;
    const isRight = await verifyPassword(password, row?.password_hash ?? decoyHash);
    return row && isRight && row.disabled_at === null ? toUser(row) : undefined;
  }

  /** Also ends every session of the user but `keepTokenHash`. @throws {AppError} `USER_NOT_FOUND` */
  async setPassword(userId: string, password: string, keepTokenHash?: Buffer): Promise<void> {
    const hash = await hashPassword(password, this.#passwordCost);
    await this.#db.transaction().execute(async (transaction) => {
      const updated = await transaction
        .updateTable('users')
        .set({ password_hash: hash })
        .where('user_id', '=', userId)
        .executeTakeFirst();
      if (updated.numUpdatedRows === 0n) throw storageErrors.USER_NOT_FOUND({ userId });
      let sessions = transaction.deleteFrom('sessions').where('user_id', '=', userId);
      if (keepTokenHash) sessions = sessions.where('token_hash', '<>', keepTokenHash);
      await sessions.execute();
    });
  }

  async #row(username: string): Promise<Selectable<Tables['users']> | undefined> {
    return this.#db
      .selectFrom('users')
      .selectAll()
      .where(sql`lower(username)`, '=', username.toLowerCase())
      .executeTakeFirst();
  }

  async #newRow(input: { readonly username: string; readonly role: Role; readonly password: string }) {
    return {
      user_id: randomUUID(),
      username: input.username,
      role: input.role,
      password_hash: await hashPassword(input.password, this.#passwordCost),
      created_at: new Date(this.#clock.nowMs()),
      disabled_at: null,
    };
  }
}

export function toUser(row: Omit<Selectable<Tables['users']>, 'password_hash'>): User {
  return {
    userId: row.user_id,
    username: row.username,
    role: row.role as Role,
    createdAtMs: toMs(row.created_at),
    isDisabled: row.disabled_at !== null,
  };
}
