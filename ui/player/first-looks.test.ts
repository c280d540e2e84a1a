import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { afterLooks, beginLook } from './first-looks.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

test('what waits goes on when the last still is there, and not before', () => {
  const run = vi.fn();
  const ends = [beginLook(), beginLook()];
  afterLooks(run);
  ends[0]?.();
  ends[0]?.();
  expect(run).not.toHaveBeenCalled();
  ends[1]?.();
  expect(run).toHaveBeenCalledTimes(1);
});

test('a still that does not come is not waited for', () => {
  const run = vi.fn();
  beginLook();
  afterLooks(run);
  vi.advanceTimersByTime(399);
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(run).toHaveBeenCalledTimes(1);
});

test('with no still on its way there is no wait, and a tile that is gone is not called', () => {
  const run = vi.fn();
  afterLooks(run);
  expect(run).toHaveBeenCalledTimes(1);
  const end = beginLook();
  afterLooks(run)();
  end();
  expect(run).toHaveBeenCalledTimes(1);
});
