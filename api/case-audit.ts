import { AppError } from '#infra/runtime/app-error.ts';
import type { AuditLog } from '#storage/audit/audit-log.ts';
import type { Case } from '#storage/cases/case.ts';
import type { SessionUser } from './plugins/auth.ts';

export interface CaseDeed {
  /** e.g. `case.add_item`. */
  readonly action: `case.${string}`;
  readonly target: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Why it is done: number and reason of the case. */
export function casePurpose({ number, reason }: Pick<Case, 'number' | 'reason'>): string {
  return `${number} ${reason}`;
}

/** Writes down what was done in a case; `caseId` in the detail makes it part of the history of that case. */
export async function auditCase(
  audit: Pick<AuditLog, 'append'>,
  user: SessionUser,
  found: Case,
  { action, target, detail = {} }: CaseDeed,
): Promise<void> {
  await audit.append({
    userId: user.id,
    username: user.username,
    action,
    target,
    purpose: casePurpose(found),
    detail: { caseId: found.caseId, ...detail },
  });
}

/** Who tries a case that is not theirs leaves a row too; then the refusal goes on its way. */
export async function noteRefusal<T>(
  audit: Pick<AuditLog, 'append'>,
  user: SessionUser,
  caseId: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error))
      await audit.append({
        userId: user.id,
        username: user.username,
        action: 'case.refused',
        target: caseId,
        detail: { caseId, code: error.code },
      });
    throw error;
  }
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === 'CASE_FORBIDDEN' || error.code === 'CASE_OWNER_ONLY');
}
