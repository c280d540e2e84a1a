import type { VideoFormat } from '../media.ts';
import { NalBuffer } from './nal-buffer.ts';
import type { RtpHeader, RtpPacket } from './rtp-packet.ts';

/** An access unit before it has its place in time. */
export interface EncodedPicture {
  readonly format: VideoFormat;
  /** RTP time stamp, 32 bits. */
  readonly timestamp: number;
  readonly isKeyFrame: boolean;
  readonly nalUnits: readonly Buffer[];
  readonly sizeBytes: number;
  readonly damaged: boolean;
}

/** What a NAL unit is to its picture; a `message` (SEI) is kept with it. */
export type NalKind = 'slice' | 'key_slice' | 'message' | 'parameter_set' | 'left_out' | 'malformed';

/** How one codec's NAL units lie in RTP payloads. */
export interface PayloadFormat {
  readonly nalHeaderSizeBytes: number;
  readonly aggregateType: number;
  readonly fragmentType: number;
  /** @param firstByte of a NAL unit or of a payload */
  typeOf(firstByte: number): number;
  isSingleNal(type: number): boolean;
  kindOf(nal: Buffer): NalKind;
  /** True for the first slice of a picture. */
  beginsPicture(slice: Buffer): boolean;
  /** The NAL header that a fragment stands for. */
  appendNalHeader(bytes: Buffer, fragmentStart: number, target: NalBuffer): void;
}

/** The parameter sets of one stream, from its description and in band. */
export interface ParameterSets {
  /** A new object whenever something in it changes; undefined until all kinds of sets are known. */
  readonly format: VideoFormat | undefined;
  /** Sets beside those of the format; they go in front of key frames. */
  readonly extras: readonly Buffer[];
  /** @returns false when the set is malformed; what was known before still holds */
  update(nal: Uint8Array): boolean;
}

const MAX_UNIT_SIZE_BYTES = 8 * 1024 * 1024;
const MAX_NALS_PER_UNIT = 4096;
const START_CODE = Buffer.from([0, 0, 1]);
/** Ten seconds of a usual camera. */
const TRUSTED_AFTER_NALS = 250;
const NONE: readonly EncodedPicture[] = [];

/**
 * Joins the RTP packets of access units: single NAL units, aggregates and fragments. An access unit ends at the marker
 * or when the time stamp changes. Tolerates cameras that put Annex B start codes inside a NAL unit, that set the marker
 * on parameter sets, and that set it on every slice.
 *
 * Nothing is thrown: malformed packets are counted and the picture they belong to is `damaged`.
 * @see RFC 6184 §5, RFC 7798 §4
 */
export class VideoDepacketizer {
  readonly #payloads: PayloadFormat;
  readonly #sets: ParameterSets;
  readonly #buffer = new NalBuffer();
  #malformed = 0;
  #timestamp: number | undefined;
  #nals: Buffer[] = [];
  #sizeBytes = 0;
  #hasSlice = false;
  #isKeyFrame = false;
  #isDamaged = false;
  #inFragment = false;
  #lostBefore = false;
  /** The unit of this time stamp was handed on already, or is too large: leave the rest of it out. */
  #isClosed = false;
  #ignoresMarker = false;
  /** How many came one after the other without a start code in them. */
  #plainNals = 0;

  constructor(payloads: PayloadFormat, sets: ParameterSets) {
    this.#payloads = payloads;
    this.#sets = sets;
  }

  get format(): VideoFormat | undefined {
    return this.#sets.format;
  }

  /** Packets and NAL units that could not be used. */
  get malformed(): number {
    return this.#malformed;
  }

  /**
   * @param packet in sequence order, each once
   * @param lost packets missing just before it
   */
  push({ marker, timestamp, payload }: RtpPacket, lost = 0): readonly EncodedPicture[] {
    return this.take({ marker, timestamp, payloadStart: 0, payloadEnd: payload.length }, payload, lost);
  }

