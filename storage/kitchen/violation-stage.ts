import type { Stage, Step } from './violation.ts';

type TakenStep = Exclude<Step, 'undone'>;

const STEPS: Readonly<Record<TakenStep, { readonly from: readonly Stage[]; readonly to: Stage | undefined }>> = {
  // A second review replaces the first.
  confirmed: { from: ['new', 'confirmed', 'dismissed'], to: 'confirmed' },
  dismissed: { from: ['new', 'confirmed', 'dismissed', 'asked', 'answered'], to: 'dismissed' },
  asked: { from: ['new', 'confirmed'], to: 'asked' },
  sent_back: { from: ['answered'], to: 'asked' },
  answered: { from: ['asked'], to: 'answered' },
  accepted: { from: ['confirmed', 'asked', 'answered'], to: 'accepted' },
  rechecked: { from: ['confirmed', 'asked', 'answered'], to: undefined },
  link_renewed: { from: ['asked'], to: undefined },
  link_revoked: { from: ['asked'], to: undefined },
};

/** Where a violation stands after a step; undefined: the step cannot be taken from here. */
export function stageAfter(stage: Stage, step: TakenStep): Stage | undefined {
  const { from, to } = STEPS[step];
  return from.includes(stage) ? (to ?? stage) : undefined;
}

/** A kitchen that was asked and has not answered in time. */
export function isOverdue(
  violation: { readonly stage: Stage; readonly deadlineMs: number | undefined },
  nowMs: number,
): boolean {
  return violation.stage === 'asked' && violation.deadlineMs !== undefined && violation.deadlineMs < nowMs;
}
