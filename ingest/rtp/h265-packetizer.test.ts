import { expect, it } from 'vitest';
import { encodeClip } from '../testdata/encode-clip.ts';
import { h265Depacketizer } from './h265-depacketizer.ts';
import { nalTypeOf } from './h265-nal.ts';
import { H265Packetizer } from './h265-packetizer.ts';
import { parseRtpPacket } from './rtp-packet.ts';

const CLIP = encodeClip({ codec: 'h265', frames: 12, gop: 6, slices: 2, size: '320x192' });
const [vps, sps, pps] = [32, 33, 34].map((type) => CLIP[0]!.nals.find((nal) => nalTypeOf(nal) === type)!);
const format = { vps: vps!, sps: sps!, pps: pps! };
const PICTURES = CLIP.map(({ nals }) => nals.filter((nal) => nalTypeOf(nal) < 32));

it.each([64, 500, 1200, 65_000])('is undone by the depacketizer for payloads of up to %i bytes', (max) => {
  const sender = new H265Packetizer({
    ssrc: 7,
    payloadType: 96,
    firstSequenceNumber: 0xfffe,
    maxPayloadSizeBytes: max,
  });
  const receiver = h265Depacketizer();
  const packets = PICTURES.flatMap((nalUnits, index) =>
    sender.packetize({ nalUnits, isKeyFrame: index % 6 === 0, format }, index * 3600),
  );
  for (const packet of packets) expect(packet.length).toBeLessThanOrEqual(max + 12);
  const read = packets.map((packet) => parseRtpPacket(packet)!);
  expect(read.filter(({ marker }) => marker)).toHaveLength(PICTURES.length);
  expect(sender.packetsSent).toBe(packets.length);
  expect(sender.octetsSent).toBe(read.reduce((sum, { payload }) => sum + payload.length, 0));
  // An aggregation packet where it fits, which a receiver may join at.
  expect(nalTypeOf(read[0]!.payload)).toBe(max === 64 ? 32 : 48);
  const last = receiver.flush();
  const pictures = [...read.flatMap((packet) => [...receiver.push(packet)]), ...(last ? [last] : [])];
  expect(pictures.map(({ isKeyFrame, damaged }) => [isKeyFrame, damaged])).toEqual(
    PICTURES.map((_, index) => [index % 6 === 0, false]),
  );
  expect(pictures.map(({ nalUnits }) => nalUnits.map((nal) => nal.toString('hex')))).toEqual(
    PICTURES.map((nals) => nals.map((nal) => nal.toString('hex'))),
  );
  expect(Buffer.from(pictures[0]!.format.vps ?? [])).toEqual(vps);
});
