import { expect, test } from 'vitest';
import { modeOf, noMemory, readMemory, withFresh, zoomOf } from './tile-memory.ts';

const memory = {
  selected: 3,
  full: 3,
  boxes: [1],
  modes: { 2: { kind: 'back' as const, fromMs: 1_700_000_000_000 } },
  zooms: { 1: { scale: 2, x: 0.4, y: 0.6 } },
};

test('comes back the same after a reload', () => {
  expect(readMemory(JSON.stringify(memory))).toEqual(memory);
  expect(modeOf(memory, 2)).toEqual({ kind: 'back', fromMs: 1_700_000_000_000 });
  expect(modeOf(memory, 0)).toEqual({ kind: 'live' });
});

test.each([undefined, '', '[]', 'x', '{"selected":-1,"modes":{"a":1,"99":{"fromMs":1}},"zooms":{"1":{"scale":"9"}}}'])(
  'what does not fit is left out: %j',
  (text) => {
    expect(readMemory(text)).toEqual(noMemory);
  },
);

test('a tile that gets another camera begins anew', () => {
  const fresh = withFresh(memory, 1, 2);
  expect([modeOf(fresh, 2).kind, zoomOf(fresh, 1).scale]).toEqual(['live', 1]);
});
