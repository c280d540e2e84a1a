import type { StreamReader } from '../hub/stream-hub.ts';
import type { AccessUnit, AudioFrame, GapCause, PlannedGapCause, RecordingGap } from '../media.ts';

export interface RecorderCounters {
  readonly frames: number;
  readonly segments: number;
  readonly sizeBytes: number;
  readonly gaps: number;
  /** Of the last failure of the disk, while it lasts. */
  readonly errorCode: string | undefined;
}

/** What a stream's runner tells the recording of it. */
export interface StreamRecording extends StreamReader {
  readonly counters: RecorderCounters;
  /** Lasts now: what the next recording of this stream goes on with. */
  readonly openGap: RecordingGap | undefined;
  /** The stream broke off. */
  interrupt(cause: GapCause, errorCode: string | undefined): void;
  /** Ends the file, waits until all is written, and leaves a gap open that says why. Safe to call twice. */
  close(cause?: GapCause): Promise<void>;
}

/** The recorder, as those need it who decide what it gets. */
export interface PausableRecorder extends StreamRecording {
  /** Ends the file before `unit`, which is not to be recorded, and begins a planned gap. */
  pause(cause: PlannedGapCause, unit: AccessUnit): void;
  /** @param atMs where the planned gap that lasts now ends */
  interrupt(cause: GapCause, errorCode: string | undefined, atMs?: number): void;
  close(cause?: GapCause, atMs?: number): Promise<void>;
}

/**
 * Lets pictures through to the recorder, or not. While they are not to be recorded it keeps a planned gap open; an
 * outage in that time is a gap of its own, since nothing could have been recorded then whatever happened.
 */
export class RecordingValve {
  readonly #recorder: PausableRecorder;
  readonly #cause: PlannedGapCause;
  #isPaused = false;
  #newestMs: number | undefined;

  constructor(recorder: PausableRecorder, cause: PlannedGapCause) {
    this.#recorder = recorder;
    this.#cause = cause;
  }

  /** Wall time of the newest picture; undefined before the first. */
  get newestMs(): number | undefined {
    return this.#newestMs;
  }

  record(unit: AccessUnit): void {
    this.#newestMs = unit.wallMs;
    this.#isPaused = false;
    this.#recorder.onAccessUnit(unit);
  }

  /** Sound goes where the pictures go. @returns false while nothing is recorded */
  recordSound(frame: AudioFrame): boolean {
    if (this.#isPaused || this.#newestMs === undefined) return false;
    this.#recorder.onAudioFrame?.(frame);
    return true;
  }

  skip(unit: AccessUnit): void {
    this.#newestMs = unit.wallMs;
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#recorder.pause(this.#cause, unit);
  }

  interrupt(cause: GapCause, errorCode: string | undefined): void {
    this.#recorder.interrupt(cause, errorCode, this.#endOfPlannedMs());
    this.#isPaused = false;
  }

  async close(cause?: GapCause): Promise<void> {
    await this.#recorder.close(cause, this.#endOfPlannedMs());
  }

  #endOfPlannedMs(): number | undefined {
    return this.#isPaused ? this.#newestMs : undefined;
  }
}
