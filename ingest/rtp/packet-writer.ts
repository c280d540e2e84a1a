import { RTP_HEADER_SIZE_BYTES, writeRtpExtension, writeRtpHeader } from './rtp-packet.ts';

export interface PacketWriterOptions {
  readonly ssrc: number;
  /** 0..127 */
  readonly payloadType: number;
  /** 16 bits; random for a new session (RFC 3550 §5.1). */
  readonly firstSequenceNumber: number;
  /** Largest RTP payload; 1200 leaves room for SRTP, TURN and IPv6 in a 1280 byte MTU. */
  readonly maxPayloadSizeBytes?: number;
  /** Memory for the packets of a picture; who gives the same again must be done with those before. By default new memory. */
  readonly allocate?: (sizeBytes: number) => Buffer;
}

/** What goes into one packet: bytes written first, then a part of a NAL unit or of sound. */
export interface Piece {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

export const EMPTY = new Uint8Array(0);

/** Numbers and counts the packets of one stream of RTP. */
export class PacketWriter {
  readonly #ssrc: number;
  readonly #payloadType: number;
  readonly maxPayloadSizeBytes: number;
  readonly #allocate: (sizeBytes: number) => Buffer;
  #sequenceNumber: number;
  #packetsSent = 0;
  #octetsSent = 0;

  constructor(options: PacketWriterOptions) {
    this.#ssrc = options.ssrc;
    this.#payloadType = options.payloadType;
    this.maxPayloadSizeBytes = options.maxPayloadSizeBytes ?? 1200;
    this.#allocate = options.allocate ?? ((sizeBytes) => Buffer.allocUnsafe(sizeBytes));
    this.#sequenceNumber = options.firstSequenceNumber & 0xffff;
    if (this.maxPayloadSizeBytes < 64) throw new RangeError('maxPayloadSizeBytes must be at least 64');
  }

  /** Sequence number of the next packet. */
  get nextSequenceNumber(): number {
    return this.#sequenceNumber;
  }

  /** For sender reports (RFC 3550 §6.4.1). */
  get packetsSent(): number {
    return this.#packetsSent;
  }

  /** Payload octets, without headers. */
  get octetsSent(): number {
    return this.#octetsSent;
  }

  /**
   * @param timestamp RTP time stamp of all of them, taken modulo 2^32
   * @param extension header extension of each, with its own head (RFC 3550 §5.3.1)
   * @returns one RTP packet each, in sending order; the last has the marker bit
   */
  write(pieces: readonly Piece[], timestamp: number, extension: Uint8Array = EMPTY): Buffer[] {
    let payloadSizeBytes = 0;
    for (const { head, body } of pieces) payloadSizeBytes += head.length + body.length;
    // One allocation for all packets of a picture: they are sent, and freed, together.
    const headersSizeBytes = pieces.length * (RTP_HEADER_SIZE_BYTES + extension.length);
    const bytes = this.#allocate(payloadSizeBytes + headersSizeBytes);
    const packets: Buffer[] = [];
    let offset = 0;
    for (const [index, piece] of pieces.entries()) {
      const start = offset;
      offset = writeRtpHeader(bytes, start, {
        marker: index === pieces.length - 1,
        payloadType: this.#payloadType,
        sequenceNumber: this.#sequenceNumber,
        timestamp: timestamp % 2 ** 32,
        ssrc: this.#ssrc,
      });
      offset = writeRtpExtension(bytes, offset, extension);
      bytes.set(piece.head, offset);
      bytes.set(piece.body, offset + piece.head.length);
      offset += piece.head.length + piece.body.length;
      packets.push(bytes.subarray(start, offset));
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    }
    this.#packetsSent += packets.length;
    this.#octetsSent += payloadSizeBytes;
    return packets;
  }
}
