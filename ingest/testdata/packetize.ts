import type { RtpPacket } from '../rtp/rtp-packet.ts';
import type { ClipPicture } from './encode-clip.ts';

export interface PacketizeOptions {
  readonly fps?: number;
  readonly maxPayload?: number;
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  /** Display position of each picture, when they come out of order. */
  readonly order?: readonly number[];
}

/** RTP packets of a clip, as a camera sends them: single NAL units and FU-A, marker on the last of each picture. */
export function packetize(pictures: readonly ClipPicture[], options: PacketizeOptions = {}): RtpPacket[] {
  const { fps = 25, maxPayload = 400, firstSequence = 65_500, firstTimestamp = 0xffff_f000, order } = options;
  const packets: RtpPacket[] = [];
  for (const [index, picture] of pictures.entries()) {
    const timestamp = (firstTimestamp + (order?.[index] ?? index) * (90_000 / fps)) >>> 0;
    const payloads = picture.nals.flatMap((nal) => payloadsOf(nal, maxPayload));
    for (const [part, payload] of payloads.entries()) {
      const sequenceNumber = (firstSequence + packets.length) & 0xffff;
      packets.push({
        marker: part === payloads.length - 1,
        payloadType: 96,
        sequenceNumber,
        timestamp,
        ssrc: 7,
        payload,
      });
    }
  }
  return packets;
}

function payloadsOf(nal: Buffer, maxPayload: number): Buffer[] {
  if (nal.length <= maxPayload) return [nal];
  const header = nal.readUInt8(0);
  const parts: Buffer[] = [];
  for (let at = 1; at < nal.length; at += maxPayload) {
    const end = Math.min(nal.length, at + maxPayload);
    const flags = (at === 1 ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
    parts.push(Buffer.concat([Buffer.from([(header & 0xe0) | 28, flags | (header & 0x1f)]), nal.subarray(at, end)]));
  }
  return parts;
}
