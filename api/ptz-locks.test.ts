import { expect, test } from 'vitest';
import { SimulatedClock } from '#infra/runtime/clock.ts';
import { PtzLocks } from './ptz-locks.ts';

const [li, wang] = [
  { id: 'u-1', username: 'li' },
  { id: 'u-2', username: 'wang' },
];

test('one user steers a camera until it has rested; others are told who', () => {
  const clock = new SimulatedClock();
  const locks = new PtzLocks(clock, 10_000);
  expect(locks.current('cam')).toBeUndefined();
  locks.take('cam', li);
  clock.advance(9000);
  locks.take('cam', li);
  clock.advance(9999);
  expect(() => locks.take('cam', wang)).toThrow(
    expect.objectContaining({ code: 'PTZ_IN_USE', context: { cameraId: 'cam', holder: 'li' } }),
  );
  locks.take('another', wang);
  clock.advance(1);
  locks.take('cam', wang);
  expect(locks.current('cam')?.holder).toEqual(wang);
});

test('rest counts from the end of the move', () => {
  const clock = new SimulatedClock();
  const locks = new PtzLocks(clock, 2000);
  locks.take('cam', li, { movesMs: 5000 });
  clock.advance(6999);
  expect(() => locks.take('cam', wang)).toThrow('steers this camera');
  clock.advance(1);
  locks.take('cam', wang);
});

test('it is given back by its holder alone, and can be taken over, which tells from whom', () => {
  const locks = new PtzLocks(new SimulatedClock(), 10_000);
  locks.take('cam', li);
  locks.release('cam', wang);
  expect(locks.current('cam')?.holder).toEqual(li);
  expect(locks.take('cam', wang, { takeOver: true })).toEqual(li);
  expect(() => locks.take('cam', li)).toThrow('steers this camera');
  expect(locks.take('cam', wang, { takeOver: true })).toBeUndefined();
  locks.release('cam', wang);
  locks.take('cam', li);
});
