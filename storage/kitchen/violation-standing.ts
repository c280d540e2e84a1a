import type { Selectable } from 'kysely';
import { type Tables, orUndefined, toMs } from '../database.ts';
import type { Standing, ViolationStep } from './violation.ts';

type Row = Selectable<Tables['kitchen_violations']>;

export function standingOf(row: Row): Standing {
  return {
    stage: row.stage,
    decision: row.review_decision,
    reason: row.review_reason,
    note: row.review_note,
    reviewedBy: row.reviewed_by,
    reviewedAt: isoOrNull(row.reviewed_at),
    deadline: isoOrNull(row.deadline),
    askedAt: isoOrNull(row.asked_at),
    answeredAt: isoOrNull(row.answered_at),
    settledAt: isoOrNull(row.settled_at),
  };
}

/** The columns that steps change. */
export function columnsOf(standing: Standing) {
  return {
    stage: standing.stage,
    review_decision: standing.decision ?? null,
    review_reason: standing.reason ?? null,
    review_note: standing.note ?? null,
    reviewed_by: standing.reviewedBy ?? null,
    reviewed_at: dateOrNull(standing.reviewedAt),
    deadline: dateOrNull(standing.deadline),
    asked_at: dateOrNull(standing.askedAt),
    answered_at: dateOrNull(standing.answeredAt),
    settled_at: dateOrNull(standing.settledAt),
  };
}

export function toStep(row: Selectable<Tables['violation_steps']>): ViolationStep {
  return {
    revision: row.revision,
    step: row.step,
    timeMs: toMs(row.time),
    by: orUndefined(row.by_user),
    reason: orUndefined(row.reason),
    note: orUndefined(row.note),
    deadlineMs: row.deadline ? toMs(row.deadline) : undefined,
    photoKey: orUndefined(row.photo_key),
  };
}

function isoOrNull(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

function dateOrNull(iso: string | null | undefined): Date | null {
  return iso ? new Date(iso) : null;
}
