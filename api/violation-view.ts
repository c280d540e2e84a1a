import { HYGIENE_CATALOGUE } from '#analyzers/packs/kitchen/hygiene-catalogue.ts';
import type { Violation as DomainViolation } from '#storage/kitchen/violation-repository.ts';
import { DismissReason, type HygieneItem, type Violation } from './contract/kitchen.ts';
import { evidenceUrl } from './evidence-url.ts';
import { iso } from './time-range.ts';

const SEVERITY: Readonly<Record<string, number>> = Object.fromEntries(
  HYGIENE_CATALOGUE.map((item) => [item.code, item.severity]),
);
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

export function toViolationView(violation: DomainViolation): Violation {
  const { review } = violation;
  const reason = DISMISS_REASONS.find((known) => known === review?.reason);
  return {
    violationId: violation.violationId,
    cameraId: violation.cameraId,
    kitchenName: violation.kitchenName,
    district: violation.district,
    item: violation.item,
    ruleName: violation.ruleName ?? violation.item,
    severity: SEVERITY[violation.item] ?? 1,
    score: violation.score,
    box: violation.box,
    since: iso(violation.sinceMs),
    openedAt: iso(violation.openedAtMs),
    ...(violation.closedAtMs === undefined ? {} : { closedAt: iso(violation.closedAtMs) }),
    ...(violation.pictureKey === undefined ? {} : { pictureUrl: evidenceUrl(violation.pictureKey) }),
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
