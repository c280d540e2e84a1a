import { expect, test } from 'vitest';
import { followTime, joinSpans, ticks, timeToX, xToTime, zoomView } from './timeline-geometry.ts';

const hour = 3_600_000;
const midnight = new Date(2026, 10, 23).getTime();
const day = { fromMs: midnight, toMs: midnight + 24 * hour };

test('maps times to places and back', () => {
  expect(timeToX(midnight + 6 * hour, day, 1200)).toBe(300);
  expect(xToTime(300, day, 1200)).toBe(midnight + 6 * hour);
});

test('takes a place beyond the edge as the edge', () => {
  expect(xToTime(-20, day, 1200)).toBe(day.fromMs);
  expect(xToTime(9999, day, 1200)).toBe(day.toMs);
  expect(xToTime(5, day, 0)).toBe(day.fromMs);
});

test('labels full hours of the local clock, as close as there is room', () => {
  const wide = ticks(day, 1800, 60);
  expect(wide).toHaveLength(24);
  expect(wide.every((time) => new Date(time).getMinutes() === 0)).toBe(true);
  expect(ticks(day, 300, 60)).toHaveLength(4);
});

test('joins segments that follow each other, in any order, and keeps real gaps', () => {
  const spans = [
    { fromMs: 20_000, toMs: 30_000 },
    { fromMs: 0, toMs: 10_000 },
    { fromMs: 10_300, toMs: 20_000 },
    { fromMs: 45_000, toMs: 50_000 },
  ];
  expect(joinSpans(spans, 500)).toEqual([
    { fromMs: 0, toMs: 30_000 },
    { fromMs: 45_000, toMs: 50_000 },
  ]);
});

test('keeps the time under the pointer in its place while zooming', () => {
  const around = midnight + 12 * hour;
  const closer = zoomView(day, day, around, 0.5);
  expect(closer).toEqual({ fromMs: midnight + 6 * hour, toMs: midnight + 18 * hour });
  expect(timeToX(around, closer, 1000)).toBe(500);
});

test('never zooms beyond the day or below a minute', () => {
  expect(zoomView(day, day, midnight, 3)).toEqual(day);
  const closest = zoomView({ fromMs: midnight, toMs: midnight + 70_000 }, day, midnight, 0.1);
  expect(closest.toMs - closest.fromMs).toBe(60_000);
});

test('follows a time that runs out of view, within the day', () => {
  const view = { fromMs: midnight, toMs: midnight + hour };
  expect(followTime(view, day, midnight + 1000)).toBe(view);
  const moved = followTime(view, day, midnight + 2 * hour);
  expect(moved.fromMs).toBe(midnight + 2 * hour - 0.1 * hour);
  expect(followTime(view, day, day.toMs).toMs).toBe(day.toMs);
});
