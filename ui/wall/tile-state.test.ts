import { expect, test } from 'vitest';
import type { LiveSnapshot } from '../player/live-session.ts';
import { frozenForMs, tileState } from './tile-state.ts';

const live = (over: Partial<LiveSnapshot>): LiveSnapshot => ({
  way: 'webrtc',
  frames: 10,
  pictureAgeMs: 40,
  sameForMs: 0,
  latencyMs: 300,
  pictureTimeMs: undefined,
  failureCode: undefined,
  ...over,
});
const online = { status: 'live' } as const;

test('is live while pictures come', () => {
  expect(tileState(online, live({}))).toBe('live');
});

test('is delayed above a second, and live without a figure', () => {
  expect(tileState(online, live({ latencyMs: 1_200 }))).toBe('delayed');
  expect(tileState(online, live({ latencyMs: undefined }))).toBe('live');
});

test('never calls a standing picture live', () => {
  expect(tileState(online, live({ pictureAgeMs: 2_500 }))).toBe('frozen');
  expect(tileState(online, live({ sameForMs: 25_000 }))).toBe('frozen');
  expect(frozenForMs(live({ pictureAgeMs: 30, sameForMs: 25_000 }))).toBe(25_000);
});

test('connects until the first picture', () => {
  expect(tileState(online, live({ pictureAgeMs: undefined }))).toBe('connecting');
  expect(tileState({ status: 'connecting' }, live({ pictureAgeMs: undefined }))).toBe('connecting');
});

test('says so when the browser lacks the codec, unless the camera has trouble of its own', () => {
  const lacking = live({ pictureAgeMs: undefined, failureCode: 'UI_LIVE_CODEC_UNSUPPORTED' });
  expect(tileState(online, lacking)).toBe('unplayable');
  expect(tileState(online, { ...lacking, failureCode: 'LIVE_TRANSCODING_BUSY' })).toBe('unplayable');
  expect(tileState({ status: 'offline' }, lacking)).toBe('offline');
  expect(tileState(online, live({ failureCode: 'UI_LIVE_CODEC_UNSUPPORTED' }))).toBe('live');
});

test("says the camera's own trouble when no picture comes", () => {
  expect(tileState({ status: 'offline' }, live({ pictureAgeMs: 60_000 }))).toBe('offline');
  expect(tileState({ status: 'stalled' }, live({ pictureAgeMs: 4_000 }))).toBe('stalled');
  expect(tileState({ status: 'unsupported' }, live({ pictureAgeMs: undefined }))).toBe('unsupported');
});

test('believes pictures that come more than an old camera list', () => {
  expect(tileState({ status: 'offline' }, live({}))).toBe('live');
});
