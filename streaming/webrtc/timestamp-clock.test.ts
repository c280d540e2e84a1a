import { expect, test } from 'vitest';
import { TimestampClock } from './timestamp-clock.ts';

const origin = performance.timeOrigin;

test('pictures that were held up are put where they were due', () => {
  const clock = new TimestampClock();
  clock.wallMs(0, 1000);
  clock.wallMs(3600, 1040);
  expect(clock.wallMs(7200, 1160) - origin).toBeCloseTo(1080, 0);
});

test('two streams with time stamps of their own agree on the instant', () => {
  const sub = new TimestampClock();
  const main = new TimestampClock();
  for (let at = 0; at < 10; at++) {
    sub.wallMs(4_000_000_000 + at * 3600, 5000 + at * 40 + (at % 3));
    main.wallMs(77 + at * 3600, 5000 + at * 40 + (at % 4) * 5);
  }
  const difference = sub.wallMs(4_000_036_000, 5402) - main.wallMs(36_077, 5420);
  expect(Math.abs(difference)).toBeLessThan(2);
});

test('goes on over the end of 32 bits, and begins anew after a jump', () => {
  const clock = new TimestampClock();
  clock.wallMs(2 ** 32 - 1800, 0);
  expect(clock.wallMs(1800, 40) - origin).toBeCloseTo(40, 0);
  expect(clock.wallMs(900_000_000, 80) - origin).toBeCloseTo(80, 0);
});
