import type { Case, CaseItem } from './contract/cases.ts';
import { csvLine } from './csv.ts';
import { type CsvStyle, csvEnd, csvHead, sightingCells, sightingColumns } from './sighting-csv.ts';

/** A case as the lines of a file: its frame, then what is kept in it, in the order in which it was put in. */
export function* caseCsv(
  found: Case,
  items: readonly CaseItem[],
  style: CsvStyle,
  { username, nowMs }: { readonly username: string; readonly nowMs: number },
): Generator<string> {
  const { say, time, timeZone } = style;
  yield csvHead(style, {
    purpose: found.reason,
    caseNumber: `${found.number} ${found.title}`,
    username,
    nowMs,
    query: [[say(['成员', 'Members']), found.members.join(' ')]],
  });
  yield csvLine([
    say(['类别', 'Kind']),
    say(['加入人', 'Added by']),
    say([`加入时间 (${timeZone})`, `Added (${timeZone})`]),
    say(['备注', 'Note']),
    ...sightingColumns(style),
  ]);
  for (const { kind, addedBy, addedAt, note, sighting } of items)
    yield csvLine([
      kind === 'note' ? say(['笔记', 'note']) : say(['过车记录', 'sighting']),
      addedBy,
      time(addedAt),
      note,
      ...(sighting ? sightingCells(sighting, style) : []),
    ]);
  yield csvEnd(style, items.length);
}
