import { GopMemory } from '../hub/gop-memory.ts';
import type { AttachOptions, ReadableHub, StreamReader } from '../hub/readable-hub.ts';
import type { AccessUnit, AudioFrame, GapCause } from '../media.ts';
import type { Wanted } from './ingest-messages.ts';
import type { RingEntry } from './media-ring.ts';

/** What the mirror asks of the ingest thread. */
export interface Wish {
  readonly units: Wanted;
  readonly audio: boolean;
  readonly epoch: number;
  readonly replay: 'nothing' | 'key-frame' | 'gop';
}

export interface MirrorHubDeps {
  /** Of the newest picture, as the thread told it. */
  codecString(): string | undefined;
  want(wish: Wish): void;
  askKeyFrame(): Promise<AccessUnit | undefined>;
  onReaderError(error: unknown, reader: string): void;
}

interface Attached {
  readonly reader: StreamReader;
  readonly units: 'all' | 'key-frames';
  readonly onBegun: (() => void) | undefined;
  /** Still waits for what it begins with. */
  isBeginning: boolean;
}

/**
 * The reading side of a hub that lives in an ingest thread. Pictures cross only while somebody reads: key frames alone
 * when that is all that anybody wants.
 */
export class MirrorHub implements ReadableHub {
  readonly #deps: MirrorHubDeps;
  readonly #readers = new Set<Attached>();
  readonly #memory = new GopMemory();
  /** What there was before is on its way. */
  #isReplayComing = false;
  #wish: Wish = { units: 'nothing', audio: false, epoch: 0, replay: 'nothing' };
  #readerErrors = 0;

  constructor(deps: MirrorHubDeps) {
    this.#deps = deps;
  }

  get readers(): readonly string[] {
    return [...this.#readers].map(({ reader }) => reader.name);
  }

  get readerErrors(): number {
    return this.#readerErrors;
  }

  get codecString(): string | undefined {
    return this.#deps.codecString();
  }

  attach(reader: StreamReader, options: AttachOptions = {}): () => void {
    const { units = 'all', beginWith = 'nothing', onBegun } = options;
    const remembered = this.#remembered(beginWith);
    for (const unit of remembered ?? []) this.#contain(reader, () => reader.onAccessUnit(unit));
    if (remembered) onBegun?.();
    const attached: Attached = { reader, units, onBegun, isBeginning: remembered === undefined };
    this.#readers.add(attached);
    this.#wishAnew();
    return () => {
      if (this.#readers.delete(attached)) this.#wishAnew();
    };
  }

  async latestKeyFrame(): Promise<AccessUnit | undefined> {
    // What crosses anyway is the newest that there is.
    const known = this.#wish.units === 'nothing' ? undefined : this.#memory.latestKeyFrame;
    return known ?? (await this.#deps.askKeyFrame()) ?? this.#memory.latestKeyFrame;
  }

  /** From the ring. */
  take(entry: RingEntry): void {
    const isCurrent = entry.epoch === this.#wish.epoch;
    switch (entry.kind) {
      case 'unit':
        if (entry.isReplay) {
          if (isCurrent) this.#replay(entry.unit);
        } else this.#publish(entry.unit, isCurrent);
        break;
      case 'audio':
        if (isCurrent) this.#publishAudio(entry.frame);
        break;
      case 'broken':
        this.signalDiscontinuity(entry.cause);
        break;
      case 'begun':
        if (isCurrent) this.#haveBegun();
        break;
    }
  }

  signalDiscontinuity(cause: GapCause): void {
    this.#memory.forgetGop();
    for (const { reader } of this.#readers) this.#contain(reader, () => reader.onDiscontinuity?.(cause));
  }

  /** The stream runs on another thread now: it is told what is wanted here. */
  renew(): void {
    this.#memory.forgetGop();
    if (this.#wish.units !== 'nothing') this.#ask(this.#wish);
  }

  /** @returns undefined when it must be asked for first */
  #remembered(beginWith: 'nothing' | 'key-frame' | 'gop'): readonly AccessUnit[] | undefined {
    if (beginWith === 'nothing') return [];
    if (this.#isReplayComing) return undefined;
    if (beginWith === 'gop') return this.#wish.units === 'all' ? this.#memory.units : undefined;
    const keyFrame = this.#wish.units === 'nothing' ? undefined : this.#memory.latestKeyFrame;
    return keyFrame && [keyFrame];
  }

  /** Asks when more or less is wanted than before, or when a reader must be told what there was. */
  #wishAnew(): void {
    const readers = [...this.#readers];
    const wantsAll = readers.some(({ units }) => units === 'all');
    const units = wantsAll ? 'all' : readers.length > 0 ? 'key-frames' : 'nothing';
    const audio = readers.some(({ reader }) => reader.onAudioFrame !== undefined);
    const mustReplay = !this.#isReplayComing && readers.some(({ isBeginning }) => isBeginning);
    if (units !== this.#wish.units || mustReplay) {
      this.#memory.forgetGop();
      this.#ask({ ...this.#wish, units, audio });
    } else if (audio !== this.#wish.audio) {
      // The pictures go on as they are: what is under way of them still counts.
      this.#wish = { ...this.#wish, audio, replay: 'nothing' };
      this.#deps.want(this.#wish);
    }
  }

  #ask(wish: Wish): void {
    const isBeginning = [...this.#readers].some((attached) => attached.isBeginning);
    // The group of pictures is remembered here from now on, so it must be known from its begin.
    const replay = wish.units === 'all' ? 'gop' : isBeginning ? 'key-frame' : 'nothing';
    this.#isReplayComing = replay !== 'nothing';
    this.#wish = { ...wish, replay, epoch: (wish.epoch + 1) % 2 ** 32 };
    this.#deps.want(this.#wish);
  }

  #replay(unit: AccessUnit): void {
    if (this.#wish.units === 'all' || unit.isKeyFrame) this.#memory.push(unit);
    for (const attached of this.#readers) {
      const { reader, units, isBeginning } = attached;
      if (isBeginning && (unit.isKeyFrame || units === 'all')) this.#contain(reader, () => reader.onAccessUnit(unit));
    }
  }

  #haveBegun(): void {
    this.#isReplayComing = false;
    for (const attached of this.#readers) {
      if (!attached.isBeginning) continue;
      attached.isBeginning = false;
      attached.onBegun?.();
    }
  }

  /** @param isCurrent not left over from before: then nothing is missing between it and the unit before */
  #publish(unit: AccessUnit, isCurrent: boolean): void {
    if (isCurrent || unit.isKeyFrame) this.#memory.push(unit);
    if (!isCurrent) this.#memory.forgetGop();
    for (const { reader, units, isBeginning } of this.#readers) {
      const isFit = units === 'all' ? isCurrent : unit.isKeyFrame;
      if (isFit && !isBeginning) this.#contain(reader, () => reader.onAccessUnit(unit));
    }
  }

  #publishAudio(frame: AudioFrame): void {
    for (const { reader, isBeginning } of this.#readers) {
      if (reader.onAudioFrame && !isBeginning) this.#contain(reader, () => reader.onAudioFrame?.(frame));
    }
  }

  #contain(reader: StreamReader, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#readerErrors++;
      this.#deps.onReaderError(error, reader.name);
    }
  }
}
