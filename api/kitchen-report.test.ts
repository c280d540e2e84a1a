import { expect, test } from 'vitest';
import type { KitchenReportRow, ReportCount } from '#storage/kitchen/kitchen-reports.ts';
import { summariseReport } from './kitchen-report.ts';

const count = (changes: Partial<ReportCount>): ReportCount => ({
  ...{ item: 'bin_open', raised: 1, confirmed: 0, dismissed: 0, unreviewed: 1 },
  ...{ open: 0, outstanding: 0, overdue: 0, closed: 0, remedyHours: [] },
  ...changes,
});
const KITCHENS: readonly KitchenReportRow[] = [
  {
    ...{ cameraId: 'a', name: 'Wok', district: 'East', score: 80 },
    counts: [count({ closed: 3, remedyHours: [1, 2, 3] }), count({ item: 'rodent', raised: 2 })],
  },
  { ...{ cameraId: 'b', name: 'Pan', district: 'East', score: 95 }, counts: [count({ closed: 1, remedyHours: [20] })] },
  { ...{ cameraId: 'c', name: 'Pot', district: 'West', score: 100 }, counts: [] },
];

test('a district has the sums of its kitchens, the mean of their scores, and the median of all hours', () => {
  const { rows, total, items } = summariseReport(KITCHENS, 'district');
  expect(rows).toMatchObject([
    { name: 'East', kitchens: 2, score: 87.5, raised: 4, closed: 4, medianRemedyHours: 2.5 },
    { name: 'West', kitchens: 1, score: 100, raised: 0, items: [] },
  ]);
  expect(rows[1]).not.toHaveProperty('medianRemedyHours');
  expect(total).toMatchObject({ raised: 4, unreviewed: 3 });
  expect(items.map(({ item, raised }) => [item, raised])).toEqual([
    ['bin_open', 2],
    ['rodent', 2],
  ]);
});

test('a kitchen without a violation is in the report too', () => {
  const { rows } = summariseReport(KITCHENS, 'kitchen');
  expect(rows.map(({ cameraId, raised }) => [cameraId, raised])).toEqual([
    ['a', 3],
    ['b', 1],
    ['c', 0],
  ]);
});
