import { expect, test } from 'vitest';
import {
  firstWall,
  fromStep,
  nextTile,
  parseWall,
  toStep,
  wallSearch,
  withCamera,
  withLayout,
  withoutTile,
} from './wall-layout.ts';

test('reads layout and tiles from the address, empty tiles too', () => {
  expect(parseWall(new URLSearchParams('layout=4&tiles=a,,c'))).toEqual({
    layout: '4',
    tiles: ['a', undefined, 'c', undefined],
  });
});

test('comes back the same from its own address', () => {
  const wall = { layout: '9', tiles: ['a', undefined, 'c', 'd', 'e', 'f', 'g', 'h', undefined] };
  expect(parseWall(new URLSearchParams(wallSearch(wall)))).toEqual(wall);
});

test('takes the smallest layout that holds the tiles when none or a strange one is named', () => {
  expect(parseWall(new URLSearchParams('tiles=a,b,c,d,e'))?.layout).toBe('6');
  expect(parseWall(new URLSearchParams('layout=7&tiles=a'))?.layout).toBe('1');
});

test('knows nothing when the address says nothing', () => {
  expect(parseWall(new URLSearchParams('other=1'))).toBeUndefined();
});

test('does not take an address for a camera id that could not be one', () => {
  expect(parseWall(new URLSearchParams('layout=1&tiles=../x'))?.tiles).toEqual([undefined]);
});

test('fills the first wall with the first cameras', () => {
  expect(firstWall(['a', 'b', 'c', 'd', 'e'])).toEqual({ layout: '4', tiles: ['a', 'b', 'c', 'd'] });
  expect(firstWall(['a']).layout).toBe('1');
  expect(firstWall([])).toEqual({ layout: '1', tiles: [undefined] });
});

test('keeps cameras when the layout shrinks, in empty tiles if need be', () => {
  const wall = {
    layout: '9',
    tiles: ['a', undefined, 'c', undefined, 'e', 'f', undefined, undefined, undefined],
  };
  expect(withLayout(wall, '4').tiles).toEqual(['a', 'e', 'c', 'f']);
  expect(withLayout(wall, '16').tiles).toHaveLength(16);
});

test('swaps a camera that is on the wall already instead of showing it twice', () => {
  const wall = { layout: '4', tiles: ['a', 'b', undefined, 'd'] };
  expect(withCamera(wall, 0, 'd').tiles).toEqual(['d', 'b', undefined, 'a']);
  expect(withCamera(wall, 1, 'x').tiles).toEqual(['a', 'x', undefined, 'd']);
  expect(withCamera(wall, 1, 'b').tiles).toEqual(['a', 'b', undefined, 'd']);
});

test('puts the next camera in the first free tile, else in the selected one', () => {
  expect(nextTile({ layout: '4', tiles: ['a', 'b', undefined, undefined] }, 0)).toBe(2);
  expect(nextTile({ layout: '4', tiles: ['a', 'b', 'c', 'd'] }, 3)).toBe(3);
  expect(nextTile({ layout: '1', tiles: ['a'] }, 3)).toBe(0);
});

test('empties one tile', () => {
  expect(withoutTile({ layout: '4', tiles: ['a', 'b', 'c', 'd'] }, 1).tiles).toEqual(['a', undefined, 'c', 'd']);
});

test('fills a layout that is named alone with the first cameras', () => {
  expect(parseWall(new URLSearchParams('layout=4'), ['a', 'b'])).toEqual({
    layout: '4',
    tiles: ['a', 'b', undefined, undefined],
  });
});

test('comes back the same from the server, also when it no longer knows the layout', () => {
  const wall = { layout: '4x3-2x2', tiles: ['a', undefined, ...Array.from({ length: 7 }, () => undefined)] };
  expect(fromStep(toStep(wall))).toEqual(wall);
  expect(fromStep({ layout: '5', tiles: ['a', null, 'b'] }).layout).toBe('4');
});
