import type { CameraId } from '#ingest/media.ts';
import type { AnalysisEvent, EvidencePicture } from './analysis-event.ts';
import type { OpenViolation } from './rules/hygiene-book.ts';
import type { Detection, HygieneObservation, PlateReading } from './detection.ts';

/**
 * Takes events for good: returns when event and pictures are on local disk (the spool), whatever the state of the
 * database. May refuse, and say so; never drops silently.
 */
export interface EventSink {
  emit(event: AnalysisEvent, pictures: readonly EvidencePicture[]): Promise<void>;
}

/** What storage knows of violations that have not ended, so that none is raised again after a restart. */
export interface OpenViolations {
  /** Also those that somebody dismissed: they still go on. */
  openOf(cameraId: CameraId): Promise<readonly OpenViolation[]>;
}

/** What was seen in one frame, for the overlay on the wall. */
export interface FrameAnalysis {
  readonly cameraId: CameraId;
  readonly timeMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly detections: readonly (Detection & { readonly trackId: string | undefined })[];
  readonly plates: readonly PlateReading[];
  readonly hygiene: readonly HygieneObservation[];
}

/** Topics of the live bus that analyzers publish. */
export interface AnalyzerTopics {
  'frame.analysis': FrameAnalysis;
}
