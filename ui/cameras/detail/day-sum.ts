import type { Timeline } from '#api/contract/recordings.ts';
import { isPlannedGap } from '../../player/gap-kind.ts';

export interface DayGap {
  readonly gap: Timeline['gaps'][number];
  /** Undefined: it goes on. */
  readonly durationMs: number | undefined;
  readonly isPlanned: boolean;
}

export interface DaySum {
  readonly sizeBytes: number;
  readonly recordedMs: number;
  readonly lostMs: number;
  /** RFC 6381 of the newest file. */
  readonly codecs: string | undefined;
  /** Newest first. */
  readonly gaps: readonly DayGap[];
}

/** What a day's timeline comes to; what reaches beyond its ends counts only inside. */
export function sumDay(timeline: Timeline, nowMs: number): DaySum {
  const fromMs = new Date(timeline.from).getTime();
  const toMs = Math.min(nowMs, new Date(timeline.to).getTime());
  const inside = (start: string, end: string | undefined): number => {
    const endMs = end === undefined ? toMs : Math.min(toMs, new Date(end).getTime());
    return Math.max(0, endMs - Math.max(fromMs, new Date(start).getTime()));
  };
  const gaps = timeline.gaps.map((gap): DayGap => {
    const isPlanned = isPlannedGap(gap);
    if (gap.end === undefined) return { gap, durationMs: undefined, isPlanned };
    return { gap, durationMs: new Date(gap.end).getTime() - new Date(gap.start).getTime(), isPlanned };
  });
  return {
    sizeBytes: timeline.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    recordedMs: timeline.segments.reduce((sum, { start, end }) => sum + inside(start, end), 0),
    lostMs: gaps.reduce((sum, { gap, isPlanned }) => sum + (isPlanned ? 0 : inside(gap.start, gap.end)), 0),
    codecs: timeline.segments.at(-1)?.codec,
    gaps: gaps.toReversed(),
  };
}
