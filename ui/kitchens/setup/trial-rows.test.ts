import { describe, expect, it } from 'vitest';
import type { KitchenTrial } from '#api/contract/kitchen-setup.ts';
import { tickTimes, trialRows } from './trial-rows.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 25, 9, minute)).toISOString();
const violation = (id: string, item: string, since: number, closed?: number): KitchenTrial['violations'][number] => ({
  violationId: id,
  item,
  since: at(since),
  raised: at(since + 1),
  ...(closed === undefined ? {} : { closed: at(closed) }),
  score: 0.9,
  box: { x: 0, y: 0, width: 1, height: 1 },
});
const reason = { en: 'The camera could not be reached.', zh: '摄像机无法连接。' };
const trial = (changes: Partial<KitchenTrial>): KitchenTrial => ({
  trialId: 't',
  cameraId: 'k',
  state: 'running',
  ahead: 0,
  from: at(0),
  to: at(60),
  progress: 0,
  pictures: 0,
  violations: [],
  notLookedAt: [],
  notJudged: [],
  faultyPictures: 0,
  ...changes,
});

describe('trialRows', () => {
  it('puts each item in a row, and what is still open up to the end', () => {
    const violations = [
      violation('a', 'bin_open', 15, 30),
      violation('b', 'rodent', 20, 21),
      violation('c', 'bin_open', 45),
    ];
    const { rows } = trialRows(trial({ violations }));
    expect(
      rows.map(({ item, spans }) => [item, spans.map(({ violationId, left, width }) => [violationId, left, width])]),
    ).toEqual([
      [
        'bin_open',
        [
          ['a', 0.25, 0.25],
          ['c', 0.75, 0.25],
        ],
      ],
      ['rodent', [['b', expect.closeTo(1 / 3, 5), expect.closeTo(1 / 60, 5)]]],
    ]);
  });

  it('lets the holes take their room, which progress leaves out', () => {
    const notLookedAt = [{ from: at(20), to: at(40), reason }];
    const doneTo = (progress: number) => trialRows(trial({ notLookedAt, progress })).doneTo;
    expect(doneTo(0.25)).toBeCloseTo(10 / 60);
    expect(doneTo(0.75)).toBeCloseTo(50 / 60);
    expect(doneTo(1)).toBe(1);
    expect(trialRows(trial({ notLookedAt })).gaps).toMatchObject([
      { left: expect.closeTo(1 / 3, 5), width: expect.closeTo(1 / 3, 5) },
    ]);
  });

  it('keeps what lies partly outside inside', () => {
    const { rows } = trialRows(trial({ violations: [violation('a', 'bin_open', -5, 90)] }));
    expect(rows[0]?.spans).toMatchObject([{ left: 0, width: 1 }]);
  });
});

describe('tickTimes', () => {
  it('stands at round times, few enough to be read, with seconds where minutes are too coarse', () => {
    const hour = tickTimes(trial({ from: at(3) }));
    expect(hour.ticks.map(({ timeMs }) => new Date(timeMs).getUTCMinutes())).toEqual([10, 20, 30, 40, 50, 0]);
    expect(hour.hasSeconds).toBe(false);
    const short = tickTimes(trial({ to: at(1) }));
    expect(short.ticks.map(({ left }) => left)).toEqual([0, 1 / 6, 1 / 3, 0.5, 2 / 3, 5 / 6, 1]);
    expect(short.hasSeconds).toBe(true);
    expect(tickTimes(trial({ to: at(360) })).ticks.length).toBeLessThanOrEqual(8);
  });
});
