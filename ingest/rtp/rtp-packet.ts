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
 * The header of one packet after the other, and where its payload lies: one object for all packets of a receiver, since a
 * new one for each would be most of what the garbage collector has to do. Contributing sources, header extension and
 * padding are skipped.
 *
 * @see RFC 3550 §5.1
 */
export class RtpHeader implements Omit<RtpPacket, 'payload'> {
  marker = false;
  payloadType = 0;
  sequenceNumber = 0;
  timestamp = 0;
  ssrc = 0;
  payloadStart = 0;
  payloadEnd = 0;

  /**
   * Reads the packet that lies from `start` to `end`.
   * @returns false when it is none (a counter for the caller, not an exception); the fields mean nothing then
   */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (end - start < RTP_HEADER_SIZE_BYTES) return false;
    const first = bytes.readUInt8(start);
    const second = bytes.readUInt8(start + 1);
    if (first >> 6 !== 2) return false;
    this.payloadStart = start + RTP_HEADER_SIZE_BYTES + (first & 0x0f) * 4;
    this.payloadEnd = end;
    if (first & 0x10) {
      if (this.payloadStart + 4 > end) return false;
      this.payloadStart += 4 + bytes.readUInt16BE(this.payloadStart + 2) * 4;
    }
    if (first & 0x20) {
      const paddingSizeBytes = bytes.readUInt8(end - 1);
      if (paddingSizeBytes === 0) return false;
      this.payloadEnd -= paddingSizeBytes;
    }
    if (this.payloadStart > this.payloadEnd) return false;
    this.marker = (second & 0x80) !== 0;
    this.payloadType = second & 0x7f;
    this.sequenceNumber = bytes.readUInt16BE(start + 2);
    this.timestamp = bytes.readUInt32BE(start + 4);
    this.ssrc = bytes.readUInt32BE(start + 8);
    return true;
  }
}

/**
 * A checked view over the bytes of one packet; see {@link RtpHeader}.
 * @returns undefined when the bytes are no RTP packet
 */
export function parseRtpPacket(bytes: Buffer): RtpPacket | undefined {
  const header = new RtpHeader();
  if (!header.read(bytes, 0, bytes.length)) return undefined;
  const { payloadStart, payloadEnd, ...fields } = header;
  return { ...fields, payload: bytes.subarray(payloadStart, payloadEnd) };
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

/**
 * Puts a header extension behind the fixed header that was just written.
 * @param offset behind that header
 * @param extension with its own head, of whole words of 32 bits; may be empty
 * @returns the offset behind it
 * @see RFC 3550 §5.3.1
 */
export function writeRtpExtension(target: Buffer, offset: number, extension: Uint8Array): number {
  if (extension.length === 0) return offset;
  const start = offset - RTP_HEADER_SIZE_BYTES;
  target.writeUInt8(target.readUInt8(start) | 0x10, start);
  target.set(extension, offset);
  return offset + extension.length;
}

/** The packet as new bytes: version 2, no extension, no padding. */
export function buildRtpPacket(packet: Omit<RtpPacket, 'payload'> & { readonly payload: Uint8Array }): Buffer {
  const bytes = Buffer.allocUnsafe(RTP_HEADER_SIZE_BYTES + packet.payload.length);
  bytes.set(packet.payload, writeRtpHeader(bytes, 0, packet));
  return bytes;
}
