import { ingestErrors } from '../errors.ts';

/** Frame flags of the NUT specification, 'frame_flags'. */
const FLAG = {
  codedPts: 8,
  streamId: 16,
  sizeMsb: 32,
  checksum: 64,
  reserved: 128,
  sideData: 256,
  headerIndex: 1024,
  matchTime: 2048,
  coded: 4096,
  invalid: 8192,
} as const;

const FILE_ID = 'nut/multimedia container\0';
const START_CODE_FIRST_BYTE = 0x4e; // 'N'
/** Second byte of the start codes: main, stream, syncpoint, index, info. */
const MAIN = 0x4d;
const STREAM = 0x53;
const SYNCPOINT = 0x4b;
const SKIPPED = new Set([0x49, 0x58]);
/** Packets longer than this carry a checksum of their header. */
const LONG_PACKET = 4096;
const MAX_PICTURE_SIZE_BYTES = 128 * 1024 * 1024;
const MAX_HEADER_SIZE_BYTES = 64 * 1024;

interface FrameCode {
  readonly flags: number;
  readonly ptsDelta: number;
  readonly sizeMul: number;
  readonly sizeLsb: number;
  readonly reservedCount: number;
}

export interface NutReaderHandlers {
  /** A picture begins. @returns where its bytes shall go (of exactly this size), or undefined to skip them */
  begin(ptsMs: number, sizeBytes: number): Uint8Array | undefined;
  /** The picture that began is whole; `pixels` is what `begin` gave. */
  end(ptsMs: number, pixels: Uint8Array | undefined): void;
}

interface OpenPicture {
  readonly ptsMs: number;
  readonly sizeBytes: number;
  readonly target: Uint8Array | undefined;
  filled: number;
}

/** Thrown to itself: the item is not all there yet. */
const INCOMPLETE = Symbol('incomplete');

/**
 * Reads what ffmpeg writes with `-f nut` for one stream of raw pictures, and puts their bytes where they are wanted,
 * without a copy in between. The picture's size may change from one to the next.
 *
 * @throws {AppError} from `push`: `PICTURE_UNDECODABLE` when the bytes are out of step; start anew after that
 * @see NUT Open Container Format, https://ffmpeg.org/~michael/nut.txt
 */
export class NutReader {
  readonly #handlers: NutReaderHandlers;
  #pending: Buffer = Buffer.alloc(0);
  #position = 0;
  #sawFileId = false;
  #codes: (FrameCode | undefined)[] = [];
  #timeBaseCount = 1;
  #msPerTick = 1;
  #ptsShift = 7;
  #lastPts = 0;
  #picture: OpenPicture | undefined;

