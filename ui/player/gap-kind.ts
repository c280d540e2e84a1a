import type { Gap } from '#api/contract/recordings.ts';

const planned: readonly string[] = ['recording_off', 'outside_schedule', 'no_event'];

/** Whether nothing was recorded because nothing was to be; everything else is a loss. */
export function isPlannedGap({ cause }: Pick<Gap, 'cause'>): boolean {
  return planned.includes(cause);
}
