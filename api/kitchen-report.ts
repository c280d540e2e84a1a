import { median } from '#storage/kitchen/item-statistics.ts';
import type { KitchenReportRow, ReportCount } from '#storage/kitchen/kitchen-reports.ts';
import type { KitchenReport, ReportFigures, ReportItem, ReportRow } from './contract/kitchen-reports.ts';

type Counted = Omit<ReportCount, 'item'>;

/** The figures of kitchens or districts with their sums; a median is taken of all hours together, never of medians. */
export function summariseReport(
  kitchens: readonly KitchenReportRow[],
  by: 'kitchen' | 'district',
): Pick<KitchenReport, 'rows' | 'total' | 'items'> {
  const groups = [...Map.groupBy(kitchens, (row) => (by === 'kitchen' ? row.cameraId : row.district)).values()];
  const all = kitchens.flatMap(({ counts }) => counts);
  return {
    rows: groups.map((group) => toRow(group, by)),
    total: sumFigures(all),
    items: sumItems(all).toSorted((a, b) => b.raised - a.raised || a.item.localeCompare(b.item)),
  };
}

function toRow(group: readonly KitchenReportRow[], by: 'kitchen' | 'district'): ReportRow {
  const [first] = group;
  const counts = group.flatMap((row) => row.counts);
  const score = group.reduce((sum, row) => sum + row.score, 0) / Math.max(1, group.length);
  return {
    ...(by === 'kitchen' && first ? { cameraId: first.cameraId } : {}),
    name: (by === 'kitchen' ? first?.name : first?.district) ?? '',
    district: first?.district ?? '',
    kitchens: group.length,
    score: Math.round(score * 10) / 10,
    ...sumFigures(counts),
    items: sumItems(counts),
  };
}

function sumItems(counts: readonly ReportCount[]): ReportItem[] {
  return [...Map.groupBy(counts, ({ item }) => item)].map(([item, ofItem]) => ({ item, ...sumFigures(ofItem) }));
}

function sumFigures(counts: readonly Counted[]): ReportFigures {
  const sum = (pick: (count: Counted) => number): number => counts.reduce((total, count) => total + pick(count), 0);
  const hours = median(counts.flatMap(({ remedyHours }) => remedyHours));
  return {
    raised: sum(({ raised }) => raised),
    confirmed: sum(({ confirmed }) => confirmed),
    dismissed: sum(({ dismissed }) => dismissed),
    unreviewed: sum(({ unreviewed }) => unreviewed),
    open: sum(({ open }) => open),
    outstanding: sum(({ outstanding }) => outstanding),
    overdue: sum(({ overdue }) => overdue),
    closed: sum(({ closed }) => closed),
    ...(hours === undefined ? {} : { medianRemedyHours: Math.round(hours * 10) / 10 }),
  };
}
