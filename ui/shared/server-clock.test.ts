import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noteServerTime, serverNow } from './server-clock.ts';

// A millisecond that passes between two readings of the clock is no fault of ours.
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('follows the quickest answer and ignores slow ones', () => {
  const now = Date.now();
  noteServerTime(now + 5_000, now - 20, now + 20);
  expect(serverNow() - Date.now()).toBe(5_000);
  noteServerTime(now + 90_000, now - 3_000, now);
  noteServerTime(now + 60_000, now - 400, now);
  expect(serverNow() - Date.now()).toBe(5_000);
  noteServerTime(now + 7_000, now - 5, now + 5);
  expect(serverNow() - Date.now()).toBe(7_000);
});
