import { expect, test } from 'vitest';
import type { FollowState } from './playback-engine.ts';
import { SyncClock } from './sync-clock.ts';

/** A camera with recordings of these stretches; its pictures come when they are said to. */
function camera(stretches: readonly [number, number][]) {
  const seen: number[] = [];
  return {
    seen,
    isThere: true,
    follow({ timeMs }: { timeMs: number }): FollowState {
      if (!stretches.some(([from, to]) => timeMs >= from && timeMs < to)) return 'gap';
      if (!this.isThere) return 'loading';
      seen.push(timeMs);
      return 'ready';
    },
    nextStartMs: (timeMs: number) => stretches.map(([from]) => from).find((from) => from > timeMs),
  };
}

test('all cameras are shown the same moments, at the speed that was asked for', () => {
  const [a, b] = [camera([[0, 100_000]]), camera([[0, 100_000]])];
  const clock = new SyncClock(1_000);
  clock.setRate(4);
  for (let index = 0; index < 5; index++) clock.tick(100, [a, b]);
  expect(a.seen).toEqual([1_000, 1_400, 1_800, 2_200, 2_600]);
  expect(b.seen).toEqual(a.seen);
});

test('waits for one that loads, but not for ever', () => {
  const [a, b] = [camera([[0, 100_000]]), camera([[0, 100_000]])];
  const clock = new SyncClock(1_000);
  b.isThere = false;
  for (let index = 0; index < 30; index++) clock.tick(100, [a, b]);
  expect(clock.snapshot.timeMs).toBe(1_000);
  for (let index = 0; index < 40; index++) clock.tick(100, [a, b]);
  expect(clock.snapshot.timeMs).toBeGreaterThan(1_000);
});

test('goes on while any camera has pictures, and jumps where none has', () => {
  const [a, b] = [
    camera([
      [0, 2_000],
      [60_000, 61_000],
    ]),
    camera([[0, 5_000]]),
  ];
  const clock = new SyncClock(1_900);
  for (let index = 0; index < 40; index++) clock.tick(100, [a, b]);
  expect(clock.snapshot.states).toEqual(['ready', 'gap']);
  expect(clock.snapshot.skipped).toMatchObject({ toMs: 60_000 });
  for (let index = 0; index < 20; index++) clock.tick(100, [a, b]);
  expect(clock.snapshot).toMatchObject({ isAtEnd: true, isPlaying: false });
});

test('stands still when paused, and shows what is sought', () => {
  const a = camera([[0, 100_000]]);
  const clock = new SyncClock(1_000);
  clock.setPlaying(false);
  clock.tick(100, [a]);
  clock.seek(7_000);
  clock.tick(100, [a]);
  expect(a.seen).toEqual([1_000, 7_000]);
});
