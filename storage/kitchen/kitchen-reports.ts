import { sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Database } from '../database.ts';
import { type DayCount, SCORE_DAYS, scoreHistory } from './kitchen-score.ts';

const DAY_MS = 86_400_000;

/** What became of one item in one kitchen during a period. Held violations are left out. */
export interface ReportCount {
  readonly item: string;
  /** Found in the period; the next three say what inspectors have said of these so far. */
  readonly raised: number;
  readonly confirmed: number;
  readonly dismissed: number;
  readonly unreviewed: number;
  /** At the end of the period: still going on in the kitchen. */
  readonly open: number;
  /** At the end of the period: asked to be put right, and not accepted yet. */
  readonly outstanding: number;
  /** Of those, whose deadline was over without an answer. */
  readonly overdue: number;
  /** Accepted in the period. */
  readonly closed: number;
  /** Of those accepted: hours from the first question to the last answer, or to acceptance when there was no answer. */
  readonly remedyHours: readonly number[];
}

export interface KitchenReportRow {
  readonly cameraId: string;
  readonly name: string;
  readonly district: string;
  /** At the end of the period, or now when that is not over. */
  readonly score: number;
  readonly counts: readonly ReportCount[];
}

export interface ReportPeriod {
  readonly kind: 'day' | 'week';
  /** `YYYY-MM-DD`; a week is the one, Monday to Sunday, that this day is in. */
  readonly day: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** Figures of a day or week of every kitchen. */
export class KitchenReports {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(deps: { readonly db: Database; readonly clock: Clock }) {
    this.#db = deps.db;
    this.#clock = deps.clock;
  }

  /** By the calendar of the time zone: a day on which clocks change has 23 or 25 hours. An unknown zone or day is refused by the database. */
  async range({ kind, day, timeZone }: ReportPeriod): Promise<{ readonly fromMs: number; readonly toMs: number }> {
    const { rows } = await sql<{ from: Date; to: Date }>`
      SELECT first::timestamp AT TIME ZONE ${timeZone}::text AS "from",
        (first + ${kind === 'week' ? 7 : 1}::integer)::timestamp AT TIME ZONE ${timeZone}::text AS "to"
      FROM (SELECT date_trunc(${kind}::text, ${day}::date)::date AS first) AS period`.execute(this.#db);
    const [row] = rows;
    if (!row) throw new Error('no range');
    return { fromMs: row.from.getTime(), toMs: row.to.getTime() };
  }

  /** By district, then name. */
  async report(
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
    severities: Readonly<Record<string, number>>,
  ): Promise<readonly KitchenReportRow[]> {
    const end = new Date(Math.min(toMs, this.#clock.nowMs()));
    const [from, to] = [new Date(fromMs), new Date(toMs)];
    const cameras = await this.#db
      .selectFrom('cameras')
      .select(['camera_id', 'name', 'area'])
      .where('scene', '=', 'kitchen')
      .where('removed_at', 'is', null)
      .orderBy('area')
      .orderBy('name')
      .execute();
    const isRaised = sql`opened_at >= ${from} AND opened_at < ${to}`;
    const isUnsettled = sql`stage <> 'dismissed' AND (settled_at IS NULL OR settled_at >= ${to})`;
    const isClosed = sql`stage <> 'dismissed' AND settled_at >= ${from} AND settled_at < ${to}`;
    const { rows: counts } = await sql<ReportCount & { readonly cameraId: string }>`
      SELECT camera_id AS "cameraId", item,
        count(*) FILTER (WHERE ${isRaised}) AS raised,
        count(*) FILTER (WHERE ${isRaised} AND review_decision = 'confirmed') AS confirmed,
        count(*) FILTER (WHERE ${isRaised} AND review_decision = 'dismissed') AS dismissed,
        count(*) FILTER (WHERE ${isRaised} AND review_decision IS NULL) AS unreviewed,
        count(*) FILTER (WHERE (closed_at IS NULL OR closed_at >= ${to}) AND ${isUnsettled}) AS open,
        count(*) FILTER (WHERE asked_at < ${to} AND ${isUnsettled}) AS outstanding,
        count(*) FILTER (WHERE asked_at < ${to} AND ${isUnsettled} AND deadline < ${end}
          AND (answered_at IS NULL OR answered_at >= ${to})) AS overdue,
        count(*) FILTER (WHERE ${isClosed}) AS closed,
        coalesce(array_agg((extract(epoch FROM coalesce(answered_at, settled_at) - asked_at) / 3600)::double precision)
          FILTER (WHERE ${isClosed} AND asked_at IS NOT NULL), '{}') AS "remedyHours"
      FROM kitchen_violations WHERE opened_at < ${to} AND held IS NULL
      GROUP BY camera_id, item ORDER BY item`.execute(this.#db);
    const { rows: days } = await sql<DayCount & { readonly cameraId: string }>`
      SELECT camera_id AS "cameraId", item, count(*) AS counted,
        floor(extract(epoch FROM ${end}::timestamptz - opened_at) / 86400)::integer AS "daysAgo"
      FROM kitchen_violations
      WHERE opened_at > ${new Date(end.getTime() - SCORE_DAYS * DAY_MS)} AND opened_at <= ${end}
        AND stage <> 'dismissed' AND held IS NULL
      GROUP BY 1, 2, 4`.execute(this.#db);
    return cameras.map((camera) => ({
      cameraId: camera.camera_id,
      name: camera.name,
      district: camera.area,
      score:
        scoreHistory(
          days.filter(({ cameraId }) => cameraId === camera.camera_id),
          severities,
        ).at(-1) ?? 100,
      counts: counts
        .filter(({ cameraId }) => cameraId === camera.camera_id)
        .map(({ cameraId: _, ...count }) => count)
        .filter(({ raised, open, outstanding, closed }) => raised + open + outstanding + closed > 0),
    }));
  }
}
