import { formatDuration } from './format.ts';
import type { Say } from './i18n.ts';

const dayMs = 86_400_000;

/** How long something still lasts: in days while there are some, below that in hours and minutes. */
export function timeLeft(say: Say, leftMs: number): string {
  return leftMs > dayMs ? say('common.days', { days: Math.floor(leftMs / dayMs) }) : formatDuration(leftMs);
}
