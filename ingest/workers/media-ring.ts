import type { AccessUnit, AudioFormat, AudioFrame, GapCause, VideoFormat } from '../media.ts';

/**
 * Carries pictures and sound from one ingest thread to the main thread through shared memory: one writer, one reader,
 * entries one behind the other. Full means that the reader lags: the writer refuses, and never waits.
 *
 * Layout: 64 bytes of counters (two int32 at 0 and 8: bytes written and bytes read since the start, modulo 2^32, and one at
 * 16: the reader was told and has not looked yet), then the ring. An entry: uint32 size of the whole (a multiple of 8), uint8 type, uint8 flags,
 * uint16 count of NAL units, uint32 stream number, uint32 epoch, float64 pts90k, float64 wallMs, float64 arrivedMs (monotonic
 * clock of the machine), uint32 sizeBytes or samples, uint32 number of the format, uint32 length of each NAL unit, bytes.
 */
const HEAD_BYTES = 64;
const ENTRY_HEAD_BYTES = 48;
const WRITTEN = 0;
const READ = 2;
const TOLD = 4;

const TYPE = { padding: 0, unit: 1, audio: 2, format: 3, audioFormat: 4, broken: 5, begun: 6 } as const;
const FLAG = { keyFrame: 1, damaged: 2, replay: 4 } as const;

/** What stands before each entry: whose it is, and of which wish of the reader (`want` message) it is the answer. */
export interface EntryOrigin {
  readonly streamNumber: number;
  readonly epoch: number;
  /** Of what the hub remembered, for a reader that begins. */
  readonly isReplay: boolean;
}

export type RingEntry = EntryOrigin &
  (
    | { readonly kind: 'unit'; readonly unit: AccessUnit }
    | { readonly kind: 'audio'; readonly frame: AudioFrame }
    | { readonly kind: 'broken'; readonly cause: GapCause }
    /** All that was remembered has been handed over. */
    | { readonly kind: 'begun' }
  );

/** @param sizeBytes rounded up to a power of two, so that positions may wrap at 2^32 */
export function makeRing(sizeBytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + 2 ** Math.max(10, Math.ceil(Math.log2(sizeBytes))));
}

