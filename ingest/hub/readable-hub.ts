import type { AccessUnit, AudioFrame, GapCause } from '../media.ts';

/** Takes what a stream publishes. Called on the thread that gives: must be quick, and queue for itself. */
export interface StreamReader {
  readonly name: string;
  /**
   * It has done with all units of a group of pictures when it returns from the key frame after them: their memory is freed
   * then. Whoever keeps units longer, or hands them to somebody else, leaves this out.
   */
  readonly letsGo?: true;
  /**
   * It does not mind when pictures come some tenths of a second later, several at once: cameras that have patient readers only
   * are read less often, which costs far less. Whoever shows pictures to somebody leaves this out.
   */
  readonly isPatient?: true;
  onAccessUnit(unit: AccessUnit): void;
  /** Sound beside the pictures; few readers want it. */
  onAudioFrame?(frame: AudioFrame): void;
  /** The stream broke off: the next unit starts a new media time. */
  onDiscontinuity?(cause: GapCause): void;
}

export interface AttachOptions {
  /** `key-frames`: nothing else is handed to it, so that nothing else need cross between threads. @default all */
  readonly units?: 'all' | 'key-frames';
  /**
   * What it is handed first, of what the hub remembers: the latest key frame, or the open group of pictures in decoding
   * order. @default nothing
   */
  readonly beginWith?: 'nothing' | 'key-frame' | 'gop';
  /** All that it begins with was handed over; at once or, where pictures come from another thread, a little later. */
  readonly onBegun?: () => void;
}

/** The reading side of a stream, whichever thread its pictures arrive on. */
export interface ReadableHub {
  /** RFC 6381, of the newest picture; undefined before the first. */
  readonly codecString: string | undefined;
  /** @returns a function that detaches it, safe to call twice */
  attach(reader: StreamReader, options?: AttachOptions): () => void;
  /** The last picture that there was; undefined before the first. */
  latestKeyFrame(): AccessUnit | undefined | Promise<AccessUnit | undefined>;
}
