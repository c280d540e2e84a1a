import { expect, test } from 'vitest';
import { decideCatchUp, trimUntil } from './catch-up.ts';

const at = (currentSeconds: number, rate = 1) => ({
  currentSeconds,
  bufferedStartSeconds: 10,
  bufferedEndSeconds: 20,
  rate,
});

test('plays at its own pace while it is close', () => {
  expect(decideCatchUp(at(19.6))).toEqual({ rate: 1 });
});

test('hurries when it is over half a second behind, and until it is close again', () => {
  expect(decideCatchUp(at(19.2))).toEqual({ rate: 1.1 });
  expect(decideCatchUp(at(19.5, 1.1))).toEqual({ rate: 1.1 });
  expect(decideCatchUp(at(19.5, 1))).toEqual({ rate: 1 });
  expect(decideCatchUp(at(19.7, 1.1))).toEqual({ rate: 1 });
});

test('jumps to just behind the newest picture before it is a second behind', () => {
  expect(decideCatchUp(at(19.05))).toEqual({ rate: 1, seekToSeconds: 19.75 });
  expect(decideCatchUp(at(16))).toEqual({ rate: 1, seekToSeconds: 19.75 });
});

test('jumps into the buffer when it stands outside', () => {
  expect(decideCatchUp(at(0))).toEqual({ rate: 1, seekToSeconds: 19.75 });
  expect(decideCatchUp(at(21))).toEqual({ rate: 1, seekToSeconds: 19.75 });
});

test('never lands before the beginning of a short buffer', () => {
  const state = { currentSeconds: 0, bufferedStartSeconds: 5, bufferedEndSeconds: 5.04, rate: 1 };
  expect(decideCatchUp(state).seekToSeconds).toBe(5);
});

test('forgets only what is long past', () => {
  expect(trimUntil(at(19))).toBeUndefined();
  expect(trimUntil({ ...at(40), bufferedEndSeconds: 41 })).toBe(32);
});
