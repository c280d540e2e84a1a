import type { AudioCodec } from '../media.ts';
import { EMPTY, PacketWriter, type PacketWriterOptions, type Piece } from './packet-writer.ts';

/** Of a size that no access unit has: 13 bits hold it (RFC 3640 §3.3.6). */
const MAX_AAC_SIZE_BYTES = 0x1fff;
/** Length of all headers in bits, then the one header of an access unit. */
const AU_HEADERS_SIZE_BYTES = 4;

/**
 * Puts sound into RTP packets: an AAC access unit each with the headers of mode AAC-hbr, or G.711 as it is.
 * @see RFC 3640 §3.2, §3.3.6; RFC 3551 §4.5.14
 */
export class AudioPacketizer {
  readonly #writer: PacketWriter;
  readonly #codec: AudioCodec;

  constructor(codec: AudioCodec, options: PacketWriterOptions) {
    this.#writer = new PacketWriter(options);
    this.#codec = codec;
  }

  /** Sequence number of the next packet. */
  get nextSequenceNumber(): number {
    return this.#writer.nextSequenceNumber;
  }

  /** For sender reports (RFC 3550 §6.4.1). */
  get packetsSent(): number {
    return this.#writer.packetsSent;
  }

  /** Payload octets, without headers. */
  get octetsSent(): number {
    return this.#writer.octetsSent;
  }

  /** @param timestamp in samples, taken modulo 2^32 */
  packetize(bytes: Uint8Array, timestamp: number): Buffer[] {
    if (this.#codec !== 'aac') return this.#writer.write([{ head: EMPTY, body: bytes }], timestamp);
    if (bytes.length === 0 || bytes.length > MAX_AAC_SIZE_BYTES) return [];
    const head = Buffer.alloc(AU_HEADERS_SIZE_BYTES);
    head.writeUInt16BE(16, 0);
    head.writeUInt16BE(bytes.length << 3, 2);
    const stepSizeBytes = this.#writer.maxPayloadSizeBytes - AU_HEADERS_SIZE_BYTES;
    const pieces: Piece[] = [];
    // A fragment tells the size of the whole (RFC 3640 §3.2.3).
    for (let start = 0; start < bytes.length; start += stepSizeBytes)
      pieces.push({ head, body: bytes.subarray(start, start + stepSizeBytes) });
    return this.#writer.write(pieces, timestamp);
  }
}