  /**
   * As `push`, of a packet whose payload lies in `bytes`.
   * @param bytes copied from: they may be used again afterwards
   */
  take(
    packet: Pick<RtpHeader, 'marker' | 'timestamp' | 'payloadStart' | 'payloadEnd'>,
    bytes: Buffer,
    lost: number,
  ): readonly EncodedPicture[] {
    let ended: EncodedPicture | undefined;
    if (lost > 0) this.#noteLoss();
    if (packet.timestamp !== this.#timestamp) {
      ended = this.#finish();
      this.#timestamp = packet.timestamp;
      this.#isClosed = false;
    }
    this.#takePayload(bytes, packet.payloadStart, packet.payloadEnd);
    const isComplete = packet.marker && this.#hasSlice && !this.#ignoresMarker && !this.#inFragment;
    const marked = isComplete ? this.#finish() : undefined;
    if (isComplete) this.#isClosed = true;
    if (ended && marked) return [ended, marked];
    const one = ended ?? marked;
    return one ? [one] : NONE;
  }

  /** The picture that is still open, when the sender says goodbye: without markers nothing else ends it. */
  flush(): EncodedPicture | undefined {
    return this.#inFragment ? undefined : this.#finish();
  }

  #noteLoss(): void {
    this.#lostBefore = true;
    if (this.#nals.length > 0 || this.#inFragment) this.#isDamaged = true;
    this.#dropFragment();
  }

