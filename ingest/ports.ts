import type { Camera, CameraState } from './cameras/camera.ts';
import type { CameraId, RecordingGap, SegmentRecord } from './media.ts';

/** The registry of cameras, as ingest needs it. */
export interface CameraCatalogue {
  list(): Promise<readonly Camera[]>;
}

/**
 * Where the recorder announces what it wrote. Must not lose a row: it keeps them in a local spool while the
 * database is away, so these calls are synchronous and cheap.
 */
export interface SegmentLog {
  appendSegment(segment: SegmentRecord): void;
  /** Again for the same gap when its cause is known better. */
  openGap(gap: RecordingGap): void;
  closeGap(gap: RecordingGap & { readonly endMs: number }): void;
}

/** The rows of recorded files, as their repair needs them. */
export interface RecordingIndex {
  /** Every camera that there is or was. */
  cameraIds(): Promise<readonly CameraId[]>;
  /** Rows of files that begin in this range, those included whose files are being deleted. */
  filesOf(query: {
    readonly cameraId: CameraId;
    readonly fromMs: number;
    /** Exclusive. */
    readonly toMs: number;
  }): Promise<readonly Pick<SegmentRecord, 'segmentId' | 'path'>[]>;
  /** Those that are there already are left alone. */
  add(segments: readonly SegmentRecord[]): Promise<void>;
  remove(segmentIds: readonly string[]): Promise<void>;
}

export interface CameraStateSink {
  stateChanged(state: CameraState, previous: CameraState | undefined): void;
}

/** Pictures and other evidence, by key (`evidence/2026/11/23/<id>.jpg`). */
export interface BlobStore {
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** @throws {AppError} `BLOB_NOT_FOUND` */
  get(key: string): Promise<{ readonly body: Buffer; readonly contentType: string }>;
  delete(key: string): Promise<void>;
}

/** Topics of the live bus that ingest publishes. */
export interface IngestTopics {
  'camera.state': CameraState;
}
