import type { CameraId } from '#ingest/media.ts';
import type { Violation } from './violation.ts';

/** How far back a score looks. */
export const SCORE_DAYS = 30;

/** Violations of one kitchen and item, of 30 days and those still open. */
export interface BoardCount {
  readonly cameraId: string;
  readonly item: string;
  readonly open: number;
  readonly unreviewed: number;
  readonly total: number;
  /** Confirmed or not yet reviewed. */
  readonly counted: number;
  readonly asked: number;
  readonly answered: number;
  /** Of those asked, whose deadline is over. */
  readonly overdue: number;
  readonly nextDeadline: Date | null;
  /** The newest that is open, else the newest with something to do. */
  readonly pressingId: string | null;
}

/** Violations of one item that were found `daysAgo` (whole days) and not dismissed. */
export interface DayCount {
  readonly item: string;
  readonly daysAgo: number;
  readonly counted: number;
}

export interface Kitchen {
  readonly cameraId: CameraId;
  readonly name: string;
  readonly district: string;
  readonly open: number;
  readonly unreviewed: number;
  readonly last30Days: number;
  /** 100 less 10 × severity per confirmed or unreviewed violation; not below 0. */
  readonly score: number;
  /** The score at the end of each of the last 30 days, the last is now; by what is known of them today. */
  readonly scores: readonly number[];
  /** Violations that it was asked to put right, of which it has answered, and has not answered in time. */
  readonly asked: number;
  readonly answered: number;
  readonly overdue: number;
  readonly nextDeadlineMs: number | undefined;
  /** Items with something to do: open, not reviewed, or a remedy that is not accepted. */
  readonly openItems: readonly string[];
  /** Of the open ones the newest of the gravest item; when none is open, of those with something to do. */
  readonly worst: Violation | undefined;
}

export function scoreKitchen(
  kitchen: Pick<Kitchen, 'cameraId' | 'name' | 'district'>,
  counts: readonly BoardCount[],
  severities: Readonly<Record<string, number>>,
): Omit<Kitchen, 'worst' | 'scores'> & { readonly worstId: string | undefined } {
  const severityOf = ({ item }: BoardCount): number => severities[item] ?? 1;
  const sum = (pick: (count: BoardCount) => number): number => counts.reduce((total, count) => total + pick(count), 0);
  const gravest = counts
    .filter(({ pressingId }) => pressingId !== null)
    .toSorted((a, b) => Number(b.open > 0) - Number(a.open > 0) || severityOf(b) - severityOf(a))[0];
  const deadlines = counts.flatMap(({ nextDeadline }) => (nextDeadline ? [nextDeadline.getTime()] : []));
  return {
    ...kitchen,
    open: sum(({ open }) => open),
    unreviewed: sum(({ unreviewed }) => unreviewed),
    last30Days: sum(({ total }) => total),
    score: Math.max(0, 100 - sum((count) => 10 * severityOf(count) * count.counted)),
    asked: sum(({ asked }) => asked),
    answered: sum(({ answered }) => answered),
    overdue: sum(({ overdue }) => overdue),
    openItems: counts
      .filter(({ open, unreviewed, asked, answered }) => open + unreviewed + asked + answered > 0)
      .map(({ item }) => item)
      .toSorted(),
    nextDeadlineMs: deadlines.length > 0 ? Math.min(...deadlines) : undefined,
    worstId: gravest?.pressingId ?? undefined,
  };
}

/** Day by day, oldest first: 100 less 10 × severity for each violation found in the 30 days before and not dismissed; not below 0. */
export function scoreHistory(days: readonly DayCount[], severities: Readonly<Record<string, number>>): number[] {
  return Array.from({ length: SCORE_DAYS }, (_, index) => {
    const end = SCORE_DAYS - 1 - index;
    const lost = days
      .filter(({ daysAgo }) => daysAgo >= end && daysAgo < end + SCORE_DAYS)
      .reduce((total, { item, counted }) => total + 10 * (severities[item] ?? 1) * counted, 0);
    return Math.max(0, 100 - lost);
  });
}
