import type { Camera, CameraState } from '../cameras/camera.ts';
import type { IngestConfig } from '../config.ts';
import type { AccessUnit, CameraId, GapCause, RecordingGap, SegmentRecord, StreamKind } from '../media.ts';
import type { RecorderCounters } from '../recorder/stream-recording.ts';

/** What an ingest thread is started with. */
export interface IngestWorkerData {
  readonly config: IngestConfig;
  readonly logLevel: string;
  /** Pictures and sound to the main thread; see `media-ring.ts`. */
  readonly ring: SharedArrayBuffer;
  /** The turns to connect of all threads; see `connect-limiter.ts`. */
  readonly connectTurns: SharedArrayBuffer;
  /** Place of this thread among all, from 0. */
  readonly slot: number;
}

export type StreamNumbers = Readonly<Partial<Record<StreamKind, number>>>;

/** Which units of a stream must cross. */
export type Wanted = 'nothing' | 'key-frames' | 'all';

/** Tries what a crash does; for tests and drills. */
export type Drill = 'exit' | 'throw' | 'hang' | 'exhaust';

export type ToIngest =
  | {
      readonly kind: 'start';
      readonly camera: Camera;
      readonly numbers: StreamNumbers;
      /** Left open by the one who recorded it before: closed when recording goes on. */
      readonly openGap: RecordingGap | undefined;
    }
  /** `cause`: of the gap that begins. */
  | { readonly kind: 'stop'; readonly cameraId: CameraId; readonly cause: GapCause | undefined }
  /** Something happened at this camera: recording on event begins, or goes on. */
  | { readonly kind: 'trigger'; readonly cameraId: CameraId; readonly reason: string; readonly atMs: number }
  | {
      readonly kind: 'want';
      readonly cameraId: CameraId;
      readonly stream: StreamKind;
      readonly units: Wanted;
      readonly audio: boolean;
      /** Marks all that answers this wish, so that what still comes of an older one is known. */
      readonly epoch: number;
      readonly replay: 'nothing' | 'key-frame' | 'gop';
    }
  | {
      readonly kind: 'ask-key-frame';
      readonly cameraId: CameraId;
      readonly stream: StreamKind;
      readonly requestId: number;
    }
  | { readonly kind: 'close' }
  | { readonly kind: 'drill'; readonly drill: Drill };

/** One row per live stream: number, kbit/s, pictures a second, loss ratio, last packet (UTC ms). */
export const RATE_FIELDS = 5;

export type FromIngest =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stopped'; readonly cameraId: CameraId }
  | { readonly kind: 'segment'; readonly segment: SegmentRecord }
  | { readonly kind: 'gap.opened'; readonly gap: RecordingGap }
  | { readonly kind: 'gap.closed'; readonly gap: RecordingGap & { readonly endMs: number } }
  | { readonly kind: 'state'; readonly state: CameraState }
  | { readonly kind: 'recording'; readonly cameraId: CameraId; readonly counters: RecorderCounters }
  | { readonly kind: 'media' }
  | { readonly kind: 'key-frame'; readonly requestId: number; readonly unit: AccessUnit | undefined }
  | {
      readonly kind: 'beat';
      readonly rates: Float64Array;
      /** CPU time of this thread since its start. */
      readonly cpuMs: number;
      /** Units and sound that found the ring full. */
      readonly refused: number;
    }
  | { readonly kind: 'log'; readonly line: string };

export const BEAT_INTERVAL_MS = 1000;
