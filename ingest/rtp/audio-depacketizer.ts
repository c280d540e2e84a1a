import type { RtpPacket } from './rtp-packet.ts';

/** Lengths of the fields in front of AAC access units, in bits (RFC 3640 §3.2.1). */
export interface AuHeaderFormat {
  readonly sizeBits: number;
  readonly indexBits: number;
  readonly indexDeltaBits: number;
}

/** Encoded sound of one packet. */
export interface SoundPiece {
  readonly bytes: Buffer;
  /** Samples of one channel. */
  readonly samples: number;
  /** How far behind the packet's time stamp it begins. */
  readonly offsetSamples: number;
}

/** Joins the packets of one sound track. Nothing is thrown: what cannot be read is counted. */
export interface AudioDepacketizer {
  readonly malformed: number;
  /** @param lost packets missing just before it */
  push(packet: RtpPacket, lost: number): readonly SoundPiece[];
}

const MAX_UNITS = 64;
const MAX_UNIT_SIZE_BYTES = 0x10000;
const ADTS_HEADER_SIZE_BYTES = 7;
const NONE: readonly SoundPiece[] = [];

/**
 * AAC: one or more access units in a packet, or a part of one. Tolerates cameras that leave the ADTS header in front.
 * @see RFC 3640 §3.2, §3.3.6
 */
export class AacDepacketizer implements AudioDepacketizer {
  readonly #headers: AuHeaderFormat;
  readonly #frameSamples: number;
  #malformed = 0;
  /** An access unit of which parts are missing yet. */
  #partial: { readonly timestamp: number; readonly sizeBytes: number; joined: Buffer } | undefined;

  constructor(headers: AuHeaderFormat, frameSamples: number) {
    this.#headers = headers;
    this.#frameSamples = frameSamples;
  }

  get malformed(): number {
    return this.#malformed;
  }

  push(packet: RtpPacket, lost: number): readonly SoundPiece[] {
    const { payload } = packet;
    if (lost > 0 || this.#partial?.timestamp !== packet.timestamp) this.#partial = undefined;
    const units = this.#readHeaders(payload);
    if (!units) {
      this.#malformed++;
      return NONE;
    }
    const [first] = units.list;
    if (units.list.length === 1 && first && first.sizeBytes > payload.length - units.dataAt) {
      return this.#takePart(packet, first.sizeBytes, payload.subarray(units.dataAt));
    }
    const pieces: SoundPiece[] = [];
    let at = units.dataAt;
    for (const { sizeBytes, index } of units.list) {
      if (at + sizeBytes > payload.length) {
        this.#malformed++;
        break;
      }
      if (sizeBytes > 0) pieces.push(this.#toPiece(Buffer.from(payload.subarray(at, at + sizeBytes)), index));
      at += sizeBytes;
    }
    return pieces;
  }

  #toPiece(bytes: Buffer, index: number): SoundPiece {
    const hasAdts = bytes.length > ADTS_HEADER_SIZE_BYTES && bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0;
    return {
      bytes: hasAdts ? bytes.subarray(ADTS_HEADER_SIZE_BYTES) : bytes,
      samples: this.#frameSamples,
      offsetSamples: index * this.#frameSamples,
    };
  }

  #takePart(packet: RtpPacket, sizeBytes: number, part: Buffer): readonly SoundPiece[] {
    if (sizeBytes > MAX_UNIT_SIZE_BYTES) {
      this.#malformed++;
      return NONE;
    }
    const before = this.#partial?.sizeBytes === sizeBytes ? this.#partial.joined : Buffer.alloc(0);
    const joined = Buffer.concat([before, part]);
    this.#partial = undefined;
    if (joined.length < sizeBytes && !packet.marker) {
      this.#partial = { timestamp: packet.timestamp, sizeBytes, joined };
      return NONE;
    }
    if (joined.length === sizeBytes) return [this.#toPiece(joined, 0)];
    // The head of it was lost, or we came in the middle of it.
    this.#malformed++;
    return NONE;
  }

  #readHeaders(
    payload: Buffer,
  ): { readonly list: readonly { sizeBytes: number; index: number }[]; readonly dataAt: number } | undefined {
    if (payload.length < 2) return undefined;
    const lengthBits = payload.readUInt16BE(0);
    const dataAt = 2 + Math.ceil(lengthBits / 8);
    if (dataAt > payload.length) return undefined;
    const { sizeBits, indexBits, indexDeltaBits } = this.#headers;
    const list: { sizeBytes: number; index: number }[] = [];
    let bit = 16;
    let index = 0;
    const end = 16 + lengthBits;
    while (list.length < MAX_UNITS) {
      const deltaBits = list.length === 0 ? indexBits : indexDeltaBits;
      if (bit + sizeBits + deltaBits > end) break;
      const sizeBytes = readBits(payload, bit, sizeBits);
      const delta = readBits(payload, bit + sizeBits, deltaBits);
      index = list.length === 0 ? 0 : index + delta + 1;
      list.push({ sizeBytes, index });
      bit += sizeBits + deltaBits;
    }
    return list.length > 0 ? { list, dataAt } : undefined;
  }
}

function readBits(bytes: Buffer, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 2 + (((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1);
  return value;
}

/** G.711: a packet is its samples, one byte each. @see RFC 3551 §4.5.14 */
export class G711Depacketizer implements AudioDepacketizer {
  readonly malformed = 0;
  readonly #channels: number;

  constructor(channels: number) {
    this.#channels = channels;
  }

  push({ payload }: RtpPacket): readonly SoundPiece[] {
    const samples = Math.floor(payload.length / this.#channels);
    if (samples === 0) return NONE;
    return [{ bytes: Buffer.from(payload.subarray(0, samples * this.#channels)), samples, offsetSamples: 0 }];
  }
}
