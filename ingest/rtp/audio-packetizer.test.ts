import { expect, it } from 'vitest';
import { encodeSound } from '../testdata/encode-sound.ts';
import { AacDepacketizer } from './audio-depacketizer.ts';
import { AudioPacketizer } from './audio-packetizer.ts';
import { parseRtpPacket } from './rtp-packet.ts';

const OPTIONS = { ssrc: 9, payloadType: 97, firstSequenceNumber: 0xffff };

it.each([64, 1200])('AAC is undone by the depacketizer, in packets of up to %i bytes', (maxPayloadSizeBytes) => {
  const { frames } = encodeSound('aac', 1);
  const sender = new AudioPacketizer('aac', { ...OPTIONS, maxPayloadSizeBytes });
  const receiver = new AacDepacketizer({ sizeBits: 13, indexBits: 3, indexDeltaBits: 3 }, 1024);
  const packets = frames.flatMap((frame, index) => sender.packetize(frame, index * 1024));
  for (const packet of packets) expect(packet.length).toBeLessThanOrEqual(maxPayloadSizeBytes + 12);
  const pieces = packets.flatMap((packet) => [...receiver.push(parseRtpPacket(packet)!, 0)]);
  expect(pieces.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).toEqual(
    frames.map((one) => one.toString('hex')),
  );
  expect(receiver.malformed).toBe(0);
  expect(sender.packetsSent).toBe(packets.length);
});

it('G.711 goes as it is, and AAC that no header can tell of does not go', () => {
  const sender = new AudioPacketizer('pcma', OPTIONS);
  const [packet] = sender.packetize(Buffer.alloc(160, 0xd5), 160).map((bytes) => parseRtpPacket(bytes));
  expect(packet).toMatchObject({ sequenceNumber: 0xffff, timestamp: 160, payloadType: 97 });
  expect(packet?.payload).toEqual(Buffer.alloc(160, 0xd5));
  expect(new AudioPacketizer('aac', OPTIONS).packetize(Buffer.alloc(8192), 0)).toEqual([]);
});
