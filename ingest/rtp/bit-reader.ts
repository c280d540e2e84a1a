import { ingestErrors } from '../errors.ts';

/**
 * Reads bits, most significant first, with the Exp-Golomb codes of H.264. Never reads past the end.
 *
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED` from every read beyond the end
 * @see ITU-T H.264 §7.2, §9.1
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  /** @param bytes RBSP: without emulation prevention bytes, see {@link unescapeRbsp} */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits read so far. */
  get position(): number {
    return this.#position;
  }

  bit(): number {
    const byte = this.#bytes[this.#position >> 3];
    if (byte === undefined) throw ingestErrors.RTP_PAYLOAD_MALFORMED({ detail: 'parameter set too short' });
    const value = (byte >> (7 - (this.#position & 7))) & 1;
    this.#position++;
    return value;
  }

  /** @param count 0..32 */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    for (let i = 0; i < count; i++) this.bit();
  }

  /** ue(v) */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      if (++zeros > 32) throw ingestErrors.RTP_PAYLOAD_MALFORMED({ detail: 'Exp-Golomb code too long' });
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }
}

/** A NAL unit's payload without the emulation prevention bytes: 00 00 03 becomes 00 00. */
export function unescapeRbsp(nal: Uint8Array): Uint8Array {
  const rbsp = new Uint8Array(nal.length);
  let size = 0;
  let zeros = 0;
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    rbsp[size++] = byte;
  }
  return rbsp.subarray(0, size);
}
