import type { Clock } from '#infra/runtime/clock.ts';
import type { Database } from '../database.ts';

/** Small facts that outlive a process and belong to no other table. Values are JSON. */
export class SettingsRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** @returns unchecked: what another version may have written */
  async get(key: string): Promise<unknown> {
    const row = await this.#db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
    return row?.value;
  }

  async put(key: string, value: unknown): Promise<void> {
    const values = { value: JSON.stringify(value), updated_at: new Date(this.#clock.nowMs()) };
    await this.#db
      .insertInto('settings')
      .values({ key, ...values })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
      .execute();
  }
}
