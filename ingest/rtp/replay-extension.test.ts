import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ReplayMark, readReplayMark, withReplayMark } from './replay-extension.ts';
import { buildRtpPacket, parseRtpPacket } from './rtp-packet.ts';

const PACKET = buildRtpPacket({
  marker: true,
  payloadType: 96,
  sequenceNumber: 7,
  timestamp: 1234,
  ssrc: 5,
  payload: Uint8Array.of(1, 2, 3),
});

const MARK: ReplayMark = {
  deviceMs: Date.parse('2026-11-23T18:04:05.250Z'),
  isCleanPoint: true,
  isEndOfSection: false,
  isDiscontinuity: true,
  isTerminal: false,
  cseq: 123,
};

test('reads the layout of the standard', () => {
  // Version 2 with an extension, 0xABAC, three words: NTP time, C and D, CSeq 5.
  const bytes = Buffer.from('90e00001000000010000000aabac0003eeaef71540000000a0050000aabb', 'hex');
  expect(readReplayMark(bytes)).toEqual({ ...MARK, cseq: 5, deviceMs: Date.parse('2026-11-23T17:32:05.250Z') });
  expect(parseRtpPacket(bytes)?.payload.toString('hex')).toBe('aabb');
});

test('a packet with a mark is the same packet to everybody else', () => {
  const marked = withReplayMark(PACKET, MARK);
  expect(readReplayMark(marked)).toEqual(MARK);
  expect(parseRtpPacket(marked)).toEqual(parseRtpPacket(PACKET));
});

test('no extension, another one, or one that is cut off is no mark', () => {
  expect(readReplayMark(PACKET)).toBeUndefined();
  const marked = withReplayMark(PACKET, MARK);
  for (let size = 0; size < 28; size++) expect(readReplayMark(marked.subarray(0, size))).toBeUndefined();
  marked.writeUInt16BE(0xbede, 12);
  expect(readReplayMark(marked)).toBeUndefined();
});

test('every mark comes back as it went in, after 2036 too, and no bytes break the reader', () => {
  const marks = fc.record({
    deviceMs: fc.integer({ min: 0, max: Date.parse('2100-01-01T00:00:00Z') }),
    isCleanPoint: fc.boolean(),
    isEndOfSection: fc.boolean(),
    isDiscontinuity: fc.boolean(),
    isTerminal: fc.boolean(),
    cseq: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(marks, (mark) => {
      const { deviceMs, ...flags } = readReplayMark(withReplayMark(PACKET, mark)) ?? { deviceMs: Number.NaN };
      expect(deviceMs).toBeCloseTo(mark.deviceMs, 3);
      expect({ deviceMs: mark.deviceMs, ...flags }).toEqual(mark);
    }),
  );
  const head = fc.constantFrom(Buffer.alloc(0), Buffer.from('90e00001000000010000000aabac', 'hex'));
  fc.assert(
    fc.property(head, fc.uint8Array({ maxLength: 64 }), (start, random) => {
      const mark = readReplayMark(Buffer.concat([start, random]));
      if (mark) expect(Number.isFinite(mark.deviceMs)).toBe(true);
    }),
  );
});
