import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildRtpPacket, parseRtpPacket } from './rtp-packet.ts';

const fields = {
  marker: true,
  payloadType: 96,
  sequenceNumber: 0xfffe,
  timestamp: 0xdeadbeef,
  ssrc: 0x01020304,
};

test('reads what it wrote', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.nat(127),
      fc.nat(0xffff),
      fc.nat(0xffffffff),
      fc.uint8Array({ maxLength: 1400 }),
      (marker, payloadType, sequenceNumber, timestamp, body) => {
        const payload = Buffer.from(body);
        const packet = { marker, payloadType, sequenceNumber, timestamp, ssrc: 5, payload };
        expect(parseRtpPacket(buildRtpPacket(packet))).toEqual(packet);
      },
    ),
  );
});

test('skips contributing sources, the header extension and padding', () => {
  const plain = buildRtpPacket({ ...fields, payload: Buffer.from('video') });
  plain[0] = 0x80 | 0x20 | 0x10 | 2;
  const extension = Buffer.from([0xbe, 0xde, 0, 1, 9, 9, 9, 9]);
  const bytes = Buffer.concat([
    plain.subarray(0, 12),
    Buffer.alloc(8),
    extension,
    plain.subarray(12),
    Buffer.from([0, 0, 3]),
  ]);
  expect(parseRtpPacket(bytes)?.payload.toString()).toBe('video');
});

test('refuses packets that end inside their header, extension or padding', () => {
  const packet = buildRtpPacket({ ...fields, payload: Buffer.from([1, 2, 200]) });
  expect(parseRtpPacket(packet.subarray(0, 11))).toBeUndefined();
  expect(parseRtpPacket(Buffer.from([0x40, ...packet.subarray(1)]))).toBeUndefined();
  expect(parseRtpPacket(Buffer.from([0x90, ...packet.subarray(1, 14)]))).toBeUndefined();
  expect(parseRtpPacket(Buffer.from([0xa0, ...packet.subarray(1)]))).toBeUndefined();
  expect(parseRtpPacket(Buffer.from([0x8f, ...packet.subarray(1)]))).toBeUndefined();
});

test('takes any bytes without throwing, and its payload never leaves them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (random) => {
      const packet = parseRtpPacket(Buffer.from(random));
      if (packet) expect(packet.payload.length).toBeLessThanOrEqual(random.length - 12);
    }),
  );
});
