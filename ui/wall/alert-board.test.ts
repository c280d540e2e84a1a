import { expect, test } from 'vitest';
import type { FeedEvent } from '#api/contract/events.ts';
import {
  type AlertBoard,
  isAlert,
  mostShown,
  noAlerts,
  settle,
  withEvent,
  without,
  withoutEvents,
} from './alert-board.ts';

const nowMs = Date.parse('2026-11-26T10:00:00.000Z');
let lastId = 0;
const hit = (cameraId: string, over: Partial<FeedEvent> = {}): FeedEvent => ({
  eventId: `e${++lastId}`,
  kind: 'watchlist.hit',
  time: new Date(nowMs - 60_000 + lastId).toISOString(),
  cameraId,
  cameraName: cameraId,
  ...over,
});
const wall = { tiles: ['a', 'b', 'c', 'd'], selected: 0, busy: new Set<number>() };
const boardOf = (...events: FeedEvent[]): AlertBoard => events.reduce(withEvent, noAlerts);

test('an alert comes forward where its camera is', () => {
  expect(settle(boardOf(hit('c')), wall, nowMs).shown).toMatchObject([{ tile: 2, alert: { cameraId: 'c' } }]);
});

test('three at a time, the rest waits in its order and moves up when one is acknowledged', () => {
  const tiles = ['a', 'b', 'c', 'd', 'e'];
  const board = settle(boardOf(...tiles.map((id) => hit(id))), { ...wall, tiles }, nowMs);
  expect(board.shown.map(({ alert }) => alert.cameraId)).toEqual(['a', 'b', 'c']);
  expect(board.shown).toHaveLength(mostShown);
  const next = settle(without(board, board.shown[1]?.alert.key ?? ''), { ...wall, tiles }, nowMs);
  expect(next.shown.map(({ alert }) => alert.cameraId)).toEqual(['a', 'c', 'd']);
  expect(next.waiting.map(({ cameraId }) => cameraId)).toEqual(['e']);
});

test('the same camera and kind is one alert with a count; another kind is another', () => {
  const first = hit('a');
  const board = boardOf(first, hit('a'), first, hit('a', { kind: 'zone.dwell' }));
  expect(board.waiting.map(({ kind, count }) => [kind, count])).toEqual([
    ['watchlist.hit', 2],
    ['zone.dwell', 1],
  ]);
});

test('a tile that is steered or looked back is never taken', () => {
  const busy = new Set([2]);
  expect(settle(boardOf(hit('c')), { ...wall, busy }, nowMs)).toMatchObject({
    shown: [],
    waiting: [{ cameraId: 'c' }],
  });
  // Nor does it stay there when a hand takes the tile.
  const board = settle(boardOf(hit('c')), wall, nowMs);
  expect(settle(board, { ...wall, busy }, nowMs).shown).toEqual([]);
});

test('a camera that is not on the wall takes an empty tile, else the last one, never the selected', () => {
  const tiles = ['a', undefined, 'c', 'd'];
  expect(settle(boardOf(hit('x')), { ...wall, tiles }, nowMs).shown[0]?.tile).toBe(1);
  expect(settle(boardOf(hit('x')), wall, nowMs).shown[0]?.tile).toBe(3);
  expect(settle(boardOf(hit('x')), { ...wall, tiles: ['a'] }, nowMs).shown).toEqual([]);
});

test('what was acknowledged elsewhere leaves too, unless something new has come since', () => {
  const one = hit('a');
  expect(withoutEvents(boardOf(one), one, [one.eventId])).toEqual(noAlerts);
  expect(withoutEvents(boardOf(one, hit('a')), one, [one.eventId]).waiting).toHaveLength(1);
});

test('an alert of yesterday is none, and a wall that does not change keeps its board', () => {
  const old = hit('a', { time: '2026-11-25T10:00:00.000Z' });
  expect(settle(boardOf(old), wall, nowMs)).toEqual(noAlerts);
  const board = settle(boardOf(hit('a'), hit('b')), wall, nowMs);
  expect(settle(board, wall, nowMs)).toBe(board);
});

test('knows what an operator must see', () => {
  expect(isAlert(hit('a'))).toBe(true);
  expect(isAlert(hit('a', { verdict: 'false' }))).toBe(false);
  expect(isAlert(hit('a', { kind: 'kitchen.violation', phase: 'opened' }))).toBe(true);
  expect(isAlert(hit('a', { kind: 'kitchen.violation', phase: 'closed' }))).toBe(false);
  expect(isAlert(hit('a', { kind: 'vehicle.sighting' }))).toBe(false);
});
