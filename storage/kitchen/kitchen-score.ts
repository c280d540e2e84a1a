import type { CameraId } from '#ingest/media.ts';
import type { Violation } from './violation.ts';

/** Violations of one kitchen and item, of 30 days and those still open. */
export interface BoardCount {
  readonly cameraId: string;
  readonly item: string;
  readonly open: number;
  readonly unreviewed: number;
  readonly total: number;
  /** Confirmed or not yet reviewed. */
  readonly counted: number;
  readonly newestOpenId: string | null;
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
  /** Of the open ones, the newest of the gravest item. */
  readonly worst: Violation | undefined;
}

export function scoreKitchen(
  kitchen: Pick<Kitchen, 'cameraId' | 'name' | 'district'>,
  counts: readonly BoardCount[],
  severities: Readonly<Record<string, number>>,
): Omit<Kitchen, 'worst'> & { readonly worstId: string | undefined } {
  const severityOf = ({ item }: BoardCount): number => severities[item] ?? 1;
  const sum = (pick: (count: BoardCount) => number): number => counts.reduce((total, count) => total + pick(count), 0);
  const gravest = counts
    .filter(({ newestOpenId }) => newestOpenId !== null)
    .toSorted((a, b) => severityOf(b) - severityOf(a))[0];
  return {
    ...kitchen,
    open: sum(({ open }) => open),
    unreviewed: sum(({ unreviewed }) => unreviewed),
    last30Days: sum(({ total }) => total),
    score: Math.max(0, 100 - sum((count) => 10 * severityOf(count) * count.counted)),
    worstId: gravest?.newestOpenId ?? undefined,
  };
}
