/** One RTP packet. `payload` is a view into the bytes it was parsed from: copy it before they are used again. */
export interface RtpPacket {
  readonly marker: boolean;
  readonly payloadType: number;
  /** 16 bits, wraps. */
  readonly sequenceNumber: number;
  /** 32 bits, wraps; 90 kHz for video. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

export const RTP_HEADER_SIZE_BYTES = 12;

/**
 * A checked view over the bytes of one packet: contributing sources, header extension and padding are skipped.
 *
 * @returns undefined when the bytes are no RTP packet (a counter for the caller, not an exception)
 * @see RFC 3550 §5.1
 */
export function parseRtpPacket(bytes: Buffer): RtpPacket | undefined {
  if (bytes.length < RTP_HEADER_SIZE_BYTES) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  if (first >> 6 !== 2) return undefined;
  let start = RTP_HEADER_SIZE_BYTES + (first & 0x0f) * 4;
  let end = bytes.length;
  if (first & 0x10) {
    if (start + 4 > end) return undefined;
    start += 4 + bytes.readUInt16BE(start + 2) * 4;
  }
  if (first & 0x20) {
    const paddingSizeBytes = bytes.readUInt8(end - 1);
    if (paddingSizeBytes === 0) return undefined;
    end -= paddingSizeBytes;
  }
  if (start > end) return undefined;
  return {
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequenceNumber: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, end),
  };
}

/**
 * Writes the fixed header of 12 bytes at `offset`; the payload follows it.
 * @returns the offset behind the header
 * @see RFC 3550 §5.1
 */
export function writeRtpHeader(target: Buffer, offset: number, packet: Omit<RtpPacket, 'payload'>): number {
  target.writeUInt8(0x80, offset);
  target.writeUInt8((packet.marker ? 0x80 : 0) | (packet.payloadType & 0x7f), offset + 1);
  target.writeUInt16BE(packet.sequenceNumber & 0xffff, offset + 2);
  target.writeUInt32BE(packet.timestamp >>> 0, offset + 4);
  target.writeUInt32BE(packet.ssrc >>> 0, offset + 8);
  return offset + RTP_HEADER_SIZE_BYTES;
}

/** The packet as new bytes: version 2, no extension, no padding. */
export function buildRtpPacket(packet: Omit<RtpPacket, 'payload'> & { readonly payload: Uint8Array }): Buffer {
  const bytes = Buffer.allocUnsafe(RTP_HEADER_SIZE_BYTES + packet.payload.length);
  bytes.set(packet.payload, writeRtpHeader(bytes, 0, packet));
  return bytes;
}
