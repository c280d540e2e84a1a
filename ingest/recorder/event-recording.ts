import type { Clock } from '#infra/runtime/clock.ts';
import type { AccessUnit, AudioFrame, GapCause, RecordingGap } from '../media.ts';
import { PreRollRing } from './pre-roll-ring.ts';
import {
  type PausableRecorder,
  type RecorderCounters,
  RecordingValve,
  type StreamRecording,
} from './stream-recording.ts';

/** An event is known this much after its picture at most: analysis takes its time. */
const LATE_TRIGGER_MS = 10_000;

export interface EventRecordingDeps {
  readonly recorder: PausableRecorder;
  readonly preRollSeconds: number;
  readonly postRollSeconds: number;
  readonly preRollMaxBytes: number;
  readonly clock: Clock;
}

/**
 * Records around events: from the key frame before the pre-roll, out of memory, until the first key frame after the
 * post-roll of the newest event. In between nothing is written.
 */
export class EventRecording implements StreamRecording {
  readonly name = 'recorder';
  readonly isPatient = true;
  readonly #deps: EventRecordingDeps;
  readonly #valve: RecordingValve;
  readonly #ring: PreRollRing;
  /** Undefined while nothing is recorded. */
  #untilMs: number | undefined;
  #isClosed = false;

  constructor(deps: EventRecordingDeps) {
    this.#deps = deps;
    this.#valve = new RecordingValve(deps.recorder, 'no_event');
    this.#ring = new PreRollRing({
      lengthMs: deps.preRollSeconds * 1000 + LATE_TRIGGER_MS,
      maxSizeBytes: deps.preRollMaxBytes,
    });
  }

  get counters(): RecorderCounters {
    return this.#deps.recorder.counters;
  }

  get openGap(): RecordingGap | undefined {
    return this.#deps.recorder.openGap;
  }

  /** What waits in memory for an event. */
  get preRollSizeBytes(): number {
    return this.#ring.sizeBytes;
  }

  /**
   * Something happened: records it, or goes on for longer. The post-roll counts from when it is known, so that an event
   * that is told late is recorded too, as far back as memory reaches.
   * @param atMs UTC epoch milliseconds of the picture it was seen in
   */
  trigger(atMs: number): void {
    if (this.#isClosed) return;
    const { preRollSeconds, postRollSeconds, clock } = this.#deps;
    const newestMs = this.#valve.newestMs ?? clock.nowMs();
    const wasIdle = this.#untilMs === undefined;
    this.#untilMs = newestMs + postRollSeconds * 1000;
    if (!wasIdle) return;
    const fromMs = Math.min(atMs, newestMs) - preRollSeconds * 1000;
    for (const unit of this.#ring.take(fromMs))
      if ('isKeyFrame' in unit) this.#valve.record(unit);
      else this.#valve.recordSound(unit);
  }

  onAccessUnit(unit: AccessUnit): void {
    if (this.#isClosed) return;
    if (this.#untilMs !== undefined) {
      if (!unit.isKeyFrame || unit.wallMs < this.#untilMs) {
        this.#valve.record(unit);
        return;
      }
      this.#untilMs = undefined;
    }
    this.#valve.skip(unit);
    this.#ring.push(unit);
  }

  onAudioFrame(frame: AudioFrame): void {
    if (!this.#isClosed && !this.#valve.recordSound(frame)) this.#ring.push(frame);
  }

  onDiscontinuity(cause: GapCause): void {
    this.interrupt(cause, undefined);
  }

  interrupt(cause: GapCause, errorCode: string | undefined): void {
    // Media time begins anew after a break: what is before it cannot stand in one file with what comes.
    this.#ring.clear();
    this.#valve.interrupt(cause, errorCode);
  }

  async close(cause?: GapCause): Promise<void> {
    this.#isClosed = true;
    this.#ring.clear();
    await this.#valve.close(cause);
  }
}
