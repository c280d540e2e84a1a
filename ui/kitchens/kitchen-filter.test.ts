import { expect, test } from 'vitest';
import type { Kitchen } from '#api/contract/kitchen.ts';
import { filterKitchens, kitchenFinder, type KitchenQuestion } from './kitchen-filter.ts';

const kitchen = (cameraId: string, changes: Partial<Kitchen>): Kitchen => ({
  ...{ cameraId, name: cameraId, district: '城东', status: 'live', open: 0, unreviewed: 0, last30Days: 0, score: 100 },
  ...{ scores: [], asked: 0, answered: 0, overdue: 0, openItems: [], holds: [] },
  ...changes,
});
const BOARD = [
  kitchen('a', { name: '川味坊', open: 2, overdue: 1, asked: 1, openItems: ['bin_open'] }),
  kitchen('b', { name: '滨河小馆', district: '城西', answered: 1, openItems: ['rodent'] }),
  kitchen('c', { name: 'Noodle House' }),
];
const find = kitchenFinder();
const ask = (question: Partial<KitchenQuestion>) =>
  filterKitchens(BOARD, { text: '', district: undefined, item: undefined, show: 'all', ...question }, find)
    .map(({ cameraId }) => cameraId)
    .join('');

test('the board is narrowed by name, pinyin, district, item and state, and keeps its order', () => {
  expect(ask({})).toBe('abc');
  expect(ask({ text: '味坊' })).toBe('a');
  expect(ask({ text: 'cwf' })).toBe('a');
  expect(ask({ text: 'binhe' })).toBe('b');
  expect(ask({ text: 'noodle' })).toBe('c');
  expect(ask({ district: '城西' })).toBe('b');
  expect(ask({ item: 'bin_open' })).toBe('a');
  expect(ask({ show: 'open' })).toBe('a');
  expect(ask({ show: 'overdue' })).toBe('a');
  expect(ask({ show: 'answered' })).toBe('b');
  expect(ask({ show: 'answered', district: '城东' })).toBe('');
});
