import { expect, test } from 'vitest';
import { RtpTimeline } from './rtp-timeline.ts';

test('passes the camera’s time stamps through while they keep step with wall time', () => {
  const timeline = new RtpTimeline();
  expect(timeline.map(0, 1000)).toBe(0);
  expect(timeline.map(7500, 1083)).toBe(7500);
  expect(timeline.map(15_000, 1166)).toBe(15_000);
});

test('goes on from where it was when the camera comes back with a clock from zero', () => {
  const timeline = new RtpTimeline();
  timeline.map(9_000_000, 1000);
  expect(timeline.map(0, 4000)).toBe(9_000_000 + 270_000);
  expect(timeline.map(7500, 4083)).toBe(9_000_000 + 277_500);
});

test('wraps at 32 bits', () => {
  const timeline = new RtpTimeline();
  expect(timeline.map(2 ** 32 + 5, 0)).toBe(5);
});

test('squeezes what was missed into the moment before what comes next', () => {
  const timeline = new RtpTimeline();
  expect(timeline.squeeze(3, { pts90k: 90_000, arrivedMs: 1000 })).toEqual([89_998, 89_999, 90_000]);
  expect(timeline.map(93_600, 1040)).toBe(93_600);
});

test('squeezes what was sent already into the moment after it', () => {
  const timeline = new RtpTimeline();
  timeline.map(86_400, 960);
  timeline.map(90_000, 1000);
  expect(timeline.squeeze(3, { pts90k: 90_000, arrivedMs: 1000 })).toEqual([90_001, 90_002, 90_003]);
  expect(timeline.map(93_600, 1040)).toBe(93_600);
});
