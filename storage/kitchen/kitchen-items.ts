import { type Transaction, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import { type CameraId, cameraId } from '#ingest/media.ts';
import { type Database, type Tables, toMs } from '../database.ts';
import { type LabelledViolation, labelledViolations } from './labelled-violations.ts';
import { type Answer, type ThresholdSuggestion, suggestThreshold, wilsonInterval } from './item-statistics.ts';

export interface ItemHold {
  readonly sinceMs: number;
  /** Of the answers that put it on hold. */
  readonly confirmed: number;
  readonly answers: number;
}

/** How right an item has been in one kitchen, and what was done about it. */
export interface KitchenItem {
  readonly cameraId: CameraId;
  readonly kitchenName: string;
  readonly district: string;
  readonly item: string;
  readonly confirmed: number;
  readonly answers: number;
  /** Where the true precision lies with 95 % confidence. */
  readonly interval: { readonly low: number; readonly high: number };
  readonly minScore: number | undefined;
  readonly suggestion: ThresholdSuggestion | undefined;
  readonly hold: ItemHold | undefined;
  /** Violations that are kept and not shown. */
  readonly held: number;
}

/** What the answers of inspectors teach about items; nothing changes but a hold unless an inspector says so. */
export class KitchenItems {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** Every item of a kitchen that was judged, held or set: those on hold, then those with a suggestion, then the least precise first. */
  async list(): Promise<readonly KitchenItem[]> {
    const { rows } = await sql<{
      camera_id: string;
      name: string | null;
      area: string | null;
      item: string;
      scores: number[] | null;
      verdicts: boolean[] | null;
      held: number;
      min_score: number | null;
      on_hold_since: Date | null;
      on_hold_confirmed: number | null;
      on_hold_answers: number | null;
    }>`
      WITH judged AS (
        SELECT camera_id, item,
          array_agg(score ORDER BY violation_id) FILTER (WHERE review_decision IS NOT NULL) AS scores,
          array_agg(review_decision = 'confirmed' ORDER BY violation_id)
            FILTER (WHERE review_decision IS NOT NULL) AS verdicts,
          count(*) FILTER (WHERE held IS NOT NULL) AS held
        FROM kitchen_violations GROUP BY camera_id, item
      )
      SELECT camera_id, c.name, c.area, item, scores, verdicts, coalesce(held, 0) AS held, k.min_score,
        k.on_hold_since, k.on_hold_confirmed, k.on_hold_answers
      FROM judged FULL JOIN kitchen_items k USING (camera_id, item) LEFT JOIN cameras c USING (camera_id)
      WHERE scores IS NOT NULL OR held > 0 OR k.min_score IS NOT NULL OR k.on_hold_since IS NOT NULL`.execute(this.#db);
    return rows
      .map((row): KitchenItem => {
        const answers: Answer[] = (row.scores ?? []).map((score, index) => ({
          score,
          isConfirmed: row.verdicts?.[index] ?? false,
        }));
        const confirmed = answers.filter(({ isConfirmed }) => isConfirmed).length;
        return {
          cameraId: cameraId(row.camera_id),
          kitchenName: row.name ?? row.camera_id,
          district: row.area ?? '',
          item: row.item,
          confirmed,
          answers: answers.length,
          interval: wilsonInterval(confirmed, answers.length),
          minScore: row.min_score ?? undefined,
          suggestion: suggestThreshold(answers),
          hold: toHold(row),
          held: row.held,
        };
      })
      .toSorted(
        (a, b) =>
          Number(b.hold !== undefined) - Number(a.hold !== undefined) ||
          Number(b.suggestion !== undefined) - Number(a.suggestion !== undefined) ||
          a.interval.high - b.interval.high ||
          a.kitchenName.localeCompare(b.kitchenName),
      );
  }

  /** Items that are on hold now. */
  async holds(): Promise<readonly (ItemHold & { readonly cameraId: string; readonly item: string })[]> {
    const rows = await this.#db
      .selectFrom('kitchen_items')
      .selectAll()
      .where('on_hold_since', 'is not', null)
      .orderBy('on_hold_since')
      .execute();
    return rows.flatMap((row) => {
      const hold = toHold(row);
      return hold ? [{ ...hold, cameraId: row.camera_id, item: row.item }] : [];
    });
  }

  /** Judged violations as examples, oldest first. */
  labelled(range: { readonly fromMs: number; readonly toMs: number }): AsyncGenerator<LabelledViolation> {
    return labelledViolations(this.#db, range);
  }

  /** From now on: what was found before stays as it is. @param minScore undefined: no threshold */
  async setMinScore(camera: string, item: string, minScore: number | undefined, by: string): Promise<void> {
    const values =
      minScore === undefined
        ? { min_score: null, min_score_by: null, min_score_at: null }
        : { min_score: minScore, min_score_by: by, min_score_at: new Date(this.#clock.nowMs()) };
    await this.#db
      .insertInto('kitchen_items')
      .values({ camera_id: camera, item, ...values })
      .onConflict((conflict) => conflict.columns(['camera_id', 'item']).doUpdateSet(values))
      .execute();
  }

  /** Takes an item off hold; only what is judged from now on can put it there again. @returns whether it was on hold */
  async release(camera: string, item: string, by: string): Promise<boolean> {
    const updated = await this.#db
      .updateTable('kitchen_items')
      .set({
        ...{ on_hold_since: null, on_hold_confirmed: null, on_hold_answers: null },
        ...{ released_at: new Date(this.#clock.nowMs()), released_by: by },
      })
      .where('camera_id', '=', camera)
      .where('item', '=', item)
      .where('on_hold_since', 'is not', null)
      .executeTakeFirst();
    return updated.numUpdatedRows > 0n;
  }
}

/** Puts an item on hold in the kitchen of a violation that was just judged, when too few of its violations were right. */
export async function holdWhenWeak(
  transaction: Transaction<Tables>,
  { camera_id: camera, item }: { readonly camera_id: string; readonly item: string },
  limits: { readonly precision: number; readonly answers: number; readonly nowMs: number },
): Promise<void> {
  const now = new Date(limits.nowMs);
  await sql`
    INSERT INTO kitchen_items AS known (camera_id, item, on_hold_since, on_hold_confirmed, on_hold_answers)
    SELECT v.camera_id, v.item, ${now}::timestamptz, count(*) FILTER (WHERE review_decision = 'confirmed'), count(*)
    FROM kitchen_violations v LEFT JOIN kitchen_items k USING (camera_id, item)
    WHERE v.camera_id = ${camera} AND v.item = ${item} AND v.review_decision IS NOT NULL
      AND (k.released_at IS NULL OR v.reviewed_at > k.released_at)
    GROUP BY v.camera_id, v.item
    HAVING count(*) >= ${limits.answers}
      AND count(*) FILTER (WHERE review_decision = 'confirmed') < count(*) * ${limits.precision}::double precision
    ON CONFLICT (camera_id, item) DO UPDATE SET on_hold_since = excluded.on_hold_since,
      on_hold_confirmed = excluded.on_hold_confirmed, on_hold_answers = excluded.on_hold_answers
    WHERE known.on_hold_since IS NULL`.execute(transaction);
}

function toHold(row: {
  readonly on_hold_since: Date | null;
  readonly on_hold_confirmed: number | null;
  readonly on_hold_answers: number | null;
}): ItemHold | undefined {
  if (!row.on_hold_since) return undefined;
  return {
    sinceMs: toMs(row.on_hold_since),
    confirmed: row.on_hold_confirmed ?? 0,
    answers: row.on_hold_answers ?? 0,
  };
}
