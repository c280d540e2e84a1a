import { sql } from 'kysely';
import { describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Database } from '../database.ts';
import { countConfusions } from './confusion-counts.ts';
import { ConfusionModel } from './confusion-model.ts';
import type { Reading } from './plate-likelihood.ts';

/** The newest readings, so that the model follows a new reader within days. */
const READINGS_LEARNED = 100_000;
const READ_AT_ONCE = 5000;
const HOUR_MS = 3_600_000;
const LEARNED_EVERY_MS = 24 * HOUR_MS;
/** Another process may have learned. */
const MODEL_KEPT_MS = 10 * 60_000;

export interface Learned {
  readonly readings: number;
  /** Of characters, right ones included. */
  readonly pairs: number;
}

/** Keeps what was learned of the reader's mistakes, and learns it anew once a day once started. */
export class PlateConfusions {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  #model: { readonly model: ConfusionModel; readonly loadedAtMs: number } | undefined;
  #timer: { cancel(): void } | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: { readonly db: Database; readonly clock: Clock; readonly log: Log }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Looks now and every hour whether what was learned is older than a day. */
  start(): void {
    if (this.#isClosed) return;
    this.#running = this.#learnWhenDue()
      .catch((error: unknown) => this.#log.warn(`confusions of plates are learned later: ${describeError(error)}`))
      .then(() => {
        if (!this.#isClosed) this.#timer = this.#clock.setTimeout(() => this.start(), HOUR_MS);
      });
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** As learned last; the prior alone when nothing was. */
  async model(): Promise<ConfusionModel> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#model && nowMs - this.#model.loadedAtMs < MODEL_KEPT_MS) return this.#model.model;
    const rows = await this.#db
      .selectFrom('plate_confusions')
      .select(['true_character', 'read_character', 'weight'])
      .execute();
    const model = new ConfusionModel(
      rows.map((row) => ({
        trueCharacter: row.true_character,
        readCharacter: row.read_character,
        weight: row.weight,
      })),
    );
    this.#model = { model, loadedAtMs: nowMs };
    return model;
  }

  /** Reads the newest readings and replaces what was learned before; without any reading that stays. */
  async learn(): Promise<Learned> {
    const readings = await this.#newestReadings();
    const counts = countConfusions(readings);
    if (counts.length === 0) return { readings: 0, pairs: 0 };
    await this.#db.transaction().execute(async (transaction) => {
      // One learner at a time; readers go on seeing the old rows.
      await sql`LOCK TABLE plate_confusions IN SHARE ROW EXCLUSIVE MODE`.execute(transaction);
      await transaction.deleteFrom('plate_confusions').execute();
      await sql`INSERT INTO plate_confusions (true_character, read_character, weight, learned_at)
        SELECT c, r, w, ${new Date(this.#clock.nowMs()).toISOString()}::timestamptz FROM unnest(
          ${counts.map(({ trueCharacter }) => trueCharacter)}::text[],
          ${counts.map(({ readCharacter }) => readCharacter)}::text[],
          ${counts.map(({ weight }) => weight)}::float8[]) AS n (c, r, w)`.execute(transaction);
    });
    this.#model = undefined;
    return { readings: readings.length, pairs: counts.length };
  }

  async #learnWhenDue(): Promise<void> {
    const { rows } = await sql<{ learned_at: Date | null }>`
      SELECT max(learned_at) AS learned_at FROM plate_confusions`.execute(this.#db);
    const learnedAtMs = rows[0]?.learned_at?.getTime() ?? Number.NEGATIVE_INFINITY;
    if (this.#clock.nowMs() - learnedAtMs < LEARNED_EVERY_MS) return;
    const learned = await this.learn();
    if (learned.readings > 0) this.#log.info(learned, 'learned which characters of plates are confused');
  }

  async #newestReadings(): Promise<readonly Reading[]> {
    const readings: Reading[] = [];
    let last: { readonly time: Date; readonly sighting_id: string } | undefined;
    while (readings.length < READINGS_LEARNED && !this.#isClosed) {
      const before = last ? sql`AND (s.time, s.sighting_id) < (${last.time}, ${last.sighting_id}::uuid)` : sql``;
      const { rows } = await sql<Reading & { readonly time: Date; readonly sighting_id: string }>`
        SELECT s.time, s.sighting_id, p.text, s.plate_confidence AS confidence,
          s.plate_evidence -> 'alternatives' AS alternatives
        FROM (
          SELECT s.time, s.sighting_id, s.plate_id, s.plate_confidence, s.plate_evidence FROM sightings s
          WHERE s.plate_id IS NOT NULL AND s.plate_evidence IS NOT NULL ${before}
          ORDER BY s.time DESC, s.sighting_id DESC LIMIT ${READ_AT_ONCE}
        ) s JOIN plates p USING (plate_id) ORDER BY s.time DESC, s.sighting_id DESC`.execute(this.#db);
      readings.push(...rows);
      last = rows.at(-1);
      if (rows.length < READ_AT_ONCE) break;
    }
    return readings;
  }
}
