import { type Selectable, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import { type CameraId, cameraId } from '#ingest/media.ts';
import { type Database, type Tables, orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { Review, ReviewDecision, Violation } from './violation.ts';
import { type BoardCount, type Kitchen, scoreKitchen } from './kitchen-score.ts';

const BOARD_MS = 30 * 86_400_000;

export type { Violation };

export interface ViolationFilter {
  /** `open`: neither over nor dismissed; `unreviewed`: nobody has judged it. */
  readonly state: 'open' | 'unreviewed' | 'all';
  readonly cameraId?: CameraId | undefined;
  /** Exclusive. */
  readonly beforeMs?: number | undefined;
  readonly limit: number;
}

type Row = Selectable<Tables['kitchen_violations']> & {
  readonly name: string | null;
  readonly area: string | null;
  readonly rules: readonly CameraRule[] | null;
};

const IS_OPEN = sql<boolean>`v.closed_at IS NULL AND v.review_decision IS DISTINCT FROM 'dismissed'`;

/** What is wrong in which kitchen, and what people said of it. */
export class ViolationRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** Newest first. */
  async list({ state, cameraId: camera, beforeMs, limit }: ViolationFilter): Promise<readonly Violation[]> {
    let query = this.#select().orderBy('v.opened_at', 'desc').orderBy('v.violation_id', 'desc').limit(limit);
    if (state === 'open') query = query.where(IS_OPEN);
    if (state === 'unreviewed') query = query.where('v.review_decision', 'is', null);
    if (camera !== undefined) query = query.where('v.camera_id', '=', camera);
    if (beforeMs !== undefined) query = query.where('v.opened_at', '<', new Date(beforeMs));
    return (await query.execute()).map(toViolation);
  }

  /** @throws {AppError} `VIOLATION_NOT_FOUND` */
  async get(violationId: string): Promise<Violation> {
    const row = await this.#select().where('v.violation_id', '=', violationId).executeTakeFirst();
    if (!row) throw storageErrors.VIOLATION_NOT_FOUND({ violationId });
    return toViolation(row);
  }

  /** A second review replaces the first. @throws {AppError} `VIOLATION_NOT_FOUND` */
  async review(violationId: string, review: Omit<Review, 'atMs'>): Promise<Violation> {
    const updated = await this.#db
      .updateTable('kitchen_violations')
      .set({
        review_decision: review.decision,
        review_reason: review.reason ?? null,
        review_note: review.note ?? null,
        reviewed_by: review.by,
        reviewed_at: new Date(this.#clock.nowMs()),
      })
      .where('violation_id', '=', violationId)
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) throw storageErrors.VIOLATION_NOT_FOUND({ violationId });
    return this.get(violationId);
  }

  /**
   * Every kitchen, worst first: by score, then by name.
   * @param severities of items, 1..3; an item that is not named counts as 1
   */
  async board(severities: Readonly<Record<string, number>>): Promise<readonly Kitchen[]> {
    const since = new Date(this.#clock.nowMs() - BOARD_MS);
    const cameras = await this.#db
      .selectFrom('cameras')
      .select(['camera_id', 'name', 'area'])
      .where('scene', '=', 'kitchen')
      .where('removed_at', 'is', null)
      .execute();
    const { rows: counts } = await sql<BoardCount>`
      SELECT v.camera_id AS "cameraId", v.item,
        count(*) FILTER (WHERE ${IS_OPEN}) AS open,
        count(*) FILTER (WHERE v.review_decision IS NULL) AS unreviewed,
        count(*) AS total,
        count(*) FILTER (WHERE v.review_decision IS DISTINCT FROM 'dismissed') AS counted,
        (array_agg(v.violation_id ORDER BY v.opened_at DESC) FILTER (WHERE ${IS_OPEN}))[1] AS "newestOpenId"
      FROM kitchen_violations v WHERE v.opened_at >= ${since} OR (${IS_OPEN})
      GROUP BY v.camera_id, v.item`.execute(this.#db);
    const scored = cameras.map((camera) =>
      scoreKitchen(
        { cameraId: cameraId(camera.camera_id), name: camera.name, district: camera.area },
        counts.filter((count) => count.cameraId === camera.camera_id),
        severities,
      ),
    );
    const worst = await this.#byIds(scored.flatMap(({ worstId }) => (worstId === undefined ? [] : [worstId])));
    return scored
      .map(({ worstId, ...kitchen }) => ({
        ...kitchen,
        worst: worst.find(({ violationId }) => violationId === worstId),
      }))
      .toSorted((a, b) => a.score - b.score || b.open - a.open || a.name.localeCompare(b.name));
  }

  async #byIds(ids: readonly string[]): Promise<readonly Violation[]> {
    if (ids.length === 0) return [];
    return (await this.#select().where('v.violation_id', 'in', ids).execute()).map(toViolation);
  }

  #select() {
    return this.#db
      .selectFrom('kitchen_violations as v')
      .leftJoin('cameras', 'cameras.camera_id', 'v.camera_id')
      .selectAll('v')
      .select(['cameras.name', 'cameras.area', 'cameras.rules']);
  }
}

function toViolation(row: Row): Violation {
  return {
    violationId: row.violation_id,
    cameraId: cameraId(row.camera_id),
    kitchenName: row.name ?? row.camera_id,
    district: row.area ?? '',
    item: row.item,
    ruleId: row.rule_id,
    ruleName: row.rules?.find(({ id }) => id === row.rule_id)?.name,
    score: row.score,
    box: row.box,
    sinceMs: toMs(row.since),
    openedAtMs: toMs(row.opened_at),
    closedAtMs: row.closed_at ? toMs(row.closed_at) : undefined,
    pictureKey: orUndefined(row.picture_key),
    review:
      row.review_decision !== null && row.reviewed_at !== null
        ? {
            decision: row.review_decision as ReviewDecision,
            reason: orUndefined(row.review_reason),
            note: orUndefined(row.review_note),
            by: row.reviewed_by ?? '',
            atMs: toMs(row.reviewed_at),
          }
        : undefined,
  };
}
