import { expect, it } from 'vitest';
import { FrameScheduler } from './frame-scheduler.ts';

it('keeps only the newest picture of a camera and hands back the older one', () => {
  const scheduler = new FrameScheduler<number>();
  expect(scheduler.offer('a', 1)).toBeUndefined();
  expect(scheduler.offer('a', 2)).toBe(1);
  expect(scheduler.replaced).toBe(1);
  expect(scheduler.take()).toEqual({ key: 'a', item: 2 });
});

it('lets cameras take turns however many pictures one of them sends', () => {
  const scheduler = new FrameScheduler<string>();
  const taken: string[] = [];
  for (let round = 0; round < 6; round++) {
    for (let index = 0; index < 10; index++) scheduler.offer('busy', `busy-${round}`);
    scheduler.offer('calm', `calm-${round}`);
    const next = scheduler.take();
    if (!next) continue;
    taken.push(next.key);
    scheduler.done(next.key);
  }
  expect(taken.filter((key) => key === 'calm')).toHaveLength(3);
});

it('keeps the place in line when a newer picture comes', () => {
  const scheduler = new FrameScheduler<number>();
  scheduler.offer('a', 1);
  scheduler.offer('b', 1);
  scheduler.offer('a', 2);
  expect(scheduler.take()).toEqual({ key: 'a', item: 2 });
});

it('gives out no second picture of a camera before the first is done', () => {
  const scheduler = new FrameScheduler<number>();
  scheduler.offer('a', 1);
  scheduler.take();
  scheduler.offer('a', 2);
  expect(scheduler.take()).toBeUndefined();
  scheduler.done('a');
  expect(scheduler.take()).toEqual({ key: 'a', item: 2 });
});

it('empties the line', () => {
  const scheduler = new FrameScheduler<number>();
  scheduler.offer('a', 1);
  scheduler.offer('b', 2);
  expect(scheduler.drain()).toEqual([1, 2]);
  expect(scheduler.waiting).toBe(0);
});
