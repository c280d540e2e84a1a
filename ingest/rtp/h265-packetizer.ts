import type { AccessUnit } from '../media.ts';
import { nalTypeOf } from './h265-nal.ts';
import { EMPTY, PacketWriter, type PacketWriterOptions, type Piece } from './packet-writer.ts';

const NAL_TYPE_AP = 48;
const NAL_TYPE_FU = 49;
const NAL_HEADER_SIZE_BYTES = 2;
const FU_HEADERS_SIZE_BYTES = 3;

type PacketSource = Pick<AccessUnit, 'nalUnits' | 'isKeyFrame'> & {
  readonly format: Pick<AccessUnit['format'], 'vps' | 'sps' | 'pps'>;
};

/**
 * Cuts access units of H.265 into RTP packets: single NAL unit packets and fragments, with the parameter sets joined as an aggregation packet
 * in front of each key frame, so that a receiver may join at any of them. No DON fields: nothing is interleaved.
 *
 * @see RFC 7798 §4.4
 */
export class H265Packetizer {
  readonly #writer: PacketWriter;

  constructor(options: PacketWriterOptions) {
    this.#writer = new PacketWriter(options);
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

  /**
   * @param timestamp RTP time stamp of the picture, taken modulo 2^32
   * @returns one RTP packet each, in sending order; the last has the marker bit
   */
  packetize({ nalUnits, isKeyFrame, format }: PacketSource, timestamp: number): Buffer[] {
    const pieces: Piece[] = [];
    if (isKeyFrame) this.#addParameterSets(pieces, [format.vps ?? EMPTY, format.sps, format.pps]);
    for (const nal of nalUnits) this.#addNalUnit(pieces, nal);
    return this.#writer.write(pieces, timestamp);
  }

  #addParameterSets(pieces: Piece[], sets: readonly Uint8Array[]): void {
    const known = sets.filter(({ length }) => length > NAL_HEADER_SIZE_BYTES);
    const sizeBytes = known.reduce((sum, { length }) => sum + 2 + length, NAL_HEADER_SIZE_BYTES);
    if (known.length < 2 || sizeBytes > this.#writer.maxPayloadSizeBytes) {
      for (const set of known) this.#addNalUnit(pieces, set);
      return;
    }
    const joined = Buffer.allocUnsafe(sizeBytes);
    // Layer 0, and the temporal layer of parameter sets, which is the lowest.
    joined.writeUInt16BE((NAL_TYPE_AP << 9) | 1, 0);
    let offset = NAL_HEADER_SIZE_BYTES;
    for (const set of known) {
      offset = joined.writeUInt16BE(set.length, offset);
      joined.set(set, offset);
      offset += set.length;
    }
    pieces.push({ head: EMPTY, body: joined });
  }

  #addNalUnit(pieces: Piece[], nal: Uint8Array): void {
    const [first, second] = nal;
    if (first === undefined || second === undefined) return;
    const { maxPayloadSizeBytes } = this.#writer;
    if (nal.length <= maxPayloadSizeBytes) {
      pieces.push({ head: EMPTY, body: nal });
      return;
    }
    const type = nalTypeOf(nal);
    const stepSizeBytes = maxPayloadSizeBytes - FU_HEADERS_SIZE_BYTES;
    for (let start = NAL_HEADER_SIZE_BYTES; start < nal.length; start += stepSizeBytes) {
      const end = Math.min(start + stepSizeBytes, nal.length);
      const flags = (start === NAL_HEADER_SIZE_BYTES ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
      const head = Uint8Array.of((first & 0x81) | (NAL_TYPE_FU << 1), second, flags | type);
      pieces.push({ head, body: nal.subarray(start, end) });
    }
  }
}
