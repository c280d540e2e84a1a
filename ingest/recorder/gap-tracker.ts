import { uuidv7 } from '#infra/runtime/uuid.ts';
import type { CameraId, GapCause, RecordingGap, StreamKind } from '../media.ts';
import type { SegmentLog } from '../ports.ts';

export interface GapTrackerDeps {
  readonly cameraId: CameraId;
  readonly stream: StreamKind;
  readonly log: SegmentLog;
  /** Left open by the one before: the same outage goes on. */
  readonly continues?: RecordingGap | undefined;
}

/**
 * Keeps at most one gap open per stream, so that one outage is one row, however many ways of failing it passes through:
 * it keeps its start and takes the cause that it ended with.
 */
export class GapTracker {
  readonly #deps: GapTrackerDeps;
  #open: RecordingGap | undefined;
  #opened = 0;

  constructor(deps: GapTrackerDeps) {
    this.#deps = deps;
    this.#open = deps.continues;
  }

  get current(): RecordingGap | undefined {
    return this.#open;
  }

  /** How many gaps there were. */
  get opened(): number {
    return this.#opened;
  }

  /**
   * What is missing by plan and what is missing by trouble are never one gap: where the one follows the other, a new
   * gap begins at `startMs`.
   */
  open(cause: GapCause, startMs: number, errorCode: string | undefined): void {
    if (this.#open && this.#open.cause !== cause && (isPlanned(cause) || isPlanned(this.#open.cause)))
      this.close(startMs);
    if (this.#open) {
      // Once the camera is told apart (it rejects us, the disk is full) later trouble does not say more.
      if (!isVague(this.#open.cause) || cause === this.#open.cause) return;
      this.#open = { ...this.#open, cause, errorCode: errorCode ?? this.#open.errorCode };
      // Told at once: whoever looks while it lasts, or goes on after a crash, knows the better cause.
      this.#deps.log.openGap(this.#open);
      return;
    }
    const { cameraId, stream, log } = this.#deps;
    this.#open = { gapId: uuidv7(startMs), cameraId, stream, startMs, endMs: undefined, cause, errorCode };
    this.#opened++;
    log.openGap(this.#open);
  }

  close(endMs: number): void {
    const gap = this.#open;
    if (!gap) return;
    this.#open = undefined;
    this.#deps.log.closeGap({ ...gap, endMs: Math.max(gap.startMs, endMs) });
  }
}

function isPlanned(cause: GapCause): boolean {
  return cause === 'recording_off' || cause === 'outside_schedule' || cause === 'no_event';
}

function isVague(cause: GapCause): boolean {
  // A camera that is not back after its settings changed has trouble of its own.
  return cause === 'stream_stalled' || cause === 'stream_error' || cause === 'settings_changed';
}
