import { expect, test } from 'vitest';
import type { CameraState, CameraStateChange, CameraStatus } from '#api/contract/cameras.ts';
import { stateSpans } from './state-spans.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 23, 10, minute)).toISOString();
const change = (minute: number, status: CameraStatus, errorCode?: string): CameraStateChange => ({
  time: at(minute),
  stream: 'main',
  changes: 1,
  status,
  ...(errorCode === undefined ? {} : { errorCode }),
});
const now = (status: CameraStatus, minute: number): CameraState => ({
  status,
  since: at(minute),
  bitrateKbps: 0,
  framesPerSecond: 0,
  lossRatio: 0,
});
const told = (newestFirst: CameraStateChange[], state: CameraState): unknown[] =>
  stateSpans(newestFirst, state).map(({ change: one, durationMs }) => [
    one.status,
    durationMs === undefined ? undefined : durationMs / 60_000,
  ]);

test('tells how long each state held, the newest one still', () => {
  expect(told([change(9, 'live'), change(8, 'connecting'), change(2, 'live')], now('live', 9))).toEqual([
    ['live', undefined],
    ['connecting', 1],
    ['live', 6],
  ]);
});

test('tries that fail again and again for one reason are one span', () => {
  const tries = [
    change(30, 'offline', 'CAMERA_UNREACHABLE'),
    change(29, 'connecting'),
    change(20, 'offline', 'CAMERA_UNREACHABLE'),
    change(19, 'connecting'),
    change(10, 'offline', 'CAMERA_UNREACHABLE'),
    change(1, 'live'),
  ];
  expect(told(tries, now('offline', 30))).toEqual([
    ['offline', undefined],
    ['live', 9],
  ]);
  expect(told([change(40, 'live'), change(39, 'connecting'), ...tries], now('live', 40))).toEqual([
    ['live', undefined],
    ['connecting', 1],
    ['offline', 29],
    ['live', 9],
  ]);
});

test('another reason is news', () => {
  const changes = [
    change(12, 'rejected', 'RTSP_AUTH_REJECTED'),
    change(11, 'connecting'),
    change(5, 'offline', 'CAMERA_UNREACHABLE'),
  ];
  expect(told(changes, now('rejected', 12))).toHaveLength(3);
});

test('a state that the camera has left already has an end', () => {
  expect(told([change(2, 'live')], now('stalled', 7))).toEqual([['live', 5]]);
});

test('the two streams are told apart, and a state that came and went is told with its count', () => {
  const sub = { ...change(6, 'offline', 'CAMERA_UNREACHABLE'), stream: 'sub' as const };
  const spans = stateSpans(
    [change(9, 'live'), { ...change(7, 'stalled'), changes: 14 }, sub, change(2, 'live')],
    now('live', 9),
  );
  expect(spans.map(({ change: one, flaps }) => [one.stream, one.status, flaps])).toEqual([
    ['main', 'live', 1],
    ['main', 'stalled', 14],
    ['sub', 'offline', 1],
    ['main', 'live', 1],
  ]);
  expect(spans[2]?.durationMs).toBeUndefined();
  expect(spans[3]?.durationMs).toBe(5 * 60_000);
});
