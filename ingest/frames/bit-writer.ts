/** Writes bits, most significant first, with the Exp-Golomb code of H.264 (§9.1). For parameter sets: small, not fast. */
export class BitWriter {
  readonly #bits: number[] = [];

  bits(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.#bits.push(Math.floor(value / 2 ** i) % 2);
    return this;
  }

  /** ue(v) */
  unsigned(value: number): this {
    const length = Math.floor(Math.log2(value + 1));
    return this.bits(0, length).bits(value + 1, length + 1);
  }

  /** Bits `from` to `to` of `source`. */
  copy(source: Uint8Array, from: number, to: number): this {
    for (let i = from; i < to; i++) this.#bits.push(((source[i >> 3] ?? 0) >> (7 - (i & 7))) & 1);
    return this;
  }

  /** Padded with zero bits to whole bytes. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [i, bit] of this.#bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (7 - (i & 7)));
    return bytes;
  }
}

/** Puts the emulation prevention bytes in: 00 00 0x becomes 00 00 03 0x for x up to 3 (H.264 §7.4.1). */
export function escapeRbsp(rbsp: Uint8Array): Uint8Array {
  const nal: number[] = [];
  let zeros = 0;
  for (const byte of rbsp) {
    if (zeros >= 2 && byte <= 3) {
      nal.push(3);
      zeros = 0;
    }
    nal.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(nal);
}
