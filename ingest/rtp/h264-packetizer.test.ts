import { describe, expect, it } from 'vitest';
import { h264Depacketizer } from './h264-depacketizer.ts';
import { H264Packetizer } from './h264-packetizer.ts';
import { parseRtpPacket } from './rtp-packet.ts';

const SPS = Buffer.from('Z0LACqYREJsBEAAAAwAQAAADACDxImEY', 'base64');
const PPS = Buffer.from('aMhCDyyA', 'base64');
const format = { sps: SPS, pps: PPS };

function nal(header: number, sizeBytes: number): Buffer {
  return Buffer.concat([Buffer.from([header]), Buffer.alloc(sizeBytes - 1, 0x77)]);
}

function packetizer(maxPayloadSizeBytes = 1200, firstSequenceNumber = 0): H264Packetizer {
  return new H264Packetizer({ ssrc: 0xdeadbeef, payloadType: 96, firstSequenceNumber, maxPayloadSizeBytes });
}

describe('the H.264 packetizer', () => {
  it.each([64, 500, 1200, 65_000])('is undone by the depacketizer for payloads of up to %i bytes', (max) => {
    const sender = packetizer(max);
    const receiver = h264Depacketizer();
    const key = [nal(0x65, 5000), nal(0x65, max), nal(0x65, max + 1), nal(0x65, 2)];
    const other = [nal(0x41, 40), nal(0x41, 2 * max)];
    const packets = [
      ...sender.packetize({ nalUnits: key, isKeyFrame: true, format }, 1000),
      ...sender.packetize({ nalUnits: other, isKeyFrame: false, format }, 2000),
    ];
    for (const packet of packets) expect(packet.length).toBeLessThanOrEqual(max + 12);
    const pictures = packets.flatMap((packet) => [...receiver.push(parseRtpPacket(packet)!)]);
    expect(pictures.map(({ timestamp, isKeyFrame, damaged }) => ({ timestamp, isKeyFrame, damaged }))).toEqual([
      { timestamp: 1000, isKeyFrame: true, damaged: false },
      { timestamp: 2000, isKeyFrame: false, damaged: false },
    ]);
    expect(pictures[0]!.nalUnits.map((one) => one.toString('hex'))).toEqual(key.map((one) => one.toString('hex')));
    expect(pictures[1]!.nalUnits.map((one) => one.toString('hex'))).toEqual(other.map((one) => one.toString('hex')));
    expect(Buffer.from(pictures[0]!.format.sps)).toEqual(SPS);
  });

  it('puts the header extension that it was given into the packets of key frames only', () => {
    const keyFrameExtension = Uint8Array.of(0xbe, 0xde, 0, 1, 0xb2, 0, 0, 0);
    const sender = new H264Packetizer({
      ...{ ssrc: 1, payloadType: 96, firstSequenceNumber: 0, maxPayloadSizeBytes: 100 },
      keyFrameExtension,
    });
    const key = sender.packetize({ nalUnits: [nal(0x65, 250)], isKeyFrame: true, format }, 0);
    const other = sender.packetize({ nalUnits: [nal(0x41, 250)], isKeyFrame: false, format }, 3600);
    for (const packet of key) expect(packet.subarray(12, 20)).toEqual(Buffer.from(keyFrameExtension));
    for (const packet of other) expect(packet.readUInt8(0) & 0x10).toBe(0);
    // What comes behind it is the same picture.
    const receiver = h264Depacketizer();
    const pictures = [...key, ...other].flatMap((packet) => [...receiver.push(parseRtpPacket(packet)!)]);
    expect(pictures.map(({ isKeyFrame, damaged }) => ({ isKeyFrame, damaged }))).toEqual([
      { isKeyFrame: true, damaged: false },
      { isKeyFrame: false, damaged: false },
    ]);
  });

  it('numbers packets on over the wrap, marks the last of each picture and counts what it sent', () => {
    const sender = packetizer(100, 0xfffe);
    const packets = sender
      .packetize({ nalUnits: [nal(0x41, 400)], isKeyFrame: false, format }, 2 ** 32 + 5)
      .map((packet) => parseRtpPacket(packet)!);
    expect(packets.map(({ sequenceNumber }) => sequenceNumber)).toEqual([0xfffe, 0xffff, 0, 1, 2]);
    expect(packets.map(({ marker }) => marker)).toEqual([false, false, false, false, true]);
    expect(packets[0]).toMatchObject({ ssrc: 0xdeadbeef, payloadType: 96, timestamp: 5 });
    expect(sender.packetsSent).toBe(5);
    expect(sender.octetsSent).toBe(399 + 5 * 2);
    expect(sender.nextSequenceNumber).toBe(3);
  });
});