/** Milliseconds of the machine's monotonic clock: the same on all threads, unlike `performance.now()`. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

interface Fields {
  readonly type: number;
  readonly flags?: number;
  readonly origin: EntryOrigin;
  readonly pts90k?: number;
  readonly wallMs?: number;
  readonly arrivedMachineMs?: number;
  readonly size?: number;
  readonly formatNumber?: number;
  readonly parts: readonly Uint8Array[];
}

export class RingWriter {
  readonly #counters: Int32Array;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  readonly #formats = new WeakMap<
    VideoFormat | AudioFormat,
    { readonly streamNumber: number; readonly number: number }
  >();
  #nextFormat = 1;
  #writtenBytes = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.#view = new DataView(memory, HEAD_BYTES);
    this.#bytes = new Uint8Array(memory, HEAD_BYTES);
    this.#capacity = memory.byteLength - HEAD_BYTES;
    this.#writtenBytes = Atomics.load(this.#counters, WRITTEN) >>> 0;
  }

  /** @param shiftMs from this thread's monotonic clock to the machine's. @returns false when there is no room */
  writeUnit(origin: EntryOrigin, unit: AccessUnit, shiftMs: number): boolean {
    const formatNumber = this.#numberOf(origin, TYPE.format, unit.format);
    if (formatNumber === undefined) return false;
    return this.#write({
      type: TYPE.unit,
      flags: (unit.isKeyFrame ? FLAG.keyFrame : 0) | (unit.damaged ? FLAG.damaged : 0),
      origin,
      pts90k: unit.pts90k,
      wallMs: unit.wallMs,
      arrivedMachineMs: unit.arrivedMs + shiftMs,
      size: unit.sizeBytes,
      formatNumber,
      parts: unit.nalUnits,
    });
  }

  writeAudio(origin: EntryOrigin, frame: AudioFrame): boolean {
    const formatNumber = this.#numberOf(origin, TYPE.audioFormat, frame.format);
    if (formatNumber === undefined) return false;
    const { pts90k, wallMs, samples, bytes } = frame;
    return this.#write({
      type: TYPE.audio,
      origin,
      pts90k,
      wallMs,
      arrivedMachineMs: machineMs(),
      size: samples,
      formatNumber,
      parts: [bytes],
    });
  }

  writeBroken(origin: EntryOrigin, cause: GapCause): boolean {
    return this.#write({ type: TYPE.broken, origin, parts: [Buffer.from(cause, 'latin1')] });
  }

  writeBegun(origin: EntryOrigin): boolean {
    return this.#write({ type: TYPE.begun, origin, parts: [] });
  }

  /** @returns true when the reader must be told that there is something: once, until it looks */
  mustTell(): boolean {
    return Atomics.exchange(this.#counters, TOLD, 1) === 0;
  }

  /** Formats go through the ring too, so that each comes before the first unit of it. */
  #numberOf(origin: EntryOrigin, type: number, format: VideoFormat | AudioFormat): number | undefined {
    const known = this.#formats.get(format);
    if (known?.streamNumber === origin.streamNumber) return known.number;
    const formatNumber = this.#nextFormat;
    const parts = [Buffer.from(JSON.stringify(format, (_key, value: unknown) => toJson(value)))];
    if (!this.#write({ type, origin, formatNumber, parts })) return undefined;
    this.#nextFormat++;
    this.#formats.set(format, { streamNumber: origin.streamNumber, number: formatNumber });
    return formatNumber;
  }

  #write(fields: Fields): boolean {
    const { parts } = fields;
    const bodyBytes = parts.reduce((sum, part) => sum + part.length, 4 * parts.length);
    const sizeBytes = Math.ceil((ENTRY_HEAD_BYTES + bodyBytes) / 8) * 8;
    const at = this.#writtenBytes % this.#capacity;
    const toEnd = this.#capacity - at;
    const skipped = sizeBytes > toEnd ? toEnd : 0;
    const used = (this.#writtenBytes - (Atomics.load(this.#counters, READ) >>> 0) + 2 ** 32) % 2 ** 32;
    if (used + skipped + sizeBytes > this.#capacity) return false;
    if (skipped > 0) {
      this.#view.setUint32(at, skipped, true);
      this.#view.setUint8(at + 4, TYPE.padding);
    }
    this.#put((at + skipped) % this.#capacity, sizeBytes, fields);
    this.#writtenBytes = (this.#writtenBytes + skipped + sizeBytes) % 2 ** 32;
    Atomics.store(this.#counters, WRITTEN, this.#writtenBytes | 0);
    return true;
  }

  #put(at: number, sizeBytes: number, fields: Fields): void {
    const view = this.#view;
    const { origin, parts } = fields;
    view.setUint32(at, sizeBytes, true);
    view.setUint8(at + 4, fields.type);
    view.setUint8(at + 5, (fields.flags ?? 0) | (origin.isReplay ? FLAG.replay : 0));
    view.setUint16(at + 6, parts.length, true);
    view.setUint32(at + 8, origin.streamNumber, true);
    view.setUint32(at + 12, origin.epoch, true);
    view.setFloat64(at + 16, fields.pts90k ?? 0, true);
    view.setFloat64(at + 24, fields.wallMs ?? 0, true);
    view.setFloat64(at + 32, fields.arrivedMachineMs ?? 0, true);
    view.setUint32(at + 40, fields.size ?? 0, true);
    view.setUint32(at + 44, fields.formatNumber ?? 0, true);
    let offset = at + ENTRY_HEAD_BYTES;
    for (const part of parts) {
      view.setUint32(offset, part.length, true);
      offset += 4;
    }
    for (const part of parts) {
      this.#bytes.set(part, offset);
      offset += part.length;
    }
  }
}

/** Behind by this much, a reader leaves out what a later key frame makes needless. */
const LAGS_AFTER_MS = 1000;
const FORMATS_KEPT = 4;

export class RingReader {
  readonly #counters: Int32Array;
  readonly #view: DataView;
  readonly #bytes: Buffer;
  readonly #capacity: number;
  /** From the machine's monotonic clock to this thread's. */
  readonly #shiftMs: number;
  readonly #videoFormats = new FormatBook<VideoFormat>();
  readonly #audioFormats = new FormatBook<AudioFormat>();
  #readBytes = 0;
  #skipped = 0;

  /** @param shiftMs from the machine's monotonic clock to this thread's */
  constructor(memory: SharedArrayBuffer, shiftMs: number) {
    this.#counters = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.#view = new DataView(memory, HEAD_BYTES);
    this.#bytes = Buffer.from(memory, HEAD_BYTES);
    this.#capacity = memory.byteLength - HEAD_BYTES;
    this.#shiftMs = shiftMs;
  }

  /** Pictures and sounds left out because this thread lagged. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Takes all that there is. What it hands over is a copy, and stays valid. */
  drain(onEntry: (entry: RingEntry) => void): void {
    Atomics.store(this.#counters, TOLD, 0);
    const end = Atomics.load(this.#counters, WRITTEN) >>> 0;
    const keyFrames = this.#isLagging(end) ? this.#lastKeyFrames(end) : undefined;
    while (this.#readBytes !== end) {
      const at = this.#readBytes % this.#capacity;
      const sizeBytes = this.#view.getUint32(at, true);
      try {
        if (keyFrames && this.#isBefore(at, keyFrames)) this.#skipped++;
        else {
          const entry = this.#read(at);
          if (entry) onEntry(entry);
        }
      } finally {
        this.#readBytes = (this.#readBytes + sizeBytes) % 2 ** 32;
        Atomics.store(this.#counters, READ, this.#readBytes | 0);
      }
    }
  }

  #isLagging(end: number): boolean {
    for (let position = this.#readBytes; position !== end; ) {
      const at = position % this.#capacity;
      if (this.#isMedia(at) && !this.#isReplay(at))
        return machineMs() - this.#view.getFloat64(at + 32, true) > LAGS_AFTER_MS;
      position = (position + this.#view.getUint32(at, true)) % 2 ** 32;
    }
    return false;
  }

  /** Where the last key frame of each stream begins. */
  #lastKeyFrames(end: number): Map<number, number> {
    const found = new Map<number, number>();
    for (let position = this.#readBytes; position !== end; ) {
      const at = position % this.#capacity;
      const isKeyFrame = (this.#view.getUint8(at + 5) & FLAG.keyFrame) !== 0;
      if (this.#view.getUint8(at + 4) === TYPE.unit && isKeyFrame && !this.#isReplay(at))
        found.set(this.#view.getUint32(at + 8, true), position);
      position = (position + this.#view.getUint32(at, true)) % 2 ** 32;
    }
    return found;
  }

  #isBefore(at: number, keyFrames: ReadonlyMap<number, number>): boolean {
    if (!this.#isMedia(at) || this.#isReplay(at)) return false;
    const keyFrame = keyFrames.get(this.#view.getUint32(at + 8, true));
    if (keyFrame === undefined) return false;
    // Positions wrap at 2^32; the ring is far smaller.
    const ahead = (keyFrame - this.#readBytes + 2 ** 32) % 2 ** 32;
    return ahead > 0 && ahead < this.#capacity;
  }

  #isMedia(at: number): boolean {
    const type = this.#view.getUint8(at + 4);
    return type === TYPE.unit || type === TYPE.audio;
  }

  #isReplay(at: number): boolean {
    return (this.#view.getUint8(at + 5) & FLAG.replay) !== 0;
  }

  #read(at: number): RingEntry | undefined {
    const view = this.#view;
    const type = view.getUint8(at + 4);
    // The rest of the ring, where an entry did not fit: it may be shorter than a head.
    if (type === TYPE.padding) return undefined;
    const flags = view.getUint8(at + 5);
    const formatNumber = view.getUint32(at + 44, true);
    const origin: EntryOrigin = {
      streamNumber: view.getUint32(at + 8, true),
      epoch: view.getUint32(at + 12, true),
      isReplay: (flags & FLAG.replay) !== 0,
    };
    switch (type) {
      case TYPE.unit: {
        const format = this.#videoFormats.get(origin.streamNumber, formatNumber);
        return format && { ...origin, kind: 'unit', unit: this.#readUnit(at, flags, format) };
      }
      case TYPE.audio: {
        const format = this.#audioFormats.get(origin.streamNumber, formatNumber);
        const [bytes] = this.#parts(at);
        const pts90k = view.getFloat64(at + 16, true);
        const wallMs = view.getFloat64(at + 24, true);
        const samples = view.getUint32(at + 40, true);
        return format && bytes && { ...origin, kind: 'audio', frame: { format, pts90k, wallMs, samples, bytes } };
      }
      case TYPE.format:
        this.#videoFormats.set(origin.streamNumber, formatNumber, fromJson(this.#parts(at)[0]) as VideoFormat);
        return undefined;
      case TYPE.audioFormat:
        this.#audioFormats.set(origin.streamNumber, formatNumber, fromJson(this.#parts(at)[0]) as AudioFormat);
        return undefined;
      case TYPE.broken:
        return { ...origin, kind: 'broken', cause: String(this.#parts(at)[0]) as GapCause };
      case TYPE.begun:
        return { ...origin, kind: 'begun' };
      default:
        return undefined;
    }
  }

  #readUnit(at: number, flags: number, format: VideoFormat): AccessUnit {
    const view = this.#view;
    return {
      format,
      pts90k: view.getFloat64(at + 16, true),
      wallMs: view.getFloat64(at + 24, true),
      arrivedMs: view.getFloat64(at + 32, true) + this.#shiftMs,
      isKeyFrame: (flags & FLAG.keyFrame) !== 0,
      nalUnits: this.#parts(at),
      sizeBytes: view.getUint32(at + 40, true),
      damaged: (flags & FLAG.damaged) !== 0,
    };
  }

  /** One copy for all parts of an entry. */
  #parts(at: number): Buffer[] {
    const count = this.#view.getUint16(at + 6, true);
    const lengths = Array.from({ length: count }, (_, index) =>
      this.#view.getUint32(at + ENTRY_HEAD_BYTES + 4 * index, true),
    );
    const start = at + ENTRY_HEAD_BYTES + 4 * count;
    const copy = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0));
    this.#bytes.copy(copy, 0, start, start + copy.length);
    let offset = 0;
    return lengths.map((length) => copy.subarray(offset, (offset += length)));
  }
}

/** The newest formats of each stream: every session brings its own. */
class FormatBook<T> {
  readonly #byStream = new Map<number, Map<number, T>>();

  get(streamNumber: number, formatNumber: number): T | undefined {
    return this.#byStream.get(streamNumber)?.get(formatNumber);
  }

  set(streamNumber: number, formatNumber: number, format: T): void {
    const ofStream = this.#byStream.get(streamNumber) ?? new Map<number, T>();
    this.#byStream.set(streamNumber, ofStream);
    ofStream.set(formatNumber, format);
    const [oldest] = ofStream.keys();
    if (ofStream.size > FORMATS_KEPT && oldest !== undefined) ofStream.delete(oldest);
  }
}

function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  // A Buffer has turned itself into this before it is asked.
  if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value)
    return { base64: Buffer.from(value.data as number[]).toString('base64') };
  return value;
}

function fromJson(bytes: Buffer | undefined): unknown {
  return JSON.parse(String(bytes), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'base64' in value && typeof value.base64 === 'string'
      ? Buffer.from(value.base64, 'base64')
      : value,
  );
}
