import Value from 'typebox/value';
import { expect, test } from 'vitest';
import type { PlateEvidence } from '#analyzers/analysis-event.ts';
import type { FeedItem, StoredEvent } from '#storage/events/stored-event.ts';
import { FeedEvent } from './contract/events.ts';
import { toFeedEvent } from './feed-event.ts';

const base = { eventId: 'e1', schemaVersion: 1, timeMs: Date.UTC(2026, 10, 23), cameraId: 'cam-1' } as const;
const box = { x: 0.25, y: 0.5, width: 0.125, height: 0.25 };
const common = { eventId: 'e1', time: '2026-11-23T00:00:00.000Z', cameraId: 'cam-1', cameraName: 'North gate' };
const vehicle = { trackId: 't1', vehicleType: 'car' } as const;
const plate: PlateEvidence = {
  text: '京A12345',
  confidence: 0.9,
  colour: 'blue',
  alternatives: [{ text: '京A1234S', confidence: 0.1 }],
  characterConfidences: [0.9],
  framesRead: 5,
  framesAgreeing: 4,
};

const CASES: readonly (readonly [StoredEvent, Record<string, unknown>])[] = [
  [
    {
      ...base,
      ...vehicle,
      kind: 'vehicle.sighting',
      firstSeenMs: 0,
      lastSeenMs: 1,
      score: 0.875,
      box,
      plate,
      pictureKey: 'evidence/a b.jpg',
      plateCropKey: 'evidence/京.jpg',
    },
    {
      sightingId: 'e1',
      vehicleType: 'car',
      box,
      plate: { text: '京A12345', confidence: 0.9, colour: 'blue' },
      pictureUrl: '/api/evidence/evidence/a%20b.jpg',
      cropUrl: '/api/evidence/evidence/%E4%BA%AC.jpg',
    },
  ],
  [
    {
      ...base,
      ...vehicle,
      kind: 'vehicle.sighting',
      firstSeenMs: 0,
      lastSeenMs: 1,
      score: 0.875,
      box,
      pictureKey: 'p',
    },
    { sightingId: 'e1', vehicleType: 'car', box, pictureUrl: '/api/evidence/p' },
  ],
  [
    { ...base, ...vehicle, kind: 'vehicle.crossing', ruleId: 'r1', direction: 'backward' },
    { vehicleType: 'car', direction: 'backward' },
  ],
  [
    { ...base, ...vehicle, kind: 'zone.dwell', ruleId: 'r1', enteredMs: 0, pictureKey: 'p' },
    { vehicleType: 'car', pictureUrl: '/api/evidence/p' },
  ],
  [
    {
      ...base,
      kind: 'kitchen.violation',
      violationId: 'v1',
      phase: 'closed',
      item: 'bin_open',
      ruleId: 'r1',
      score: 1,
      box,
      sinceMs: 0,
    },
    { item: 'bin_open', phase: 'closed', violationId: 'v1', box },
  ],
  [
    {
      ...base,
      kind: 'watchlist.hit',
      entryId: 'w1',
      plate: '京A12345',
      match: 'possible',
      confidence: 0.25,
      plateColour: 'pink',
      sightingId: 's1',
      vehicleType: 'car',
      box,
      pictureKey: 'p',
    },
    {
      sightingId: 's1',
      vehicleType: 'car',
      box,
      plate: { text: '京A12345', confidence: 0.25, colour: 'unknown' },
      pictureUrl: '/api/evidence/p',
      isConfirmed: false,
    },
  ],
  [
    { ...base, kind: 'camera.health', phase: 'opened', status: 'stalled', errorCode: 'STREAM_STALLED' },
    { item: 'stalled', phase: 'opened' },
  ],
  [
    { ...base, kind: 'system.health', phase: 'opened', code: 'DISK_LOW' },
    {
      item: 'DISK_LOW',
      phase: 'opened',
      reason: {
        en: 'Room for recordings is short: the oldest are deleted before their time.',
        zh: '录像空间不足：最早的录像正被提前删除。',
      },
    },
  ],
];

test.each(CASES)('a page gets of %j what the contract says, and nothing more', (event, expected) => {
  const item: FeedItem = { event, cameraName: 'North gate', ruleName: undefined };
  const feedEvent = toFeedEvent(item);
  expect(feedEvent).toEqual({ ...common, kind: event.kind, ...expected });
  expect(Value.Check(FeedEvent, feedEvent)).toBe(true);
  expect(toFeedEvent({ ...item, ruleName: 'Yard' })).toEqual({ ...feedEvent, ruleName: 'Yard' });
});

test('every kind of event has its case here', () => {
  const kinds = FeedEvent.properties.kind.anyOf.map((kind) => kind.const);
  expect(new Set(CASES.map(([event]) => event.kind))).toEqual(new Set(kinds));
});

test.each([
  ['confirmed', true],
  ['false', false],
] as const)('a hit that a person found %s says so', (verdict, isConfirmed) => {
  const event = CASES.map(([one]) => one).find(({ kind }) => kind === 'watchlist.hit');
  if (!event) throw new Error('there is a hit among the cases');
  const feedEvent = toFeedEvent({ event, cameraName: 'North gate', ruleName: undefined, verdict });
  expect(feedEvent).toMatchObject({ verdict, isConfirmed });
  expect(Value.Check(FeedEvent, feedEvent)).toBe(true);
});
