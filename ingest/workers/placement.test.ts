import { expect, test } from 'vitest';
import { costOf, leastLoaded, type PlacedCamera, pickMove } from './placement.ts';

const camera = (cameraId: string, slot: number, cost: number): PlacedCamera => ({ cameraId, slot, cost });

test('a new camera goes where there is least to do', () => {
  expect(leastLoaded([0, 1, 2], [camera('a', 0, 1), camera('b', 2, 0.5)])).toBe(1);
  expect(leastLoaded([0, 1], [camera('a', 0, 3), camera('b', 1, 1), camera('c', 1, 1)])).toBe(1);
  expect(leastLoaded([], [])).toBeUndefined();
});

test('a camera costs by its bit rate, an unknown one like an ordinary one', () => {
  expect(costOf([8000])).toBeGreaterThan(2 * costOf([1000]));
  expect(costOf([undefined])).toBe(costOf([2000]));
  expect(costOf([2000, 500])).toBeGreaterThan(costOf([2000]));
});

test('one move at a time, the one that evens most; none while threads are even enough', () => {
  const even = [camera('a', 0, 10), camera('b', 1, 11)];
  expect(pickMove([0, 1], even)).toBeUndefined();
  const uneven = [camera('a', 0, 6), camera('b', 0, 3), camera('c', 0, 1), camera('d', 1, 4)];
  expect(pickMove([0, 1], uneven)).toEqual({ cameraId: 'b', to: 1 });
  // A single heavy camera would only turn the two round.
  expect(pickMove([0, 1], [camera('heavy', 0, 9), camera('d', 1, 1)])).toEqual(undefined);
  expect(pickMove([0], [camera('a', 0, 9)])).toBeUndefined();
});

test('moving until it is even enough comes to an end', () => {
  let placed = Array.from({ length: 40 }, (_, index) => camera(`c${index}`, 0, 1 + (index % 5)));
  let moves = 0;
  for (;;) {
    const move = pickMove([0, 1, 2, 3], placed);
    if (!move) break;
    moves++;
    placed = placed.map((one) => (one.cameraId === move.cameraId ? { ...one, slot: move.to } : one));
  }
  expect(moves).toBeLessThan(40);
  const loads = [0, 1, 2, 3].map((slot) =>
    placed.filter((one) => one.slot === slot).reduce((sum, { cost }) => sum + cost, 0),
  );
  expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(30 * 0.25);
});
