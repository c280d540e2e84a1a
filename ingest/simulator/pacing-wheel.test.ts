import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { PacingWheel } from './pacing-wheel.ts';

describe('the pacing wheel', () => {
  it('runs tasks in the order in which they are due, at most a tick late and never early', () => {
    const clock = new SimulatedClock();
    const wheel = new PacingWheel(clock);
    const ran: [number, number][] = [];
    for (const dueMs of [33, 7, 100, 8, 0]) wheel.schedule(dueMs, () => ran.push([dueMs, clock.monotonicMs()]));
    clock.advance(200);
    expect(ran.map(([dueMs]) => dueMs)).toEqual([0, 7, 8, 33, 100]);
    for (const [dueMs, ranMs] of ran.slice(1)) expect(ranMs - dueMs).toBeGreaterThanOrEqual(0);
    for (const [dueMs, ranMs] of ran) expect(ranMs - dueMs).toBeLessThanOrEqual(5);
  });

  it('does not run what was taken back', () => {
    const clock = new SimulatedClock();
    const wheel = new PacingWheel(clock);
    let ran = 0;
    wheel.schedule(10, () => ran++)();
    wheel.schedule(20, () => ran++);
    clock.advance(50);
    expect(ran).toBe(1);
  });

  it('takes tasks from within a task, also overdue ones, without turning in place', () => {
    const clock = new SimulatedClock();
    const wheel = new PacingWheel(clock);
    const ranMs: number[] = [];
    const again = (): void => {
      ranMs.push(clock.monotonicMs());
      if (ranMs.length < 3) wheel.schedule(0, again);
    };
    wheel.schedule(10, again);
    clock.advance(100);
    expect(ranMs).toEqual([10, 15, 20]);
  });
});
