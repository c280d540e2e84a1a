import type { AccessUnit } from '../media.ts';
import { EMPTY, PacketWriter, type PacketWriterOptions, type Piece } from './packet-writer.ts';

const NAL_TYPE_STAP_A = 24;
const NAL_TYPE_FU_A = 28;
const FU_HEADERS_SIZE_BYTES = 2;

export interface H264PacketizerOptions extends PacketWriterOptions {
  /** Header extension of the packets of key frames, with its own head (RFC 3550 §5.3.1). @default none */
  readonly keyFrameExtension?: Uint8Array;
}

type PacketSource = Pick<AccessUnit, 'nalUnits' | 'isKeyFrame'> & {
  readonly format: Pick<AccessUnit['format'], 'sps' | 'pps'>;
};

/**
 * Cuts access units into RTP packets: single NAL unit packets and FU-A (packetization-mode 1), with SPS and PPS joined as
 * STAP-A in front of each key frame, so that a receiver may join at any of them.
 *
 * @see RFC 6184 §5.6, §5.7.1, §5.8
 */
export class H264Packetizer {
  readonly #writer: PacketWriter;
  readonly #keyFrameExtension: Uint8Array;

  constructor(options: H264PacketizerOptions) {
    this.#writer = new PacketWriter(options);
    this.#keyFrameExtension = options.keyFrameExtension ?? EMPTY;
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
  packetize(unit: PacketSource, timestamp: number): Buffer[] {
    const pieces: Piece[] = [];
    if (unit.isKeyFrame) this.#addParameterSets(pieces, unit.format.sps, unit.format.pps);
    for (const nal of unit.nalUnits) this.#addNalUnit(pieces, nal);
    return this.#writer.write(pieces, timestamp, unit.isKeyFrame ? this.#keyFrameExtension : EMPTY);
  }

  #addParameterSets(pieces: Piece[], sps: Uint8Array, pps: Uint8Array): void {
    const joinedSizeBytes = 1 + 2 + sps.length + 2 + pps.length;
    if (sps.length === 0 || pps.length === 0 || joinedSizeBytes > this.#writer.maxPayloadSizeBytes) {
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
    if (nal.length <= this.#writer.maxPayloadSizeBytes) {
      pieces.push({ head: EMPTY, body: nal });
      return;
    }
    const indicator = (header & 0xe0) | NAL_TYPE_FU_A;
    const type = header & 0x1f;
    const stepSizeBytes = this.#writer.maxPayloadSizeBytes - FU_HEADERS_SIZE_BYTES;
    for (let start = 1; start < nal.length; start += stepSizeBytes) {
      const end = Math.min(start + stepSizeBytes, nal.length);
      const flags = (start === 1 ? 0x80 : 0) | (end === nal.length ? 0x40 : 0);
      pieces.push({ head: Uint8Array.of(indicator, flags | type), body: nal.subarray(start, end) });
    }
  }
}