  constructor(handlers: NutReaderHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#picture) {
        rest = this.#fill(this.#picture, rest);
        continue;
      }
      this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, rest]) : rest;
      rest = Buffer.alloc(0);
      if (!this.#readItems()) {
        if (this.#pending.length > MAX_HEADER_SIZE_BYTES) throw outOfStep('header too long');
        // A view would keep the whole chunk alive.
        this.#pending = Buffer.from(this.#pending);
        return;
      }
      rest = this.#pending;
      this.#pending = Buffer.alloc(0);
    }
  }

  #fill(picture: OpenPicture, chunk: Buffer): Buffer {
    const part = Math.min(chunk.length, picture.sizeBytes - picture.filled);
    picture.target?.set(part === chunk.length ? chunk : chunk.subarray(0, part), picture.filled);
    picture.filled += part;
    if (picture.filled === picture.sizeBytes) {
      this.#picture = undefined;
      this.#handlers.end(picture.ptsMs, picture.target);
    }
    return chunk.subarray(part);
  }

  /** @returns true when a picture begins: what is left of `#pending` are its bytes */
  #readItems(): boolean {
    try {
      while (this.#pending.length > 0 && !this.#picture) {
        this.#position = 0;
        this.#readItem();
        this.#pending = this.#pending.subarray(this.#position);
      }
    } catch (thrown) {
      if (thrown === INCOMPLETE) return false;
      throw thrown;
    }
    return this.#picture !== undefined;
  }

  #readItem(): void {
    if (!this.#sawFileId) {
      this.#require(FILE_ID.length);
      if (this.#pending.toString('latin1', 0, FILE_ID.length) !== FILE_ID) throw outOfStep('file id');
      this.#position = FILE_ID.length;
      this.#sawFileId = true;
      return;
    }
    if (this.#pending[0] === START_CODE_FIRST_BYTE) this.#readPacket();
    else this.#readFrameHeader();
  }

  #readPacket(): void {
    this.#require(8);
    const kind = this.#pending[1] ?? 0;
    this.#position = 8;
    const sizeBytes = this.#varint();
    if (sizeBytes > MAX_HEADER_SIZE_BYTES) throw outOfStep('packet too long');
    if (sizeBytes > LONG_PACKET) this.#position += 4;
    const end = this.#position + sizeBytes;
    this.#require(end);
    if (kind === MAIN) this.#readMainHeader();
    else if (kind === STREAM) this.#readStreamHeader();
    else if (kind === SYNCPOINT) this.#lastPts = Math.floor(this.#varint() / this.#timeBaseCount);
    else if (!SKIPPED.has(kind)) throw outOfStep('start code');
    this.#position = end;
  }

  #readMainHeader(): void {
    const version = this.#varint();
    if (version > 3) this.#varint(); // minor version
    this.#varint(); // stream count
    this.#varint(); // max distance
    this.#timeBaseCount = Math.max(1, this.#varint());
    for (let i = 0; i < this.#timeBaseCount; i++) {
      const numerator = this.#varint();
      const denominator = this.#varint();
      if (i === 0) this.#msPerTick = (numerator * 1000) / denominator;
    }
    this.#codes = [];
    let ptsDelta = 0;
    let sizeMul = 1;
    while (this.#codes.length < 256) {
      const flags = this.#varint();
      const fields = this.#varint();
      if (fields > 0) ptsDelta = this.#signedVarint();
      if (fields > 1) sizeMul = this.#varint();
      if (fields > 2) this.#varint(); // stream
      const sizeLsb = fields > 3 ? this.#varint() : 0;
      const reservedCount = fields > 4 ? this.#varint() : 0;
      const count = fields > 5 ? this.#varint() : sizeMul - sizeLsb;
      if (fields > 6) this.#signedVarint(); // match time delta
      if (fields > 7) this.#varint(); // elision header
      for (let i = 8; i < fields; i++) this.#varint();
      if (count < 1) throw outOfStep('frame codes');
      for (let i = 0; i < count && this.#codes.length < 256; i++) {
        if (this.#codes.length === START_CODE_FIRST_BYTE) this.#codes.push(undefined);
        this.#codes.push({ flags, ptsDelta, sizeMul, sizeLsb: sizeLsb + i, reservedCount });
      }
    }
  }

  #readStreamHeader(): void {
    this.#varint(); // stream id
    this.#varint(); // class
    const fourccSizeBytes = this.#varint();
    this.#position += fourccSizeBytes;
    this.#varint(); // time base
    this.#ptsShift = this.#varint();
  }

  #readFrameHeader(): void {
    const code = this.#codes[this.#byte()];
    if (!code) throw outOfStep('frame before header');
    let flags = code.flags;
    if (flags & FLAG.coded) flags ^= this.#varint();
    if (flags & (FLAG.invalid | FLAG.sideData)) throw outOfStep('frame code');
    if (flags & FLAG.streamId) this.#varint();
    const pts = flags & FLAG.codedPts ? this.#codedPts() : this.#lastPts + code.ptsDelta;
    const sizeBytes = code.sizeLsb + (flags & FLAG.sizeMsb ? code.sizeMul * this.#varint() : 0);
    if (flags & FLAG.matchTime) this.#signedVarint();
    if (flags & FLAG.headerIndex) this.#varint();
    const reservedCount = flags & FLAG.reserved ? this.#varint() : code.reservedCount;
    for (let i = 0; i < reservedCount; i++) this.#varint();
    if (flags & FLAG.checksum) this.#position += 4;
    this.#require(this.#position);
    if (sizeBytes === 0 || sizeBytes > MAX_PICTURE_SIZE_BYTES) throw outOfStep('picture size');
    this.#lastPts = pts;
    const ptsMs = Math.round(pts * this.#msPerTick);
    const target = this.#handlers.begin(ptsMs, sizeBytes);
    this.#picture = { ptsMs, sizeBytes, filled: 0, target };
  }

  /** Small values are only the low bits of the time stamp, the one nearest to the last is meant. */
  #codedPts(): number {
    const coded = this.#varint();
    const modulus = 2 ** this.#ptsShift;
    if (coded >= modulus) return coded - modulus;
    const delta = this.#lastPts - Math.floor((modulus - 1) / 2);
    return ((((coded - delta) % modulus) + modulus) % modulus) + delta;
  }

  #byte(): number {
    const byte = this.#pending[this.#position];
    if (byte === undefined) throw INCOMPLETE;
    this.#position++;
    return byte;
  }

  #varint(): number {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const byte = this.#byte();
      value = value * 128 + (byte & 127);
      if (byte < 128) return value;
    }
    throw outOfStep('number too long');
  }

  #signedVarint(): number {
    const value = this.#varint() + 1;
    return value % 2 === 1 ? -Math.floor(value / 2) : value / 2;
  }

  #require(sizeBytes: number): void {
    if (this.#pending.length < sizeBytes) throw INCOMPLETE;
  }
}

function outOfStep(detail: string): Error {
  return ingestErrors.PICTURE_UNDECODABLE({ detail: `NUT: ${detail}` });
}
