import { expect, test } from 'vitest';
import type { AccessUnit, GapCause } from '../media.ts';
import { NalBuffer } from '../rtp/nal-buffer.ts';
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

test('tells when the first reader comes that needs pictures at once, and when the last one goes', () => {
  const told: boolean[] = [];
  const hub = new StreamHub({ onHurryChange: (isHurried) => told.push(isHurried) });
  const attach = (isPatient: boolean): (() => void) =>
    hub.attach({ name: 'a', onAccessUnit: () => undefined, ...(isPatient ? { isPatient } : {}) });
  attach(true);
  expect([hub.isHurried, told]).toEqual([false, []]);
  const first = attach(false);
  const second = attach(false);
  first();
  expect([hub.isHurried, told]).toEqual([true, [true]]);
  second();
  second();
  expect([hub.isHurried, told]).toEqual([false, [true, false]]);
});

/** A unit as the receiver makes it: two of this size lie in a slab. */
function received(nals: NalBuffer, pts90k: number, isKeyFrame = false): AccessUnit {
  nals.append(Buffer.alloc(100_000, pts90k));
  const nal = nals.take();
  return { ...unit(pts90k, isKeyFrame, nal.length), nalUnits: [nal] };
}

const sizes = (units: readonly AccessUnit[]): number[] => units.map(({ nalUnits }) => nalUnits[0]?.length ?? -1);

test('frees the memory of a group once readers that let go have had the key frame after it', () => {
  const hub = new StreamHub();
  const nals = new NalBuffer();
  const seen: number[] = [];
  hub.attach({ name: 'a', letsGo: true, onAccessUnit: (one) => void seen.push(one.nalUnits[0]!.length) });
  const units = [1, 2, 3, 4].map((pts90k) => received(nals, pts90k, pts90k % 3 === 1));
  for (const one of units) hub.publish(one);
  expect(seen).toEqual([100_000, 100_000, 100_000, 100_000]);
  // The third lies beside the key frame, which stays.
  expect(sizes(units)).toEqual([0, 0, 100_000, 100_000]);
  expect(hub.latestKeyFrame()?.nalUnits[0]).toHaveLength(100_000);
});

test('frees nothing that a reader may keep, not even when it is gone before the group ends', () => {
  const hub = new StreamHub();
  const nals = new NalBuffer();
  const kept: AccessUnit[] = [];
  const detach = hub.attach({ name: 'a', onAccessUnit: (one) => void kept.push(one) });
  hub.publish(received(nals, 1, true));
  detach();
  hub.publish(received(nals, 2, true));
  expect(sizes(kept)).toEqual([100_000]);
  // Asked for, and perhaps on its way to somebody.
  const still = hub.latestKeyFrame()!;
  hub.publish(received(nals, 3, true));
  expect(sizes([still])).toEqual([100_000]);
  hub.publish(received(nals, 4, true));
  const units = hub.currentGop();
  hub.publish(received(nals, 5, true));
  expect(sizes(units)).toEqual([100_000]);
});

test('a damaged key frame, or a reader that failed, frees nothing', () => {
  const hub = new StreamHub();
  const nals = new NalBuffer();
  const first = received(nals, 1, true);
  hub.publish(first);
  hub.publish({ ...received(nals, 2, true), damaged: true });
  expect(sizes([first])).toEqual([100_000]);
  expect(hub.latestKeyFrame()?.pts90k).toBe(1);
  const other = new StreamHub();
  let fails = 2;
  other.attach({
    name: 'a',
    letsGo: true,
    onAccessUnit: () => {
      if (--fails === 0) throw new Error('reader');
    },
  });
  const one = received(nals, 1, true);
  other.publish(one);
  other.publish(received(nals, 2, true));
  expect(sizes([one])).toEqual([100_000]);
});