  #takePayload(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    const payloads = this.#payloads;
    const type = payloads.typeOf(bytes.readUInt8(start));
    if (type === payloads.fragmentType) {
      this.#takeFragment(bytes, start, end);
      return;
    }
    const payload = bytes.subarray(start, end);
    if (this.#inFragment) {
      this.#dropFragment();
      this.#spoil();
    }
    if (type === payloads.aggregateType) this.#takeAggregate(payload);
    else if (payloads.isSingleNal(type) || beginsWithStartCode(payload)) this.#takeNal(payload);
    else this.#spoil();
  }

  #takeFragment(bytes: Buffer, start: number, end: number): void {
    const headerAt = start + this.#payloads.nalHeaderSizeBytes;
    if (end < headerAt + 2) {
      this.#spoil();
      return;
    }
    const header = bytes.readUInt8(headerAt);
    if (header & 0x80) {
      if (this.#inFragment) this.#spoil();
      this.#dropFragment();
      this.#inFragment = true;
      this.#payloads.appendNalHeader(bytes, start, this.#buffer);
    } else if (!this.#inFragment) {
      // The head of it was lost, or we came in the middle of it.
      if (!this.#lostBefore) this.#malformed++;
      if (!this.#isClosed) this.#isDamaged = true;
      return;
    }
    if (this.#sizeBytes + this.#buffer.sizeBytes + (end - start) > MAX_UNIT_SIZE_BYTES) {
      this.#abandon();
      return;
    }
    this.#buffer.append(bytes, headerAt + 1, end);
    if ((header & 0x40) === 0) return;
    this.#inFragment = false;
    this.#addNal(this.#buffer.take());
  }

  #takeAggregate(payload: Buffer): void {
    let offset = this.#payloads.nalHeaderSizeBytes;
    while (offset + 2 <= payload.length) {
      const end = offset + 2 + payload.readUInt16BE(offset);
      if (end > payload.length) break;
      if (end > offset + 2) this.#takeNal(payload.subarray(offset + 2, end));
      offset = end;
    }
    if (offset !== payload.length) this.#spoil();
  }

  #takeNal(nal: Buffer): void {
    if (this.#sizeBytes + nal.length > MAX_UNIT_SIZE_BYTES) {
      this.#abandon();
      return;
    }
    this.#buffer.append(nal);
    this.#addNal(this.#buffer.take());
  }

  /**
   * Splits at start codes that should not be there; a NAL unit cannot contain one (H.264 §7.4.1, H.265 §7.4.2). Once a stream has shown
   * none for long, it is looked for in key pictures and parameter sets alone: the search costs as much as the copy.
   */
  #addNal(bytes: Buffer): void {
    if (this.#plainNals >= TRUSTED_AFTER_NALS && this.#payloads.kindOf(bytes) === 'slice') {
      this.#addTrimmed(bytes, 0, bytes.length);
      return;
    }
    let start = 0;
    while (start < bytes.length) {
      const code = bytes.indexOf(START_CODE, start);
      this.#plainNals = code < 0 ? this.#plainNals + 1 : 0;
      this.#addTrimmed(bytes, start, code < 0 ? bytes.length : code);
      if (code < 0) return;
      start = code + START_CODE.length;
    }
  }

  /** A NAL unit does not end in zeros; some senders pad it with them. */
  #addTrimmed(bytes: Buffer, start: number, paddedEnd: number): void {
    let end = paddedEnd;
    while (end > start && bytes[end - 1] === 0) end--;
    if (end > start) this.#addPlainNal(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
  }

  #addPlainNal(nal: Buffer): void {
    const kind = this.#payloads.kindOf(nal);
    if (kind === 'malformed') {
      this.#spoil();
      return;
    }
    if (kind === 'parameter_set') {
      if (!this.#sets.update(nal)) this.#malformed++;
      return;
    }
    if (kind === 'left_out' || this.#isRestOfClosedUnit(nal, kind)) return;
    if (this.#nals.length >= MAX_NALS_PER_UNIT) {
      this.#abandon();
      return;
    }
    if (kind !== 'message') this.#noteSlice(nal, kind);
    this.#nals.push(nal);
    this.#sizeBytes += nal.length;
  }

  #noteSlice(nal: Buffer, kind: 'slice' | 'key_slice'): void {
    // After loss a unit that does not begin with its first slice has lost its head.
    if (this.#lostBefore && !this.#hasSlice && !this.#payloads.beginsPicture(nal)) this.#isDamaged = true;
    this.#lostBefore = false;
    this.#hasSlice = true;
    if (kind === 'key_slice') this.#isKeyFrame = true;
  }

  #isRestOfClosedUnit(nal: Buffer, kind: NalKind): boolean {
    if (!this.#isClosed || kind === 'message') return false;
    if (this.#payloads.beginsPicture(nal)) {
      // Another picture with the same time stamp, e.g. the second field.
      this.#isClosed = false;
      return false;
    }
    // The marker came before the last slice: trust the time stamps from now on.
    this.#ignoresMarker = true;
    return true;
  }

  #dropFragment(): void {
    this.#inFragment = false;
    this.#buffer.discard();
  }

  #spoil(): void {
    this.#malformed++;
    this.#isDamaged = true;
  }

  #abandon(): void {
    this.#malformed++;
    this.#dropFragment();
    this.#reset();
    this.#isClosed = true;
  }

  #finish(): EncodedPicture | undefined {
    const { format } = this.#sets;
    if (this.#inFragment) {
      this.#dropFragment();
      this.#isDamaged = true;
    }
    const extras = this.#isKeyFrame ? this.#sets.extras : [];
    const picture =
      this.#hasSlice && format && this.#timestamp !== undefined
        ? {
            format,
            timestamp: this.#timestamp,
            isKeyFrame: this.#isKeyFrame,
            nalUnits: extras.length > 0 ? [...extras, ...this.#nals] : this.#nals,
            sizeBytes: extras.reduce((sum, nal) => sum + nal.length, this.#sizeBytes),
            damaged: this.#isDamaged,
          }
        : undefined;
    this.#reset();
    return picture;
  }

  #reset(): void {
    this.#nals = [];
    this.#sizeBytes = 0;
    this.#hasSlice = false;
    this.#isKeyFrame = false;
    this.#isDamaged = false;
  }
}

function beginsWithStartCode(payload: Buffer): boolean {
  return (
    payload.length > 4 && payload.readUInt16BE(0) === 0 && (payload[2] === 1 || (payload[2] === 0 && payload[3] === 1))
  );
}
