import type { AccessUnit, AudioFrame, GapCause, VideoFormat } from '../media.ts';

/** Takes what a stream publishes. Called on the thread that receives: must be quick, and queue for itself. */
export interface StreamReader {
  readonly name: string;
  onAccessUnit(unit: AccessUnit): void;
  /** Sound beside the pictures; few readers want it. */
  onAudioFrame?(frame: AudioFrame): void;
  /** The stream broke off: the next unit starts a new media time. */
  onDiscontinuity?(cause: GapCause): void;
}

export interface StreamHubDeps {
  /** A reader threw; it stays attached. */
  onReaderError?(error: unknown, reader: string): void;
}

const MAX_GOP_UNITS = 600;
const MAX_GOP_SIZE_BYTES = 32 * 1024 * 1024;

/** One camera stream: one producer of access units, many readers that never slow it. */
export class StreamHub {
  readonly #deps: StreamHubDeps;
  readonly #readers = new Set<StreamReader>();
  #format: VideoFormat | undefined;
  #gop: AccessUnit[] = [];
  #gopSizeBytes = 0;
  #latestKeyFrame: AccessUnit | undefined;
  #readerErrors = 0;

  constructor(deps: StreamHubDeps = {}) {
    this.#deps = deps;
  }

  /** Of the newest unit; undefined before the first. */
  get format(): VideoFormat | undefined {
    return this.#format;
  }

  get readers(): readonly string[] {
    return [...this.#readers].map((reader) => reader.name);
  }

  /** How many exceptions of readers were contained. */
  get readerErrors(): number {
    return this.#readerErrors;
  }

  /** @returns a function that detaches it, safe to call twice */
  attach(reader: StreamReader): () => void {
    this.#readers.add(reader);
    return () => {
      this.#readers.delete(reader);
    };
  }

  publish(unit: AccessUnit): void {
    this.#format = unit.format;
    this.#remember(unit);
    for (const reader of this.#readers) this.#contain(reader, () => reader.onAccessUnit(unit));
  }

  publishAudio(frame: AudioFrame): void {
    for (const reader of this.#readers) {
      if (reader.onAudioFrame) this.#contain(reader, () => reader.onAudioFrame?.(frame));
    }
  }

  /** Forgets the open group of pictures; the latest key frame stays, as the last picture that there was. */
  signalDiscontinuity(cause: GapCause): void {
    this.#clearGop();
    for (const reader of this.#readers) this.#contain(reader, () => reader.onDiscontinuity?.(cause));
  }

  latestKeyFrame(): AccessUnit | undefined {
    return this.#latestKeyFrame;
  }

  /**
   * From the latest key frame to now, in decoding order, for a reader that wants to begin at once. Empty when the group
   * grew past its bounds: begin with the next key frame then.
   */
  currentGop(): readonly AccessUnit[] {
    return [...this.#gop];
  }

  #remember(unit: AccessUnit): void {
    if (unit.isKeyFrame) {
      this.#clearGop();
      if (!unit.damaged || !this.#latestKeyFrame) this.#latestKeyFrame = unit;
    } else if (this.#gop.length === 0) {
      return;
    }
    this.#gop.push(unit);
    this.#gopSizeBytes += unit.sizeBytes;
    if (this.#gop.length > MAX_GOP_UNITS || this.#gopSizeBytes > MAX_GOP_SIZE_BYTES) this.#clearGop();
  }

  #clearGop(): void {
    this.#gop = [];
    this.#gopSizeBytes = 0;
  }

  #contain(reader: StreamReader, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#readerErrors++;
      this.#deps.onReaderError?.(error, reader.name);
    }
  }
}
