import { expect, test } from 'vitest';
import { frameNumber, frameOf, framedSizeBytes, writeFramed } from './message-frame.ts';

/** Laid out as a flatbuffers message with one vector of bytes: its end is padded to four bytes. */
function messageOf(packet: Uint8Array, inside = [9, 8, 7, 6, 5]): Buffer {
  const tail = (4 - (packet.length % 4)) % 4;
  const message = Buffer.alloc(4 + inside.length + 4 + packet.length + tail);
  message.writeUInt32LE(message.length - 4, 0);
  message.set(inside, 4);
  message.writeUInt32LE(packet.length, 4 + inside.length);
  message.set(packet, 8 + inside.length);
  return message;
}

function packetOf(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, at) => (at * 31 + sizeBytes) & 0xff);
}

test.each([12, 13, 14, 15, 16, 17, 18, 19])(
  'a frame learned from a packet of %i bytes makes the same message of a longer packet as its writer does',
  (sizeBytes) => {
    const small = packetOf(sizeBytes);
    const large = packetOf(sizeBytes + 1144);
    expect(frameNumber(large.length)).toBe(frameNumber(small.length));
    const frame = frameOf(messageOf(small), small);
    if (!frame) throw new Error('not learned');
    const expected = messageOf(large);
    const target = Buffer.alloc(expected.length + 20, 0xee);
    expect(framedSizeBytes(frame, large)).toBe(expected.length);
    expect(writeFramed(target, 10, frame, large)).toBe(10 + expected.length);
    expect(target.subarray(10, 10 + expected.length)).toEqual(expected);
    expect([...target.subarray(0, 10), ...target.subarray(10 + expected.length)]).toEqual(Array(20).fill(0xee));
  },
);

test('nothing is learned of a message that does not hold the packet at its end, or tells other sizes', () => {
  const packet = packetOf(40);
  const message = messageOf(packet);
  const broken = (change: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(message);
    change(copy);
    return copy;
  };
  expect(frameOf(message, packet)).toBeDefined();
  expect(frameOf(message, packetOf(44))).toBeUndefined();
  expect(
    frameOf(
      broken((copy) => copy.writeUInt32LE(copy.length, 0)),
      packet,
    ),
  ).toBeUndefined();
  expect(
    frameOf(
      broken((copy) => copy.writeUInt32BE(40, 9)),
      packet,
    ),
  ).toBeUndefined();
  expect(frameOf(Buffer.concat([message, Buffer.alloc(8)]), packet)).toBeUndefined();
  expect(frameOf(Buffer.from(packet), packet)).toBeUndefined();
  expect(frameOf(new Uint8Array(0), packet)).toBeUndefined();
});
