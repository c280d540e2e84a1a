import { type Selectable, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import type { CameraRule } from '#ingest/cameras/camera.ts';
import { type CameraId, cameraId } from '#ingest/media.ts';
import { type Database, type Tables, orUndefined, toMs } from '../database.ts';
import { storageErrors } from '../errors.ts';
import type { ReviewDecision, Violation } from './violation.ts';
import type { ViolationClip } from './violation-clip.ts';
import {
  type BoardCount,
  type DayCount,
  type Kitchen,
  SCORE_DAYS,
  scoreHistory,
  scoreKitchen,
} from './kitchen-score.ts';

const DAY_MS = 86_400_000;
const BOARD_MS = SCORE_DAYS * DAY_MS;

export type { Violation };

export interface ViolationFilter {
  /**
   * `open`: neither over nor dismissed; `unreviewed`: nobody has judged it; `remedy`: a kitchen was asked, answers first, then by deadline;
   * `held`: kept and not shown; `all`: all but those.
   */
  readonly state: 'open' | 'unreviewed' | 'remedy' | 'held' | 'all';
  readonly cameraId?: CameraId | undefined;
  readonly item?: string | undefined;
  readonly district?: string | undefined;
  /** Exclusive. */
  readonly beforeMs?: number | undefined;
  readonly limit: number;
}

type Row = Selectable<Tables['kitchen_violations']> & {
  readonly name: string | null;
  readonly area: string | null;
  readonly rules: readonly CameraRule[] | null;
} & { readonly [Column in keyof ClipRow as `clip_${Column}`]: ClipRow[Column] | null };
type ClipRow = Pick<
  Selectable<Tables['violation_clips']>,
  'from_time' | 'to_time' | 'state' | 'reason' | 'shown_from' | 'shown_to' | 'is_blurred'
> & { readonly key: string | null };

const IS_OPEN = sql<boolean>`v.closed_at IS NULL AND v.stage NOT IN ('dismissed', 'accepted') AND v.held IS NULL`;
const IS_COUNTED = sql<boolean>`v.stage <> 'dismissed' AND v.held IS NULL`;

/** What is wrong in which kitchen, and what people said of it. */
export class ViolationRepository {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** Newest first, but for `remedy`. */
  async list(filter: ViolationFilter): Promise<readonly Violation[]> {
    const { state, cameraId: camera, item, district, beforeMs, limit } = filter;
    let query = this.#select().limit(limit);
    if (state === 'remedy') query = query.orderBy(sql`v.stage = 'answered'`, 'desc').orderBy('v.deadline');
    query = query.orderBy('v.opened_at', 'desc').orderBy('v.violation_id', 'desc');
    if (state === 'open') query = query.where(IS_OPEN);
    if (state === 'unreviewed') query = query.where('v.stage', '=', 'new').where('v.held', 'is', null);
    if (state === 'remedy') query = query.where('v.stage', 'in', ['asked', 'answered']);
    if (state === 'held') query = query.where('v.held', 'is not', null);
    if (state === 'all') query = query.where('v.held', 'is', null);
    if (item !== undefined) query = query.where('v.item', '=', item);
    if (district !== undefined) query = query.where('cameras.area', '=', district);
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

  /**
   * Every kitchen, worst first: those with an overdue remedy, then by score, open violations and name.
   * @param severities of items, 1..3; an item that is not named counts as 1
   */
  async board(severities: Readonly<Record<string, number>>): Promise<readonly Kitchen[]> {
    const nowMs = this.#clock.nowMs();
    const [now, since] = [new Date(nowMs), new Date(nowMs - BOARD_MS)];
    const cameras = await this.#db
      .selectFrom('cameras')
      .select(['camera_id', 'name', 'area'])
      .where('scene', '=', 'kitchen')
      .where('removed_at', 'is', null)
      .execute();
    const { rows: counts } = await sql<BoardCount>`
      SELECT v.camera_id AS "cameraId", v.item,
        count(*) FILTER (WHERE ${IS_OPEN}) AS open,
        count(*) FILTER (WHERE v.stage = 'new' AND v.held IS NULL) AS unreviewed,
        count(*) FILTER (WHERE v.held IS NULL) AS total,
        count(*) FILTER (WHERE ${IS_COUNTED}) AS counted,
        count(*) FILTER (WHERE v.stage = 'asked') AS asked,
        count(*) FILTER (WHERE v.stage = 'answered') AS answered,
        count(*) FILTER (WHERE v.stage = 'asked' AND v.deadline < ${now}) AS overdue,
        min(v.deadline) FILTER (WHERE v.stage = 'asked') AS "nextDeadline",
        (array_agg(v.violation_id ORDER BY ${IS_OPEN} DESC, v.opened_at DESC) FILTER (WHERE ${IS_OPEN}
          OR (v.stage = 'new' AND v.held IS NULL) OR v.stage IN ('asked', 'answered')))[1] AS "pressingId"
      FROM kitchen_violations v WHERE v.opened_at >= ${since} OR (${IS_OPEN}) OR v.stage IN ('asked', 'answered')
      GROUP BY v.camera_id, v.item`.execute(this.#db);
    const { rows: days } = await sql<DayCount & { readonly cameraId: string }>`
      SELECT v.camera_id AS "cameraId", v.item, count(*) AS counted,
        floor(extract(epoch FROM ${now}::timestamptz - v.opened_at) / 86400)::integer AS "daysAgo"
      FROM kitchen_violations v
      WHERE v.opened_at > ${new Date(nowMs - 2 * BOARD_MS)} AND v.opened_at <= ${now} AND ${IS_COUNTED}
      GROUP BY 1, 2, 4`.execute(this.#db);
    const [countsOf, daysOf] = [Map.groupBy(counts, byCamera), Map.groupBy(days, byCamera)];
    const scored = cameras.map((camera) => ({
      ...scoreKitchen(
        { cameraId: cameraId(camera.camera_id), name: camera.name, district: camera.area },
        countsOf.get(camera.camera_id) ?? [],
        severities,
      ),
      scores: scoreHistory(daysOf.get(camera.camera_id) ?? [], severities),
    }));
    const worst = await this.#byIds(scored.flatMap(({ worstId }) => (worstId === undefined ? [] : [worstId])));
    return scored
      .map(({ worstId, ...kitchen }) => ({
        ...kitchen,
        worst: worst.find(({ violationId }) => violationId === worstId),
      }))
      .toSorted(
        (a, b) =>
          Number(b.overdue > 0) - Number(a.overdue > 0) ||
          a.score - b.score ||
          b.open - a.open ||
          a.name.localeCompare(b.name),
      );
  }

  async #byIds(ids: readonly string[]): Promise<readonly Violation[]> {
    if (ids.length === 0) return [];
    return (await this.#select().where('v.violation_id', 'in', ids).execute()).map(toViolation);
  }

  #select() {
    return this.#db
      .selectFrom('kitchen_violations as v')
      .leftJoin('cameras', 'cameras.camera_id', 'v.camera_id')
      .leftJoin('violation_clips as c', 'c.violation_id', 'v.violation_id')
      .selectAll('v')
      .select(['cameras.name', 'cameras.area', 'cameras.rules'])
      .select([
        'c.from_time as clip_from_time',
        'c.to_time as clip_to_time',
        'c.state as clip_state',
        'c.reason as clip_reason',
        'c.clip_key',
        'c.shown_from as clip_shown_from',
        'c.shown_to as clip_shown_to',
        'c.is_blurred as clip_is_blurred',
      ]);
  }
}

function byCamera({ cameraId: camera }: { readonly cameraId: string }): string {
  return camera;
}

function toClip(row: Row): ViolationClip | undefined {
  if (!row.clip_from_time || !row.clip_to_time || !row.clip_state) return undefined;
  const { clip_key: key, clip_shown_from: shownFrom, clip_shown_to: shownTo, clip_is_blurred: isBlurred } = row;
  return {
    fromMs: toMs(row.clip_from_time),
    toMs: toMs(row.clip_to_time),
    state: row.clip_state,
    reason: orUndefined(row.clip_reason),
    ready:
      key !== null && shownFrom && shownTo
        ? { key, shownFromMs: toMs(shownFrom), shownToMs: toMs(shownTo), isBlurred: isBlurred === true }
        : undefined,
  };
}

function toViolation(row: Row): Violation {
  return {
    violationId: row.violation_id,
    cameraId: cameraId(row.camera_id),
    kitchenName: row.name ?? row.camera_id,
    district: row.area ?? '',
    item: row.item,
    itemVersion: row.item_version,
    ruleId: row.rule_id,
    ruleName: row.rules?.find(({ id }) => id === row.rule_id)?.name,
    score: row.score,
    box: row.box,
    sinceMs: toMs(row.since),
    openedAtMs: toMs(row.opened_at),
    closedAtMs: row.closed_at ? toMs(row.closed_at) : undefined,
    pictureKey: orUndefined(row.picture_key),
    clip: toClip(row),
    stage: row.stage,
    revision: row.revision,
    held: orUndefined(row.held),
    deadlineMs: row.deadline ? toMs(row.deadline) : undefined,
    askedAtMs: row.asked_at ? toMs(row.asked_at) : undefined,
    answeredAtMs: row.answered_at ? toMs(row.answered_at) : undefined,
    settledAtMs: row.settled_at ? toMs(row.settled_at) : undefined,
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
