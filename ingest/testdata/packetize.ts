import type { VideoCodec } from '../media.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import type { ClipPicture } from './encode-clip.ts';

export interface PacketizeOptions {
  /** @default h264 */
  readonly codec?: VideoCodec;
  readonly fps?: number;
  readonly maxPayload?: number;
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
}

/** RTP packets of a clip, as a camera sends them: single NAL units and fragments, marker on the last of each picture. */
export function packetize(pictures: readonly ClipPicture[], options: PacketizeOptions = {}): RtpPacket[] {
  const { fps = 25, maxPayload = 400, firstSequence = 65_500, firstTimestamp = 0xffff_f000 } = options;
  const packets: RtpPacket[] = [];
  for (const picture of pictures) {
    const timestamp = (firstTimestamp + picture.shown * (90_000 / fps)) >>> 0;
    const payloads = picture.nals.flatMap((nal) => payloadsOf(nal, maxPayload, options.codec ?? 'h264'));
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

function payloadsOf(nal: Buffer, maxPayload: number, codec: VideoCodec): Buffer[] {
  if (nal.length <= maxPayload) return [nal];
  const [first, second] = [nal.readUInt8(0), nal.readUInt8(1)];
  const [headers, type] =
    codec === 'h264' ? [[(first & 0xe0) | 28], first & 0x1f] : [[(first & 0x81) | (49 << 1), second], first >> 1];
  const parts: Buffer[] = [];
  for (let at = headers.length; at < nal.length; at += maxPayload) {
    const end = Math.min(nal.length, at + maxPayload);
    const flags = (at === headers.length ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
    parts.push(Buffer.concat([Buffer.from([...headers, flags | type]), nal.subarray(at, end)]));
  }
  return parts;
}
