import type { AccessUnit, AudioFrame, GapCause, VideoFormat } from '../media.ts';
import { freeUnits } from '../rtp/nal-buffer.ts';
import { GopMemory } from './gop-memory.ts';
import type { AttachOptions, ReadableHub, StreamReader } from './readable-hub.ts';

export type { StreamReader } from './readable-hub.ts';

export interface StreamHubDeps {
  /** A reader threw; it stays attached. */
  onReaderError?(error: unknown, reader: string): void;
  /** `isHurried` is another one now. */
  onHurryChange?(isHurried: boolean): void;
}

interface Attached {
  readonly reader: StreamReader;
  readonly keyFramesOnly: boolean;
}

/** One camera stream: one producer of access units, many readers that never slow it. */
export class StreamHub implements ReadableHub {
  readonly #deps: StreamHubDeps;
  readonly #readers = new Set<Attached>();
  readonly #memory = new GopMemory();
  #format: VideoFormat | undefined;
  #readerErrors = 0;
  /** Somebody may have units of the open group and keep them. */
  #isHeld = false;
  #isHurried = false;

  constructor(deps: StreamHubDeps = {}) {
    this.#deps = deps;
  }

  /** Of the newest unit; undefined before the first. */
  get format(): VideoFormat | undefined {
    return this.#format;
  }

  get codecString(): string | undefined {
    return this.#format?.codecString;
  }

  get readers(): readonly string[] {
    return [...this.#readers].map(({ reader }) => reader.name);
  }

  /** Some reader needs each picture as soon as it comes. */
  get isHurried(): boolean {
    return this.#isHurried;
  }

  /** How many exceptions of readers were contained. */
  get readerErrors(): number {
    return this.#readerErrors;
  }

  attach(reader: StreamReader, options: AttachOptions = {}): () => void {
    if (!reader.letsGo) this.#isHeld = true;
    for (const unit of this.#remembered(options.beginWith)) this.#contain(reader, () => reader.onAccessUnit(unit));
    options.onBegun?.();
    const attached = { reader, keyFramesOnly: options.units === 'key-frames' };
    this.#readers.add(attached);
    this.#noteHurry();
    return () => {
      this.#readers.delete(attached);
      this.#noteHurry();
    };
  }

  publish(unit: AccessUnit): void {
    this.#format = unit.format;
    const ended = this.#memory.push(unit);
    for (const { reader, keyFramesOnly } of this.#readers) {
      if (unit.isKeyFrame || !keyFramesOnly) this.#contain(reader, () => reader.onAccessUnit(unit));
    }
    if (unit.isKeyFrame) this.#letGo(ended, unit);
  }

  publishAudio(frame: AudioFrame): void {
    for (const { reader } of this.#readers) {
      if (reader.onAudioFrame) this.#contain(reader, () => reader.onAudioFrame?.(frame));
    }
  }

  /** Forgets the open group of pictures; the latest key frame stays, as the last picture that there was. */
  signalDiscontinuity(cause: GapCause): void {
    this.#memory.forgetGop();
    for (const { reader } of this.#readers) this.#contain(reader, () => reader.onDiscontinuity?.(cause));
  }

  latestKeyFrame(): AccessUnit | undefined {
    this.#isHeld = true;
    return this.#memory.latestKeyFrame;
  }

  /**
   * From the latest key frame to now, in decoding order, for a reader that wants to begin at once. Empty when the group
   * grew past its bounds: begin with the next key frame then.
   */
  currentGop(): readonly AccessUnit[] {
    this.#isHeld = true;
    return this.#memory.units;
  }

  #remembered(beginWith: AttachOptions['beginWith']): readonly AccessUnit[] {
    if (beginWith === 'gop') return this.currentGop();
    const keyFrame = beginWith === 'key-frame' ? this.latestKeyFrame() : undefined;
    return keyFrame ? [keyFrame] : [];
  }

  #letGo(ended: readonly AccessUnit[], unit: AccessUnit): void {
    if (!this.#isHeld) freeUnits(ended, unit);
    this.#isHeld = [...this.#readers].some(({ reader }) => !reader.letsGo);
  }

  #noteHurry(): void {
    const isHurried = [...this.#readers].some(({ reader }) => !reader.isPatient);
    if (isHurried === this.#isHurried) return;
    this.#isHurried = isHurried;
    this.#deps.onHurryChange?.(isHurried);
  }

  #contain(reader: StreamReader, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#readerErrors++;
      // Whatever it was in the middle of.
      this.#isHeld = true;
      this.#deps.onReaderError?.(error, reader.name);
    }
  }
}
