import type { AccessUnit } from '../media.ts';
import { RTP_HEADER_SIZE_BYTES, writeRtpHeader } from './rtp-packet.ts';

const NAL_TYPE_STAP_A = 24;
const NAL_TYPE_FU_A = 28;
const FU_HEADERS_SIZE_BYTES = 2;

export interface H264PacketizerOptions {
  readonly ssrc: number;
  /** 0..127 */
  readonly payloadType: number;
  /** 16 bits; random for a new session (RFC 3550 §5.1). */
  readonly firstSequenceNumber: number;
  /** Largest RTP payload; 1200 leaves room for SRTP, TURN and IPv6 in a 1280 byte MTU. */
  readonly maxPayloadSizeBytes?: number;
}

type PacketSource = Pick<AccessUnit, 'nalUnits' | 'isKeyFrame'> & {
  readonly format: Pick<AccessUnit['format'], 'sps' | 'pps'>;
};

/** What goes into one packet: bytes written first, then a part of a NAL unit. */
interface Piece {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * Cuts access units into RTP packets: single NAL unit packets and FU-A (packetization-mode 1), with SPS and PPS joined as
 * STAP-A in front of each key frame, so that a receiver may join at any of them.
 *
 * @see RFC 6184 §5.6, §5.7.1, §5.8
 */
export class H264Packetizer {
  readonly #ssrc: number;
  readonly #payloadType: number;
  readonly #maxPayloadSizeBytes: number;
  #sequenceNumber: number;
  #packetsSent = 0;
  #octetsSent = 0;

  constructor(options: H264PacketizerOptions) {
    this.#ssrc = options.ssrc;
    this.#payloadType = options.payloadType;
    this.#maxPayloadSizeBytes = options.maxPayloadSizeBytes ?? 1200;
    this.#sequenceNumber = options.firstSequenceNumber & 0xffff;
    if (this.#maxPayloadSizeBytes < 64) throw new RangeError('maxPayloadSizeBytes must be at least 64');
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
   * @param timestamp RTP time stamp of the picture, taken modulo 2^32
   * @returns one RTP packet each, in sending order; the last has the marker bit
   */
  packetize(unit: PacketSource, timestamp: number): Buffer[] {
    const pieces: Piece[] = [];
    if (unit.isKeyFrame) this.#addParameterSets(pieces, unit.format.sps, unit.format.pps);
    for (const nal of unit.nalUnits) this.#addNalUnit(pieces, nal);
    const payloadSizeBytes = pieces.reduce((sum, piece) => sum + piece.head.length + piece.body.length, 0);
    // One allocation for all packets of a picture: they are sent, and freed, together.
    const bytes = Buffer.allocUnsafe(payloadSizeBytes + pieces.length * RTP_HEADER_SIZE_BYTES);
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

  #addParameterSets(pieces: Piece[], sps: Uint8Array, pps: Uint8Array): void {
    const joinedSizeBytes = 1 + 2 + sps.length + 2 + pps.length;
    if (sps.length === 0 || pps.length === 0 || joinedSizeBytes > this.#maxPayloadSizeBytes) {
      if (sps.length > 0) this.#addNalUnit(pieces, sps);
      if (pps.length > 0) this.#addNalUnit(pieces, pps);
      return;
    }
    const joined = Buffer.allocUnsafe(joinedSizeBytes);
    joined.writeUInt8(((sps[0] ?? 0) & 0x60) | NAL_TYPE_STAP_A, 0);
    joined.writeUInt16BE(sps.length, 1);
    joined.set(sps, 3);
    joined.writeUInt16BE(pps.length, 3 + sps.length);
    joined.set(pps, 5 + sps.length);
    pieces.push({ head: EMPTY, body: joined });
  }

  #addNalUnit(pieces: Piece[], nal: Uint8Array): void {
    const header = nal[0];
    if (header === undefined) return;
    if (nal.length <= this.#maxPayloadSizeBytes) {
      pieces.push({ head: EMPTY, body: nal });
      return;
    }
    const indicator = (header & 0xe0) | NAL_TYPE_FU_A;
    const type = header & 0x1f;
    const stepSizeBytes = this.#maxPayloadSizeBytes - FU_HEADERS_SIZE_BYTES;
    for (let start = 1; start < nal.length; start += stepSizeBytes) {
      const end = Math.min(start + stepSizeBytes, nal.length);
      const flags = (start === 1 ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
      pieces.push({ head: Uint8Array.of(indicator, flags | type), body: nal.subarray(start, end) });
    }
  }
}

const EMPTY = new Uint8Array(0);
