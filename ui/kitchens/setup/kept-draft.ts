import type { SetupDraft } from './setup-draft.ts';

export interface KeptDraft {
  readonly draft: SetupDraft;
  readonly savedMs: number;
  /** What is live is still what it was when the draft was begun. */
  readonly isOfNow: boolean;
}

export function keptName(cameraId: string): string {
  return `kitchen-setup.${cameraId}`;
}

export function keepText(draft: SetupDraft, live: SetupDraft, savedMs: number): string {
  return JSON.stringify({ basis: JSON.stringify(live), savedMs, draft });
}

/** Reads what this browser kept of an unfinished set-up; undefined: nothing that differs from what is live. */
export function keptDraft(text: string | undefined, live: SetupDraft): KeptDraft | undefined {
  try {
    const kept: unknown = JSON.parse(text ?? '');
    if (!isRecord(kept) || typeof kept['savedMs'] !== 'number' || !isDraft(kept['draft'])) return undefined;
    const { draft, savedMs, basis } = kept;
    if (JSON.stringify(draft) === JSON.stringify(live)) return undefined;
    return { draft, savedMs, isOfNow: basis === JSON.stringify(live) };
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Written by this page, perhaps an older one: enough is looked at that nothing breaks. */
function isDraft(value: unknown): value is SetupDraft {
  if (!isRecord(value) || !Array.isArray(value['zones']) || !Array.isArray(value['items'])) return false;
  const zones: readonly unknown[] = value['zones'];
  const items: readonly unknown[] = value['items'];
  const areZones = zones.every(
    (zone) => isRecord(zone) && typeof zone['name'] === 'string' && Array.isArray(zone['points']),
  );
  return areZones && items.every((item) => isRecord(item) && typeof item['graceMs'] === 'number');
}
