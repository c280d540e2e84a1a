import type { ObjectDetector } from '../model-pack.ts';
import { VehicleDetector, type VehicleDetectorOptions } from './vehicle-detector.ts';

export type DetectorOptions = VehicleDetectorOptions;

export interface ClosableDetector extends ObjectDetector {
  close(): Promise<void>;
}

/** A detector, loaded, checked against its manifest and ready. @throws {AppError} `DETECTOR_UNKNOWN`, `MODEL_*` */
export async function createDetector(options: DetectorOptions): Promise<ClosableDetector> {
  return VehicleDetector.open(options);
}
