import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PtzCommand } from '#api/contract/cameras.ts';
import { PtzSteering, still } from './ptz-steering.ts';

const right = { ...still, pan: 1 as const };
let sent: PtzCommand[];
let answers: PromiseWithResolvers<void>[];
let errors: unknown[];
let steering: PtzSteering;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  answers = [];
  errors = [];
  steering = new PtzSteering(
    (command) => {
      sent.push(command);
      const answer = Promise.withResolvers<void>();
      answers.push(answer);
      return answer.promise;
    },
    (error) => errors.push(error),
  );
});
afterEach(() => {
  steering.close();
  vi.useRealTimers();
});

async function answer(): Promise<void> {
  answers.shift()?.resolve();
  await vi.advanceTimersByTimeAsync(0);
}
const actions = (): string[] => sent.map(({ action }) => action);

test('moves at once, again while it is held, and stops when it is let go', async () => {
  steering.hold(right, 0.5);
  expect(sent).toEqual([{ action: 'continuous', pan: 0.5, tilt: 0, zoom: 0, durationMs: 1500 }]);
  await answer();
  await vi.advanceTimersByTimeAsync(700);
  expect(sent).toHaveLength(2);
  await answer();
  steering.release();
  expect(actions()).toEqual(['continuous', 'continuous', 'stop']);
  await answer();
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toHaveLength(3);
});

test('a stop waits for the move that is under way, so that it is not overtaken', async () => {
  steering.hold(right, 1);
  steering.release();
  expect(actions()).toEqual(['continuous']);
  await answer();
  expect(actions()).toEqual(['continuous', 'stop']);
});

test('a slow camera gets the newest direction, not a queue of old ones', async () => {
  steering.hold(right, 1);
  steering.hold({ ...still, tilt: 1 }, 1);
  steering.hold({ ...still, tilt: -1 }, 1);
  await vi.advanceTimersByTimeAsync(3000);
  expect(sent).toHaveLength(1);
  await answer();
  expect(sent).toHaveLength(2);
  expect(sent[1]).toMatchObject({ pan: 0, tilt: -1 });
});

test('says once that the camera refuses, and lets go', async () => {
  steering.hold(right, 1);
  answers.shift()?.reject(new Error('no'));
  await vi.advanceTimersByTimeAsync(5000);
  expect(errors).toHaveLength(1);
  expect(sent).toHaveLength(1);
});
