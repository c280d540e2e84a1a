import { type Selectable, type Transaction, sql } from 'kysely';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Database, Tables } from '../database.ts';
import { storageErrors } from '../errors.ts';
import { holdWhenWeak } from './kitchen-items.ts';
import { type AskedRemedy, queueRemedy, type RemedyLinks } from './remedy-links.ts';
import type { ReviewDecision, Standing, Step, ViolationStep } from './violation.ts';
import { columnsOf, standingOf, toStep } from './violation-standing.ts';
import { stageAfter } from './violation-stage.ts';

const UNDO_WITHIN_MS = 15 * 60_000;
/** An answer of the kitchen, and what was taken back already, are not undone. */
const UNDOABLE: readonly Step[] = ['confirmed', 'dismissed', 'asked', 'sent_back', 'accepted', 'rechecked'];
const NOBODY_ASKED = new Set<Step>(['dismissed', 'accepted']);

type Row = Selectable<Tables['kitchen_violations']>;

/** Who takes a step, on what they saw. */
export interface Acting {
  /** User name. */
  readonly by: string;
  /** Of the violation as it was shown; undefined: take the step whatever happened since. */
  readonly revision?: number | undefined;
}

interface Taken {
  readonly step: Exclude<Step, 'undone'>;
  readonly by: string | undefined;
  readonly revision?: number | undefined;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
  readonly deadlineMs?: number | undefined;
  readonly photoKey?: string | undefined;
  readonly linkId?: string | undefined;
  readonly changes?: (nowIso: string) => Partial<Standing>;
}

/**
 * What people do with a violation. Each step is a row that stays; two inspectors at once cannot both win.
 * All methods throw {@link AppError} `VIOLATION_NOT_FOUND`, `VIOLATION_CHANGED` (with `holder`, who was first) or `VIOLATION_STEP_REFUSED`.
 */
export class ViolationWork {
  readonly links: RemedyLinks;
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #hold: { readonly precision: number; readonly answers: number };

  constructor(deps: {
    readonly db: Database;
    readonly links: RemedyLinks;
    readonly clock: Clock;
    /** Below this precision, after so many answers, an item is put on hold in its kitchen. */
    readonly hold: { readonly precision: number; readonly answers: number };
  }) {
    this.#db = deps.db;
    this.links = deps.links;
    this.#clock = deps.clock;
    this.#hold = deps.hold;
  }

