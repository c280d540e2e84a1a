import { describe, expect, it } from 'vitest';
import { stripes } from '../../testing/plate-pictures.ts';
import { splitRows } from './plate-rows.ts';
import { rowPairs } from './text-rows.ts';

const TWO_ROWS = [
  [0.06, 0.36],
  [0.46, 0.94],
] as const;

describe('splitRows', () => {
  it('cuts between two rows', () => {
    const rows = splitRows(stripes({ widthPx: 160, heightPx: 80, rows: TWO_ROWS }));
    expect(rows?.upper.heightPx).toBeGreaterThanOrEqual(29);
    expect(rows?.upper.heightPx).toBeLessThanOrEqual(39);
    expect((rows?.upper.heightPx ?? 0) + (rows?.lower.heightPx ?? 0)).toBeGreaterThanOrEqual(80);
    expect([rows?.upper.widthPx, rows?.lower.widthPx]).toEqual([160, 160]);
  });

  it('leaves a plate in one row whole, by its shape and by its rows', () => {
    expect(splitRows(stripes({ widthPx: 300, heightPx: 80, rows: TWO_ROWS }))).toBeUndefined();
    expect(splitRows(stripes({ widthPx: 160, heightPx: 80, rows: [[0.1, 0.9]] }))).toBeUndefined();
  });
});

describe('rowPairs', () => {
  const text = (x: number, y: number, widthPx: number, heightPx: number) => ({
    quad: [
      { x, y },
      { x: x + widthPx, y },
      { x: x + widthPx, y: y + heightPx },
      { x, y: y + heightPx },
    ] as const,
    score: 0.9,
    widthPx,
    heightPx,
  });

  it('joins a short line right above a longer one', () => {
    const [pair, ...more] = rowPairs([text(10, 40, 100, 26), text(35, 16, 50, 16)]);
    expect(more).toEqual([]);
    expect(pair?.map(({ x, y }) => [x, y])).toEqual([
      [10, 16],
      [110, 16],
      [110, 66],
      [10, 66],
    ]);
  });

  it('leaves apart what is far, aside or below', () => {
    const plate = text(10, 80, 100, 26);
    expect(rowPairs([plate, text(35, 20, 50, 16)])).toEqual([]);
    expect(rowPairs([plate, text(120, 56, 50, 16)])).toEqual([]);
    expect(rowPairs([plate, text(35, 110, 50, 16)])).toEqual([]);
  });
});
