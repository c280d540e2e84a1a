import { ingestErrors } from '../errors.ts';
import { type RecordingSchedule, ScheduleClock } from './recording-schedule.ts';

export type RecordingMode = 'continuous' | 'on_event' | 'scheduled' | 'off';

/** What of a camera is recorded. Data, kept with the camera; what belongs to another mode is kept for when it comes back. */
export interface RecordingPolicy {
  readonly mode: RecordingMode;
  /** Undefined: as the deployment is set. */
  readonly segmentSeconds: number | undefined;
  /** Undefined: as the deployment is set. */
  readonly retentionHours: number | undefined;
  /** On event: what is kept from before it. */
  readonly preRollSeconds: number;
  /** On event: what is recorded after the newest one. */
  readonly postRollSeconds: number;
  /** There must be one when the mode is `scheduled`. */
  readonly schedule: RecordingSchedule | undefined;
}

const DEFAULT_PRE_ROLL_SECONDS = 5;
const DEFAULT_POST_ROLL_SECONDS = 10;

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/**
 * A whole policy of what someone gave, with defaults for the rest.
 * @throws {AppError} `RECORDING_SCHEDULE_INVALID`
 */
export function recordingPolicy(
  given: Loose<Omit<RecordingPolicy, 'mode'>> & Pick<RecordingPolicy, 'mode'>,
): RecordingPolicy {
  const { mode, segmentSeconds, retentionHours, schedule } = given;
  if (mode === 'scheduled' && !schedule?.windows.length)
    throw ingestErrors.RECORDING_SCHEDULE_INVALID({ reason: 'no windows' });
  // Reads it, so that a wrong one is refused where it is given and not where it is used.
  if (schedule) void new ScheduleClock(schedule);
  return {
    mode,
    segmentSeconds,
    retentionHours,
    preRollSeconds: given.preRollSeconds ?? DEFAULT_PRE_ROLL_SECONDS,
    postRollSeconds: given.postRollSeconds ?? DEFAULT_POST_ROLL_SECONDS,
    schedule,
  };
}
