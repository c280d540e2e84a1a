import { formatDay, startOfDay } from '../../shared/format.ts';
import { dayStart } from '../query/time-range.ts';
import type { View } from '../../player/timeline-geometry.ts';

export interface DayRow<Pass> {
  /** Empty when the whole view is one row. */
  readonly label: string;
  readonly view: View;
  readonly passes: readonly Pass[];
}

/** So many days are a row each; between them more may lie that had nothing. */
const mostRows = 62;
/** A view that crosses midnight but is no longer than this stays in one row. */
const oneRowMs = 36 * 3_600_000;

/**
 * Days as rows with the newest on top, so that what comes back at the same hour stands in a column; a short view is one row.
 * Days without a pass are there as well, unless there are too many.
 */
export function dayRows<Pass extends { readonly time: string }>(
  passes: readonly Pass[],
  view: View,
): readonly DayRow<Pass>[] {
  if (view.toMs - view.fromMs <= oneRowMs) return [{ label: '', view, passes }];
  const byDay = Map.groupBy(passes, (pass) => startOfDay(new Date(pass.time).getTime()));
  const first = startOfDay(view.fromMs);
  const days: number[] = [];
  for (let day = startOfDay(view.toMs); day >= first && days.length < 400; day = dayStart(day, -1)) days.push(day);
  const shown = days.length <= mostRows ? days : days.filter((day) => byDay.has(day));
  return shown.slice(0, mostRows).map((day) => ({
    label: formatDay(day).slice(5),
    view: { fromMs: day, toMs: dayStart(day, 1) },
    passes: byDay.get(day) ?? [],
  }));
}
