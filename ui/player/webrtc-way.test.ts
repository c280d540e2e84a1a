import { expect, test } from 'vitest';
import { WebrtcWay } from './webrtc-way.ts';

test('is left alone for a while after it was blocked, longer each time, and at once good again when it works', () => {
  let nowMs = 1000;
  const way = new WebrtcWay(() => nowMs);
  expect(way.isWorthTrying).toBe(true);
  way.noteBlocked();
  way.noteBlocked();
  expect(way.isWorthTrying).toBe(false);
  nowMs += 4000;
  expect(way.isWorthTrying).toBe(true);
  way.noteBlocked();
  nowMs += 4000;
  expect(way.isWorthTrying).toBe(false);
  way.noteWorks();
  expect(way.isWorthTrying).toBe(true);
});
