import { expect, test } from 'vitest';
import type { AccessUnit, AudioFrame } from '../media.ts';
import { makeRing, machineMs, type RingEntry, RingReader, RingWriter } from './media-ring.ts';

const FORMAT = {
  codec: 'h264',
  widthPx: 16,
  heightPx: 16,
  sps: Buffer.of(1, 2, 3),
  pps: new Uint8Array([4, 5]),
  codecString: 'avc1.42e01f',
} as const;
const ORIGIN = { streamNumber: 7, epoch: 3, isReplay: false };

function unit(pts90k: number, sizeBytes: number, isKeyFrame = false, arrivedMs = machineMs()): AccessUnit {
  const nalUnits = [Buffer.alloc(sizeBytes - 1, pts90k % 251), Buffer.of(9)];
  return { format: FORMAT, pts90k, wallMs: 1000 + pts90k, arrivedMs, isKeyFrame, nalUnits, sizeBytes, damaged: false };
}

function drain(reader: RingReader): RingEntry[] {
  const entries: RingEntry[] = [];
  reader.drain((entry) => void entries.push(entry));
  return entries;
}

test('what goes in comes out: pictures, sound, marks, each with its format', () => {
  const memory = makeRing(64 * 1024);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory, 500);
  const picture = { ...unit(-3600, 100, true, 40), damaged: true };
  const frame: AudioFrame = {
    format: { codec: 'aac', sampleRateHz: 16_000, channels: 1, config: Buffer.of(0x14, 8), codecString: 'mp4a.40.2' },
    pts90k: 5760.5,
    wallMs: 12,
    samples: 1024,
    bytes: Buffer.from('sound'),
  };
  expect(writer.writeUnit(ORIGIN, picture, 2)).toBe(true);
  expect(writer.mustTell()).toBe(true);
  expect(writer.writeAudio(ORIGIN, frame)).toBe(true);
  expect(writer.writeBroken({ ...ORIGIN, epoch: 4 }, 'stream_stalled')).toBe(true);
  expect(writer.writeBegun({ ...ORIGIN, isReplay: true })).toBe(true);
  expect(writer.mustTell()).toBe(false);
  const format = { ...FORMAT, pps: Buffer.of(4, 5) };
  expect(drain(reader)).toEqual([
    { ...ORIGIN, kind: 'unit', unit: { ...picture, arrivedMs: 542, format } },
    { ...ORIGIN, kind: 'audio', frame },
    { ...ORIGIN, epoch: 4, kind: 'broken', cause: 'stream_stalled' },
    { ...ORIGIN, isReplay: true, kind: 'begun' },
  ]);
  expect(drain(reader)).toEqual([]);
  expect(writer.mustTell()).toBe(true);
});

test('goes round and round without mixing anything up, the same format being the same object', () => {
  const memory = makeRing(4096);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory, 0);
  const formats = new Set<unknown>();
  for (let round = 0; round < 5000; round++) {
    const sizeBytes = 2 + ((round * 37) % 900);
    expect(writer.writeUnit(ORIGIN, unit(round, sizeBytes), 0)).toBe(true);
    if (round % 3 === 0) expect(writer.writeUnit(ORIGIN, unit(round + 0.5, 5), 0)).toBe(true);
    for (const entry of drain(reader)) {
      if (entry.kind !== 'unit') throw new Error(entry.kind);
      formats.add(entry.unit.format);
      const [body, end] = entry.unit.nalUnits;
      expect(body!.every((byte) => byte === Math.floor(entry.unit.pts90k) % 251 || entry.unit.sizeBytes === 5)).toBe(
        true,
      );
      expect([body!.length + 1, end?.[0]]).toEqual([entry.unit.sizeBytes, 9]);
    }
  }
  expect(formats.size).toBe(1);
});

test('is full when the reader lags, takes again when it has read, and never holds more than its size', () => {
  const memory = makeRing(4096);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory, 0);
  let taken = 0;
  while (writer.writeUnit(ORIGIN, unit(taken, 500), 0)) taken++;
  expect(taken).toBeGreaterThan(4);
  expect(taken).toBeLessThan(8);
  expect(writer.writeUnit(ORIGIN, unit(0, 5000), 0)).toBe(false);
  expect(drain(reader)).toHaveLength(taken);
  expect(writer.writeUnit(ORIGIN, unit(1, 500), 0)).toBe(true);
});

test('a reader that comes late leaves out what a later key frame makes needless, stream by stream', () => {
  const memory = makeRing(64 * 1024);
  const writer = new RingWriter(memory);
  const reader = new RingReader(memory, 0);
  const longAgo = machineMs() - 5000;
  const other = { ...ORIGIN, streamNumber: 8 };
  writer.writeUnit(ORIGIN, unit(1, 50, true, longAgo), 0);
  writer.writeUnit(other, unit(100, 50, true, longAgo), 0);
  writer.writeUnit(ORIGIN, unit(2, 50, false, longAgo), 0);
  writer.writeBroken(ORIGIN, 'stream_error');
  writer.writeUnit(ORIGIN, unit(3, 50, true, longAgo), 0);
  writer.writeUnit(ORIGIN, unit(4, 50), 0);
  writer.writeUnit(other, unit(101, 50), 0);
  const seen = drain(reader).map((entry) => (entry.kind === 'unit' ? entry.unit.pts90k : entry.kind));
  expect(seen).toEqual([100, 'broken', 3, 4, 101]);
  expect(reader.skipped).toBe(2);
  // In step again: nothing is left out.
  for (const pts of [5, 6]) writer.writeUnit(ORIGIN, unit(pts, 50, true), 0);
  expect(drain(reader)).toHaveLength(2);
});
