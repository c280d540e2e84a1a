import { expect, test } from 'vitest';
import { streamForWidth } from './tile-view.ts';

test('small tiles show the sub-stream, large ones the main stream', () => {
  expect(streamForWidth(480, 'main')).toBe('sub');
  expect(streamForWidth(900, 'sub')).toBe('main');
});

test('a tile near the limit keeps what it shows', () => {
  expect(streamForWidth(720, 'sub')).toBe('sub');
  expect(streamForWidth(720, 'main')).toBe('main');
});
