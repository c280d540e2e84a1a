import type { PlateEvidence, VehicleSighting } from '#analyzers/analysis-event.ts';
import type { Box } from '#analyzers/detection.ts';
import type { CameraId } from '#ingest/media.ts';

/** A vehicle at a camera, with what a person needs to judge it. */
export interface Sighting {
  readonly sightingId: string;
  readonly timeMs: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly cameraId: CameraId;
  readonly cameraName: string;
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
  readonly trackId: string;
  readonly vehicleType: VehicleSighting['vehicleType'];
  readonly vehicleColour: VehicleSighting['vehicleColour'];
  readonly direction: VehicleSighting['direction'];
  readonly speedKmh: number | undefined;
  readonly lengthMetres: number | undefined;
  readonly score: number;
  readonly box: Box;
  readonly plate: PlateEvidence | undefined;
  /** There was a plate of this kind whose text the policy does not keep. */
  readonly withheldPlateKind: PlateEvidence['kind'];
  readonly pictureKey: string;
  readonly plateCropKey: string | undefined;
  /** Whether a recording covers `timeMs`. */
  readonly isRecorded: boolean;
  /** In answers to fuzzy questions: how likely this is the plate that was asked for, 0..1. */
  readonly likelihood?: number;
}
