import { expect, test } from 'vitest';
import { dayRows } from './day-rows.ts';

const at = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime();
const pass = (day: number, hour: number) => ({ time: new Date(at(day, hour)).toISOString() });

test('a day and a half is one row', () => {
  const view = { fromMs: at(20, 12), toMs: at(21, 20) };
  expect(dayRows([pass(20, 13)], view)).toEqual([{ label: '', view, passes: [pass(20, 13)] }]);
});

test('several days are a row each, the newest on top, those without a pass as well', () => {
  const rows = dayRows([pass(22, 8), pass(20, 18), pass(20, 9)], { fromMs: at(20, 12), toMs: at(22, 10) });
  expect(rows.map((row) => [row.label, row.passes.length])).toEqual([
    ['11-22', 1],
    ['11-21', 0],
    ['11-20', 2],
  ]);
  expect(rows[1]?.view).toEqual({ fromMs: at(21, 0), toMs: at(22, 0) });
});

test('of a long time only the days with a pass are shown', () => {
  const rows = dayRows([pass(20, 8)], { fromMs: new Date(2026, 0, 1).getTime(), toMs: at(25, 0) });
  expect(rows.map((row) => row.label)).toEqual(['11-20']);
});
