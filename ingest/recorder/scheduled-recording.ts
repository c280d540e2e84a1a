import type { AccessUnit, AudioFrame, GapCause, RecordingGap } from '../media.ts';
import { type RecordingSchedule, ScheduleClock } from './recording-schedule.ts';
import {
  type PausableRecorder,
  type RecorderCounters,
  RecordingValve,
  type StreamRecording,
} from './stream-recording.ts';

/** Records in the windows of a schedule, by the time of the pictures: from the first key frame in it to its last picture. */
export class ScheduledRecording implements StreamRecording {
  readonly name = 'recorder';
  readonly letsGo = true;
  readonly isPatient = true;
  readonly #recorder: PausableRecorder;
  readonly #schedule: ScheduleClock;
  readonly #valve: RecordingValve;

  /** @throws {AppError} `RECORDING_SCHEDULE_INVALID` */
  constructor(deps: { readonly recorder: PausableRecorder; readonly schedule: RecordingSchedule }) {
    this.#recorder = deps.recorder;
    this.#schedule = new ScheduleClock(deps.schedule);
    this.#valve = new RecordingValve(deps.recorder, 'outside_schedule');
  }

  get counters(): RecorderCounters {
    return this.#recorder.counters;
  }

  get openGap(): RecordingGap | undefined {
    return this.#recorder.openGap;
  }

  onAccessUnit(unit: AccessUnit): void {
    if (this.#schedule.includes(unit.wallMs)) this.#valve.record(unit);
    else this.#valve.skip(unit);
  }

  onAudioFrame(frame: AudioFrame): void {
    this.#valve.recordSound(frame);
  }

  onDiscontinuity(cause: GapCause): void {
    this.interrupt(cause, undefined);
  }

  interrupt(cause: GapCause, errorCode: string | undefined): void {
    this.#valve.interrupt(cause, errorCode);
  }

  async close(cause?: GapCause): Promise<void> {
    await this.#valve.close(cause);
  }
}
