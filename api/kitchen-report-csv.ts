import { hygieneItem } from '#analyzers/packs/kitchen/hygiene-catalogue.ts';
import type { KitchenReport, ReportFigures, ReportQuery } from './contract/kitchen-reports.ts';
import { BYTE_ORDER_MARK, type Cell, csvLine } from './csv.ts';
import { type CsvStyle, csvEnd } from './sighting-csv.ts';

const PERIODS = { day: ['日报', 'Daily report'], week: ['周报', 'Weekly report'] } as const;
const ALL_ITEMS = ['全部', 'All items'] as const;
const COLUMNS: readonly (readonly [zh: string, en: string])[] = [
  ['片区', 'District'],
  ['后厨', 'Kitchen'],
  ['后厨数', 'Kitchens'],
  ['项目', 'Item'],
  ['新增', 'Raised'],
  ['确认', 'Confirmed'],
  ['不成立', 'Dismissed'],
  ['待审核', 'To review'],
  ['期末进行中', 'Open at the end'],
  ['期末待整改', 'Remedy outstanding at the end'],
  ['其中逾期', 'Of these overdue'],
  ['期内办结', 'Closed'],
  ['整改用时中位数（小时）', 'Median hours to remedy'],
  ['期末评分', 'Score at the end'],
];

/** A report as the lines of a file: per kitchen or district one line for everything, then one for each item. Names nobody. */
export function* reportCsv(
  report: KitchenReport,
  query: Pick<ReportQuery, 'period' | 'by'>,
  style: CsvStyle,
  nowMs: number,
): Generator<string> {
  const { say, time, timeZone } = style;
  const head: readonly (readonly Cell[])[] = [
    [say(PERIODS[query.period])],
    [say([`起 (${timeZone})`, `From (${timeZone})`]), time(report.from)],
    [say([`止 (${timeZone})`, `To (${timeZone})`]), time(report.to)],
    [say([`生成时间 (${timeZone})`, `Made (${timeZone})`]), time(new Date(nowMs).toISOString())],
    [],
    COLUMNS.map(say),
  ];
  yield BYTE_ORDER_MARK + head.map(csvLine).join('');
  let rows = 0;
  for (const row of report.rows) {
    const place = [row.district, query.by === 'kitchen' ? row.name : '', row.kitchens] as const;
    yield csvLine([...place, say(ALL_ITEMS), ...figures(row), row.score]);
    for (const item of row.items) {
      const name = hygieneItem(item.item)?.name;
      yield csvLine([...place, name ? say([name.zh, name.en]) : item.item, ...figures(item), undefined]);
    }
    rows += 1 + row.items.length;
  }
  yield csvLine([say(['合计', 'Total']), '', undefined, say(ALL_ITEMS), ...figures(report.total), undefined]);
  yield csvEnd(style, rows);
}

function figures(of: ReportFigures): readonly Cell[] {
  return [
    of.raised,
    of.confirmed,
    of.dismissed,
    of.unreviewed,
    of.open,
    of.outstanding,
    of.overdue,
    of.closed,
    of.medianRemedyHours,
  ];
}
