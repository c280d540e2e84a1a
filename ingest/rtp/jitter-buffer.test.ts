import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JitterBuffer, type JitterBufferLimits } from './jitter-buffer.ts';
import { buildRtpPacket } from './rtp-packet.ts';

function packet(sequenceNumber: number, ssrc = 7, sizeBytes = 20): Buffer {
  const payload = Buffer.alloc(sizeBytes);
  return buildRtpPacket({ marker: false, payloadType: 96, sequenceNumber, timestamp: 0, ssrc, payload });
}

function make(limits: Partial<JitterBufferLimits> = {}): { buffer: JitterBuffer; out: number[] } {
  const out: number[] = [];
  return { buffer: new JitterBuffer((bytes) => out.push(bytes.readUInt16BE(2)), { startWaitMs: 0, ...limits }), out };
}

test('passes packets in order at once, over the wrap of the numbers', () => {
  const { buffer, out } = make();
  for (const number of [65_534, 65_535, 0, 1]) buffer.push(packet(number), 0);
  expect(out).toEqual([65_534, 65_535, 0, 1]);
  expect(buffer.dueMs).toBeUndefined();
  expect(buffer.counters).toEqual({ reordered: 0, lost: 0, discarded: 0 });
});

test('puts packets in order, also over the wrap, and leaves out what comes twice', () => {
  const { buffer, out } = make();
  for (const number of [65_533, 65_535, 1, 65_534, 1, 65_534, 0, 2]) buffer.push(packet(number), 0);
  expect(out).toEqual([65_533, 65_534, 65_535, 0, 1, 2]);
  expect(buffer.counters).toEqual({ reordered: 2, lost: 0, discarded: 2 });
});

test('gives a missing packet up after its time, and leaves it out when it comes later', () => {
  const { buffer, out } = make({ maxWaitMs: 100 });
  buffer.push(packet(10), 0);
  buffer.push(packet(12), 10);
  buffer.push(packet(14), 50);
  expect(buffer.dueMs).toBe(110);
  buffer.expire(109);
  expect(out).toEqual([10]);
  buffer.expire(110);
  expect(out).toEqual([10, 12]);
  expect(buffer.dueMs).toBe(150);
  buffer.push(packet(11), 120);
  buffer.push(packet(13), 130);
  expect(out).toEqual([10, 12, 13, 14]);
  expect(buffer.counters).toEqual({ reordered: 1, lost: 1, discarded: 1 });
});

test('waits a little before it takes the first packet for the beginning', () => {
  const { buffer, out } = make({ startWaitMs: 50 });
  for (const number of [2, 1, 65_535, 3, 0]) buffer.push(packet(number), 0);
  expect([out, buffer.dueMs]).toEqual([[], 50]);
  buffer.expire(50);
  expect(out).toEqual([65_535, 0, 1, 2, 3]);
  buffer.push(packet(65_534), 51);
  buffer.push(packet(4), 51);
  expect(out.slice(5)).toEqual([4]);
  expect(buffer.counters).toMatchObject({ lost: 0, discarded: 1 });
});

test('holds no more packets and bytes than it may', () => {
  const few = make({ maxPackets: 3 });
  few.buffer.push(packet(0), 0);
  for (const number of [2, 3, 4]) few.buffer.push(packet(number), 0);
  expect(few.out).toEqual([0]);
  few.buffer.push(packet(5), 0);
  expect(few.out).toEqual([0, 2, 3, 4, 5]);
  const small = make({ maxSizeBytes: 3000 });
  small.buffer.push(packet(0), 0);
  for (const number of [2, 3]) small.buffer.push(packet(number, 7, 1400), 0);
  expect(small.out).toEqual([0]);
  small.buffer.push(packet(4, 7, 1400), 0);
  expect(small.out).toEqual([0, 2, 3, 4]);
});

test('follows a sender that starts anew, and not a stray packet', () => {
  const { buffer, out } = make();
  buffer.push(packet(100), 0);
  buffer.push(packet(40_000), 0);
  buffer.push(packet(101), 0);
  expect(out).toEqual([100, 101]);
  expect(buffer.counters.discarded).toBe(1);
  buffer.push(packet(103), 0);
  for (const number of [20_000, 20_001, 20_002]) buffer.push(packet(number), 0);
  expect(out).toEqual([100, 101, 103, 20_000, 20_001, 20_002]);
  for (const number of [5, 6, 7]) buffer.push(packet(number, 8), 0);
  expect(out.slice(-3)).toEqual([5, 6, 7]);
});

test('never repeats, never goes back, and hands on all of what arrives within its window', () => {
  const arrivals = fc
    .array(fc.record({ delay: fc.nat(20), isLost: fc.boolean(), isTwice: fc.boolean() }), {
      minLength: 1,
      maxLength: 200,
    })
    .map((plans) =>
      plans
        .flatMap(({ delay, isLost, isTwice }, index) =>
          isLost && index > 0
            ? []
            : Array.from({ length: isTwice ? 2 : 1 }, () => ({ index, at: index === 0 ? -1 : index + delay })),
        )
        .sort((a, b) => a.at - b.at),
    );
  fc.assert(
    fc.property(arrivals, (order) => {
      const { buffer, out } = make();
      for (const { index, at } of order) buffer.push(packet((65_500 + index) & 0xffff), at);
      buffer.flush();
      const sent = [...new Set(order.map(({ index }) => index))].sort((a, b) => a - b);
      expect(out).toEqual(sent.map((index) => (65_500 + index) & 0xffff));
    }),
    { numRuns: 200 },
  );
});

test('takes any bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 100 }), (all) => {
      const buffer = new JitterBuffer(() => undefined, { maxPackets: 5 });
      for (const [index, bytes] of all.entries()) buffer.push(Buffer.from(bytes), index);
      buffer.flush();
      expect(buffer.dueMs).toBeUndefined();
    }),
  );
});
