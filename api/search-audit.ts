import type { Case } from '#storage/cases/case.ts';
import type { Storage } from '#storage/storage.ts';
import { casePurpose, noteRefusal } from './case-audit.ts';
import type { SessionUser } from './plugins/auth.ts';

export interface AuditedSearch {
  readonly action: 'sighting.search' | 'sighting.trajectory' | 'sighting.clones' | 'sighting.export';
  readonly target: string;
  readonly purpose: string;
  /** Stands in the detail, so that the search is part of the history of that case. */
  readonly caseId: string | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Writes who searched for what, and why, before the answer is made: no search without its trace. What was not asked for is left out of the
 * detail. A search that is part of a case is for its members, and has its number beside the purpose.
 *
 * @returns the case
 * @throws {AppError} `CASE_NOT_FOUND`, `CASE_FORBIDDEN`, `CASE_CLOSED`
 */
export async function auditSearch(
  storage: Pick<Storage, 'audit' | 'cases'>,
  user: SessionUser,
  { action, target, purpose, caseId, detail }: AuditedSearch,
): Promise<Case | undefined> {
  const found =
    caseId === undefined
      ? undefined
      : await noteRefusal(storage.audit, user, caseId, () => storage.cases.requireMember(caseId, user));
  const all: Readonly<Record<string, unknown>> = { caseId, ...detail };
  const asked = Object.entries(all).filter(([, value]) => value !== undefined && value !== false);
  await storage.audit.append({
    userId: user.id,
    username: user.username,
    action,
    target,
    purpose: found ? `${purpose} (${casePurpose(found)})` : purpose,
    detail: Object.fromEntries(asked),
  });
  return found;
}
