import { expect, test } from 'vitest';
import { gridOf, layoutNames, neighbour } from './grid.ts';

test('every named layout has as many tiles as its name says, and covers its grid once', () => {
  for (const name of layoutNames) {
    const grid = gridOf(name);
    expect(grid?.places).toHaveLength(Number(name));
    const cells = grid?.places.reduce((sum, place) => sum + place.columns * place.rows, 0);
    expect(cells).toBe((grid?.columns ?? 0) * (grid?.rows ?? 0));
  }
  expect(layoutNames).toEqual(['1', '4', '6', '8', '9', '10', '13', '16', '25', '36', '49', '64']);
});

test('free grids may have one large tile, anywhere in them', () => {
  expect(gridOf('4x3')?.places).toHaveLength(12);
  expect(gridOf('4x3-2x2')?.places).toHaveLength(9);
  expect(gridOf('4x3-2x2-1-0')?.places[0]).toEqual({ column: 1, row: 0, columns: 2, rows: 2 });
  expect(gridOf('8x8')?.places).toHaveLength(64);
});

test.each(['0x3', '9x1', '4x3-5x1', '4x3-2x2-3-0', '4x3-0x2', '7', 'constructor', '', '4x3-2x2-1', '-1'])(
  '%j is no layout',
  (name) => {
    expect(gridOf(name)).toBeUndefined();
  },
);

test.each([
  ['9', 4, 'ArrowLeft', 3],
  ['9', 4, 'ArrowRight', 5],
  ['9', 4, 'ArrowUp', 1],
  ['9', 4, 'ArrowDown', 7],
  ['9', 0, 'ArrowUp', 0],
  ['4', 3, 'ArrowRight', 3],
  ['1', 0, 'ArrowDown', 0],
  // One large, five small: right of the large one, below it, and back.
  ['6', 0, 'ArrowRight', 1],
  ['6', 0, 'ArrowDown', 3],
  ['6', 2, 'ArrowLeft', 0],
  ['6', 5, 'ArrowUp', 2],
  ['13', 0, 'ArrowUp', 2],
] as const)('in layout %s tile %i leads by %s to %i', (layout, from, key, to) => {
  const grid = gridOf(layout);
  expect(grid && neighbour(grid, from, key)).toBe(to);
});
