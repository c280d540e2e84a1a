import { expect, it } from 'vitest';
import type { CameraCounts, CameraRule } from '#api/contract/cameras.ts';
import { sumCounts } from './count-sums.ts';

const rules: CameraRule[] = [
  { kind: 'line', id: 'n', name: 'North', from: { x: 0, y: 0 }, to: { x: 1, y: 1 } },
  { kind: 'dwell', id: 'd', name: 'Bay', zone: [], dwellMs: 1000 },
];
const counts: CameraCounts = {
  from: '2026-11-26T00:00:00.000Z',
  to: '2026-11-26T12:00:00.000Z',
  hours: [
    { hour: '2026-11-26T08:00:00.000Z', kind: 'line', ruleId: 'n', direction: 'forward', vehicleType: 'bus', count: 1 },
    { hour: '2026-11-26T08:00:00.000Z', kind: 'line', ruleId: 'n', direction: 'forward', vehicleType: 'car', count: 5 },
    { hour: '2026-11-26T09:00:00.000Z', kind: 'line', ruleId: 'n', direction: 'forward', vehicleType: 'car', count: 2 },
    {
      hour: '2026-11-26T09:00:00.000Z',
      kind: 'line',
      ruleId: 'gone',
      direction: 'backward',
      vehicleType: 'car',
      count: 3,
    },
  ],
};

it('sums a day per line, way and type, with its hours', () => {
  const sums = sumCounts(counts, rules);
  expect(sums.map(({ name, direction, total }) => [name, direction, total])).toEqual([
    ['North', 'forward', 8],
    ['North', 'backward', 0],
    ['Bay', undefined, 0],
    [undefined, 'backward', 3],
  ]);
  expect(sums[0]?.types).toEqual([
    ['car', 7],
    ['bus', 1],
  ]);
  expect(sums[0]?.hours.slice(7, 11)).toEqual([0, 6, 2, 0]);
});
