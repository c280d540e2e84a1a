import { analyzerErrors } from '#analyzers/errors.ts';
import { HYGIENE_CATALOGUE, hygieneItem } from '#analyzers/packs/kitchen/hygiene-catalogue.ts';
import { ingestErrors } from '#ingest/errors.ts';
import { storageErrors } from '#storage/errors.ts';
import type { ViolationStep as DomainStep } from '#storage/kitchen/violation.ts';
import type { Violation as DomainViolation } from '#storage/kitchen/violation-repository.ts';
import { isOverdue } from '#storage/kitchen/violation-stage.ts';
import {
  DismissReason,
  type HygieneItem,
  type Violation,
  type ViolationClip,
  type ViolationStep,
} from './contract/kitchen.ts';
import { evidenceUrl } from './evidence-url.ts';
import { GAP_SENTENCES } from './gap-sentences.ts';
import { iso } from './time-range.ts';

const SEVERITY: Readonly<Record<string, number>> = Object.fromEntries(
  HYGIENE_CATALOGUE.map((item) => [item.code, item.severity]),
);
/** Of an item that the catalogue no longer knows. */
const CLIP_MS = { clipBeforeMs: 10_000, clipAfterMs: 10_000 };
const DISMISS_REASONS: readonly DismissReason[] = DismissReason.anyOf.map((option) => option.const);

export const severities = SEVERITY;

export function hygieneItems(): HygieneItem[] {
  return HYGIENE_CATALOGUE.map((item) => ({
    code: item.code,
    version: item.version,
    nameEn: item.name.en,
    nameZh: item.name.zh,
    severity: item.severity,
    status: item.status === 'bring your model' ? 'bring-your-model' : item.status,
    methodEn: item.method.en,
    methodZh: item.method.zh,
    zone: item.zone,
    needs: [...item.needs],
    graceMs: item.graceMs,
    handledBy: item.handledBy,
    remedyDeadlineHours: item.remedyDeadlineHours,
  }));
}

export function toViolationView(violation: DomainViolation, nowMs: number): Violation {
  const { review } = violation;
  const reason = DISMISS_REASONS.find((known) => known === review?.reason);
  return {
    violationId: violation.violationId,
    cameraId: violation.cameraId,
    kitchenName: violation.kitchenName,
    district: violation.district,
    item: violation.item,
    itemVersion: violation.itemVersion,
    ruleName: violation.ruleName ?? violation.item,
    severity: SEVERITY[violation.item] ?? 1,
    score: violation.score,
    box: violation.box,
    since: iso(violation.sinceMs),
    openedAt: iso(violation.openedAtMs),
    ...(violation.closedAtMs === undefined ? {} : { closedAt: iso(violation.closedAtMs) }),
    ...(violation.pictureKey === undefined ? {} : { pictureUrl: evidenceUrl(violation.pictureKey) }),
    clip: toClipView(violation),
    stage: violation.stage,
    revision: violation.revision,
    isOverdue: isOverdue(violation, nowMs),
    ...(violation.held === undefined ? {} : { held: violation.held }),
    ...times({
      deadline: violation.deadlineMs,
      askedAt: violation.askedAtMs,
      answeredAt: violation.answeredAtMs,
      settledAt: violation.settledAtMs,
    }),
    ...(review
      ? {
          review: {
            decision: review.decision,
            by: review.by,
            at: iso(review.atMs),
            ...(reason === undefined ? {} : { reason }),
            ...(review.note === undefined ? {} : { note: review.note }),
          },
        }
      : {}),
  };
}

export function toStepView(step: DomainStep): ViolationStep {
  return {
    revision: step.revision,
    step: step.step,
    time: iso(step.timeMs),
    ...(step.by === undefined ? {} : { by: step.by }),
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.note === undefined ? {} : { note: step.note }),
    ...(step.deadlineMs === undefined ? {} : { deadline: iso(step.deadlineMs) }),
    ...(step.photoKey === undefined ? {} : { photoUrl: evidenceUrl(step.photoKey) }),
  };
}

function toClipView({ clip, item, sinceMs, openedAtMs }: DomainViolation): ViolationClip {
  if (!clip) {
    const { clipBeforeMs, clipAfterMs } = hygieneItem(item)?.evidence ?? CLIP_MS;
    const [from, to] = [iso(sinceMs - clipBeforeMs), iso(openedAtMs + clipAfterMs)];
    return { from, to, state: 'gone', mayRetry: false };
  }
  const { state, ready } = clip;
  const reason = clip.reason === undefined ? undefined : reasonOf(clip.reason);
  return {
    from: iso(ready?.shownFromMs ?? clip.fromMs),
    to: iso(ready?.shownToMs ?? clip.toMs),
    state,
    ...(ready ? { url: evidenceUrl(ready.key), isBlurred: ready.isBlurred } : {}),
    ...(reason ? { reason } : {}),
    mayRetry: state === 'failed' || state === 'gone',
  };
}

/** @param reason cause of a gap, or code of an error */
function reasonOf(reason: string): ViolationClip['reason'] {
  const gap = Object.entries(GAP_SENTENCES).find(([cause]) => cause === reason)?.[1];
  if (gap) return gap;
  const errors = { ...ingestErrors, ...analyzerErrors, ...storageErrors };
  const text = Object.entries(errors).find(([code]) => code === reason)?.[1].text;
  return text && { zh: `${text.zh}${text.remedyZh}`, en: `${text.en} ${text.remedyEn}` };
}

/** Those that are there, as ISO 8601. */
function times<K extends string>(values: Readonly<Record<K, number | undefined>>): Partial<Record<K, string>> {
  const known: Partial<Record<K, string>> = {};
  for (const name in values) {
    const timeMs = values[name];
    if (timeMs !== undefined) known[name] = iso(timeMs);
  }
  return known;
}
