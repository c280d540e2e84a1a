import type { CameraId } from '#ingest/media.ts';

/**
 * `waiting` for the recording of its range or for its turn, being made, `ready`, `failed` (it can be tried again), or `gone`: the recording
 * does not have it.
 */
export type ClipState = 'waiting' | 'making' | 'ready' | 'failed' | 'gone';

/** The film beside a violation's picture. Times are UTC epoch milliseconds. */
export interface ViolationClip {
  /** What it is to show. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: ClipState;
  /** Code of an error, or cause of the gap in the recording. */
  readonly reason: string | undefined;
  readonly ready: ReadyClip | undefined;
}

export interface ReadyClip {
  readonly key: string;
  /** What it does show. */
  readonly shownFromMs: number;
  readonly shownToMs: number;
  readonly isBlurred: boolean;
}

/** A clip that is to be made. */
export interface DueClip {
  readonly violationId: string;
  readonly cameraId: CameraId;
  readonly fromMs: number;
  readonly toMs: number;
  /** How often it was begun. */
  readonly attempts: number;
}
