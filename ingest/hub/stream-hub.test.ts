import { expect, test } from 'vitest';
import type { AccessUnit, GapCause } from '../media.ts';
import { StreamHub } from './stream-hub.ts';

const format = {
  codec: 'h264',
  widthPx: 16,
  heightPx: 16,
  sps: Buffer.of(1),
  pps: Buffer.of(2),
  codecString: 'avc1.42e01f',
} as const;

function unit(pts90k: number, isKeyFrame = false, sizeBytes = 100, damaged = false): AccessUnit {
  return { format, pts90k, wallMs: 0, arrivedMs: 0, isKeyFrame, nalUnits: [], sizeBytes, damaged };
}

test('hands every unit to every reader until it detaches', () => {
  const hub = new StreamHub();
  const seen: string[] = [];
  hub.attach({ name: 'a', onAccessUnit: (one) => seen.push(`a${one.pts90k}`) });
  const detach = hub.attach({ name: 'b', onAccessUnit: (one) => seen.push(`b${one.pts90k}`) });
  hub.publish(unit(1, true));
  detach();
  detach();
  hub.publish(unit(2));
  expect(seen).toEqual(['a1', 'b1', 'a2']);
  expect(hub.readers).toEqual(['a']);
});

test('contains the exceptions of a reader, and counts them', () => {
  const errors: unknown[] = [];
  const hub = new StreamHub({ onReaderError: (error, reader) => errors.push([reader, error]) });
  let reached = 0;
  const failure = new Error('reader');
  hub.attach({
    name: 'bad',
    onAccessUnit: () => {
      throw failure;
    },
  });
  hub.attach({ name: 'good', onAccessUnit: () => reached++ });
  hub.publish(unit(1, true));
  hub.publish(unit(2));
  expect([reached, hub.readerErrors]).toEqual([2, 2]);
  expect(errors[0]).toEqual(['bad', failure]);
});

test('keeps the open group of pictures for those who come later', () => {
  const hub = new StreamHub();
  hub.publish(unit(1));
  expect(hub.currentGop()).toEqual([]);
  for (const one of [unit(2, true), unit(3), unit(4, true), unit(5)]) hub.publish(one);
  expect(hub.currentGop().map((one) => one.pts90k)).toEqual([4, 5]);
  expect(hub.latestKeyFrame()?.pts90k).toBe(4);
});

test('does not take a damaged key frame for the latest picture', () => {
  const hub = new StreamHub();
  hub.publish(unit(1, true));
  hub.publish(unit(2, true, 100, true));
  expect(hub.latestKeyFrame()?.pts90k).toBe(1);
});

test('lets go of a group that grows past its bounds, and takes the next', () => {
  const hub = new StreamHub();
  hub.publish(unit(0, true));
  for (let index = 1; index <= 600; index++) hub.publish(unit(index));
  expect(hub.currentGop()).toEqual([]);
  hub.publish(unit(1000, true, 20 * 1024 * 1024));
  expect(hub.currentGop()).toHaveLength(1);
  hub.publish(unit(1001, false, 20 * 1024 * 1024));
  expect(hub.currentGop()).toEqual([]);
});

test('tells readers of a break and forgets the group', () => {
  const hub = new StreamHub();
  const causes: GapCause[] = [];
  hub.attach({ name: 'a', onAccessUnit: () => undefined, onDiscontinuity: (cause) => causes.push(cause) });
  hub.publish(unit(1, true));
  hub.signalDiscontinuity('stream_stalled');
  expect(causes).toEqual(['stream_stalled']);
  expect(hub.currentGop()).toEqual([]);
  expect(hub.latestKeyFrame()?.pts90k).toBe(1);
});
