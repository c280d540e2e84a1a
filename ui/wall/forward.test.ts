import { expect, test } from 'vitest';
import { forwardStyle } from './forward.ts';
import { gridOf } from './grid.ts';

const eight = gridOf('64');
if (!eight) throw new Error('no layout');

test('a small tile grows towards the middle and stays on the wall', () => {
  expect(forwardStyle(eight, 0, [0])).toMatchObject({ transform: 'scale(2.40)', transformOrigin: '0.0% 0.0%' });
  expect(forwardStyle(eight, 63, [63])).toMatchObject({ transformOrigin: '100.0% 100.0%' });
});

test('neighbours in alarm do not cover each other', () => {
  const first = forwardStyle(eight, 9, [9, 10]);
  const scale = Number(/scale\((.*)\)/.exec(first?.transform ?? 'scale(1)')?.[1]);
  expect(scale).toBeLessThan(1.2);
  expect(forwardStyle(eight, 9, [9, 45])).toMatchObject({ transform: 'scale(2.40)' });
});

test('large tiles are seen as they are', () => {
  const four = gridOf('4');
  expect(four && forwardStyle(four, 0, [0])).toBeUndefined();
  const six = gridOf('6');
  expect(six && forwardStyle(six, 0, [0])).toBeUndefined();
});