  /** A second review replaces the first; both stay in the steps. */
  async review(
    violationId: string,
    review: Acting & {
      readonly decision: ReviewDecision;
      readonly reason?: string | undefined;
      readonly note?: string | undefined;
    },
  ): Promise<void> {
    const { decision, reason, note, by, revision } = review;
    await this.#inTransaction(async (transaction) => {
      const row = await this.#take(transaction, violationId, {
        ...{ step: decision, by, revision, reason, note },
        changes: (nowIso) => ({
          ...{ decision, reason: reason ?? null, note: note ?? null, reviewedBy: by, reviewedAt: nowIso },
        }),
      });
      await holdWhenWeak(transaction, row, { ...this.#hold, nowMs: this.#clock.nowMs() });
    });
  }

  /**
   * Asks the kitchen to put it right, or (`sent_back`) once more. What nobody had judged is confirmed by that.
   * @returns the link by which it answers
   */
  async ask(violationId: string, asked: AskedRemedy & Acting & { readonly isAgain: boolean }): Promise<string> {
    const { by, revision, note, deadlineMs, isAgain } = asked;
    return await this.#inTransaction(async (transaction) => {
      const link = this.links.prepare(deadlineMs);
      const deadline = new Date(deadlineMs).toISOString();
      await this.#take(transaction, violationId, {
        ...{ step: isAgain ? 'sent_back' : 'asked', by, revision, note, deadlineMs, linkId: link.linkId },
        changes: (nowIso) => ({
          ...{ deadline, answeredAt: null },
          ...(isAgain ? {} : { askedAt: nowIso, decision: 'confirmed', reviewedBy: by, reviewedAt: nowIso }),
        }),
      });
      await this.links.insert(transaction, violationId, link, by);
      await queueRemedy(transaction, violationId, link, { ...asked, nowMs: this.#clock.nowMs() });
      return this.links.urlOf(link, asked.origin);
    });
  }

  /** The former link ends at once. @returns the new one */
  async renewLink(
    violationId: string,
    { by, revision, origin }: Acting & { readonly origin: string },
  ): Promise<string> {
    return await this.#inTransaction(async (transaction) => {
      const { deadline } = await this.#take(transaction, violationId, { step: 'link_renewed', by, revision });
      await this.links.revoke(transaction, violationId, this.#now());
      const link = this.links.prepare(Math.max(deadline?.getTime() ?? 0, this.#clock.nowMs()));
      await this.links.insert(transaction, violationId, link, by);
      return this.links.urlOf(link, origin);
    });
  }

  async revokeLink(violationId: string, acting: Acting): Promise<void> {
    await this.#inTransaction(async (transaction) => {
      await this.#take(transaction, violationId, { step: 'link_revoked', ...acting });
      await this.links.revoke(transaction, violationId, this.#now());
    });
  }

  /** @throws {AppError} also `REMEDY_LINK_ENDED`, `REMEDY_ANSWERED` */
  async answer(
    linkId: string,
    answer: { readonly note: string; readonly photoKey: string | undefined },
  ): Promise<string> {
    return await this.#inTransaction(async (transaction) => {
      const violationId = await this.links.use(transaction, linkId, this.#now());
      await this.#take(transaction, violationId, {
        ...{ step: 'answered', by: undefined, ...answer, linkId },
        changes: (answeredAt) => ({ answeredAt }),
      });
      return violationId;
    });
  }

  /** Closes it. */
  async accept(violationId: string, acting: Acting & { readonly note?: string | undefined }): Promise<void> {
    await this.#inTransaction(async (transaction) => {
      await this.#take(transaction, violationId, {
        ...{ step: 'accepted', ...acting },
        changes: (settledAt) => ({ settledAt }),
      });
    });
  }

  /** Writes down what another look at the kitchen showed; the violation stands as it stood. */
  async recheck(
    violationId: string,
    { result, ...acting }: Acting & { readonly result: 'clear' | 'still_there'; readonly note?: string | undefined },
  ): Promise<void> {
    await this.#inTransaction(async (transaction) => {
      await this.#take(transaction, violationId, { step: 'rechecked', reason: result, ...acting });
    });
  }

  /** Takes the last step back: who took it, and soon. @throws {AppError} also `VIOLATION_UNDO_REFUSED` */
  async undo(violationId: string, { by, revision }: Acting): Promise<void> {
    await this.#inTransaction(async (transaction) => {
      const row = await this.#lock(transaction, violationId, revision);
      const last = await transaction
        .selectFrom('violation_steps')
        .selectAll()
        .where('violation_id', '=', violationId)
        .where('revision', '=', row.revision)
        .executeTakeFirst();
      const isTooLate = this.#clock.nowMs() - (last?.time.getTime() ?? 0) > UNDO_WITHIN_MS;
      if (!last || last.by_user !== by || isTooLate || !UNDOABLE.includes(last.step))
        throw storageErrors.VIOLATION_UNDO_REFUSED({ violationId, step: last?.step });
      await this.#write(transaction, row, last.before, { step: 'undone', by, reason: last.step });
      if (last.link_id !== null) await this.links.forget(transaction, last.link_id, this.#now());
      if (NOBODY_ASKED.has(last.step)) await this.links.restore(transaction, violationId, last.time);
    });
  }

  /** Oldest first. */
  async steps(violationId: string): Promise<readonly ViolationStep[]> {
    const rows = await this.#db
      .selectFrom('violation_steps')
      .selectAll()
      .where('violation_id', '=', violationId)
      .orderBy('revision')
      .execute();
    return rows.map(toStep);
  }

  async #take(transaction: Transaction<Tables>, violationId: string, taken: Taken): Promise<Row> {
    const row = await this.#lock(transaction, violationId, taken.revision);
    const stage = stageAfter(row.stage, taken.step);
    if (!stage) throw storageErrors.VIOLATION_STEP_REFUSED({ violationId, stage: row.stage, step: taken.step });
    const now = this.#now();
    await this.#write(
      transaction,
      row,
      { ...standingOf(row), ...taken.changes?.(now.toISOString()), stage },
      { ...taken, now },
    );
    // What is closed is answered no more.
    if (NOBODY_ASKED.has(taken.step)) await this.links.revoke(transaction, violationId, now);
    return row;
  }

  async #lock(transaction: Transaction<Tables>, violationId: string, revision: number | undefined): Promise<Row> {
    const row = await transaction
      .selectFrom('kitchen_violations')
      .selectAll()
      .where('violation_id', '=', violationId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw storageErrors.VIOLATION_NOT_FOUND({ violationId });
    if (revision === undefined || revision === row.revision) return row;
    const { rows } = await sql<{ by_user: string | null }>`
      SELECT by_user FROM violation_steps WHERE violation_id = ${violationId}
      ORDER BY revision DESC LIMIT 1`.execute(transaction);
    throw storageErrors.VIOLATION_CHANGED({ violationId, holder: rows[0]?.by_user ?? undefined });
  }

  async #write(
    transaction: Transaction<Tables>,
    row: Row,
    standing: Standing,
    step: Omit<Taken, 'step'> & { readonly step: Step; readonly now?: Date },
  ): Promise<void> {
    const revision = row.revision + 1;
    await transaction
      .updateTable('kitchen_violations')
      .set({ ...columnsOf(standing), revision })
      .where('violation_id', '=', row.violation_id)
      .execute();
    await transaction
      .insertInto('violation_steps')
      .values({
        violation_id: row.violation_id,
        revision,
        step: step.step,
        time: step.now ?? this.#now(),
        by_user: step.by ?? null,
        reason: step.reason ?? null,
        note: step.note ?? null,
        deadline: step.deadlineMs === undefined ? null : new Date(step.deadlineMs),
        photo_key: step.photoKey ?? null,
        link_id: step.linkId ?? null,
        before: JSON.stringify(standingOf(row)),
      })
      .execute();
  }

  #now(): Date {
    return new Date(this.#clock.nowMs());
  }

  async #inTransaction<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T> {
    return await this.#db.transaction().execute(work);
  }
}
