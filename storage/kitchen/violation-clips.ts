import { type Transaction, sql } from 'kysely';
import type { KitchenViolation } from '#analyzers/analysis-event.ts';
import { hygieneItem } from '#analyzers/packs/kitchen/hygiene-catalogue.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import { cameraId } from '#ingest/media.ts';
import { type Database, type Tables, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { DueClip, ReadyClip } from './violation-clip.ts';

const USUAL_EVIDENCE = { clipBeforeMs: 10_000, clipAfterMs: 10_000 };

/** The clips of violations: what is to be made, and what became of it. All that is known of the work is here; it outlives the process. */
export class ViolationClips {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /**
   * Those whose time has come: first what an inspector stands by, last what is dismissed or held, and the newest first, since that is what is
   * looked at. When more come than can be made, the oldest end with their recordings.
   */
  async due(limit: number): Promise<readonly DueClip[]> {
    const rows = await this.#db
      .selectFrom('violation_clips as c')
      .innerJoin('kitchen_violations as v', 'v.violation_id', 'c.violation_id')
      .select(['c.violation_id', 'v.camera_id', 'c.from_time', 'c.to_time', 'c.attempts'])
      .where('c.state', 'in', ['waiting', 'making'])
      .where('c.next_at', '<=', this.#now())
      .orderBy(sql`v.held IS NOT NULL OR v.stage = 'dismissed'`)
      .orderBy(sql`v.stage = 'new'`)
      .orderBy('c.to_time', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      violationId: row.violation_id,
      cameraId: cameraId(row.camera_id),
      fromMs: toMs(row.from_time),
      toMs: toMs(row.to_time),
      attempts: row.attempts,
    }));
  }

  /**
   * Takes a clip that is due: nobody else makes it for so long, and somebody does after it.
   * @returns false when it is not due any more
   */
  async take(violationId: string, forMs: number): Promise<boolean> {
    const taken = await this.#db
      .updateTable('violation_clips')
      .set((eb) => ({ state: 'making', attempts: eb('attempts', '+', 1), next_at: this.#now(forMs) }))
      .where('violation_id', '=', violationId)
      .where('state', 'in', ['waiting', 'making'])
      .where('next_at', '<=', this.#now())
      .executeTakeFirst();
    return taken.numUpdatedRows > 0n;
  }

  /** Looked at again after so long; `attempts` as given, or as they are. */
  async postpone(violationId: string, delayMs: number, attempts?: number): Promise<void> {
    await this.#db
      .updateTable('violation_clips')
      .set({ state: 'waiting', next_at: this.#now(delayMs), ...(attempts === undefined ? {} : { attempts }) })
      .where('violation_id', '=', violationId)
      .where('state', 'in', ['waiting', 'making'])
      .execute();
  }

  /** @returns false when the violation has ended meanwhile: then the clip must end too */
  async finish(violationId: string, { key, shownFromMs, shownToMs, isBlurred }: ReadyClip): Promise<boolean> {
    const shown = { shown_from: new Date(shownFromMs), shown_to: new Date(shownToMs), is_blurred: isBlurred };
    const done = await this.#db
      .updateTable('violation_clips')
      .set({ state: 'ready', reason: null, clip_key: key, ...shown })
      .where('violation_id', '=', violationId)
      .executeTakeFirst();
    return done.numUpdatedRows > 0n;
  }

  /** @param reason code of an error, or cause of a gap; undefined where neither is known */
  async giveUp(violationId: string, state: 'failed' | 'gone', reason: string | undefined): Promise<void> {
    await this.#db
      .updateTable('violation_clips')
      .set({ state, reason: reason ?? null })
      .where('violation_id', '=', violationId)
      .where('state', 'in', ['waiting', 'making'])
      .execute();
  }

  /**
   * Begins again with one that failed, or whose recording was not there: it may have come from the camera's card since.
   * @throws {AppError} `VIOLATION_NOT_FOUND`, `CLIP_NOT_RETRYABLE`
   */
  async retry(violationId: string): Promise<void> {
    const row = await this.#db
      .selectFrom('kitchen_violations')
      .select('violation_id')
      .where('violation_id', '=', violationId)
      .executeTakeFirst();
    if (!row) throw storageErrors.VIOLATION_NOT_FOUND({ violationId });
    const begun = await this.#db
      .updateTable('violation_clips')
      .set({ state: 'waiting', reason: null, attempts: 0, next_at: this.#now() })
      .where('violation_id', '=', violationId)
      .where('state', 'in', ['failed', 'gone'])
      .executeTakeFirst();
    if (begun.numUpdatedRows === 0n) throw storageErrors.CLIP_NOT_RETRYABLE({ violationId });
  }

  #now(laterMs = 0): Date {
    return new Date(this.#clock.nowMs() + laterMs);
  }
}

/** A violation that was opened wants a clip; one that is known already has its. */
export async function orderClip(transaction: Transaction<Tables>, event: KitchenViolation): Promise<void> {
  const { clipBeforeMs, clipAfterMs } = hygieneItem(event.item)?.evidence ?? USUAL_EVIDENCE;
  const toTime = new Date(event.clipToMs ?? event.timeMs + clipAfterMs);
  await transaction
    .insertInto('violation_clips')
    .values({
      violation_id: event.violationId,
      from_time: new Date(event.clipFromMs ?? event.timeMs - clipBeforeMs),
      to_time: toTime,
      next_at: toTime,
      reason: null,
      clip_key: null,
      shown_from: null,
      shown_to: null,
      is_blurred: null,
    })
    .onConflict((conflict) => conflict.column('violation_id').doNothing())
    .execute();
}
