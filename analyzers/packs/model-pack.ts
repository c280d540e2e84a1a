import type { SecondLook } from '#ingest/cameras/camera.ts';
import type { Detection, HygieneReading, PlateReading, WantedHygiene } from '../detection.ts';

/** A picture to analyse: uint8 [heightPx, widthPx, 3], RGB, top row first. */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

export type ModelTask =
  | 'object-detection'
  | 'text-detection'
  | 'plate-recognition'
  | 'mask-classification'
  | 'hygiene-classification'
  | 'hygiene-detection';

/** What must be known of a model before it is loaded. There is no task for faces' identities or persons' attributes, and none can be added. */
export interface ModelManifest {
  readonly id: string;
  readonly task: ModelTask;
  readonly title: string;
  /** Package and version, or repository, commit and path. */
  readonly source: string;
  readonly licence: string;
  /** A remark on the licence that a user must know. */
  readonly licenceNote?: string;
  /** Of the file that is loaded, lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes?: number;
  /** What was measured with it, and on what. */
  readonly measured: string;
}

/** Finds vehicles and persons. */
export interface ObjectDetector {
  readonly manifest: ModelManifest;
  /**
   * @param look whether parts of the picture are looked at once more, enlarged
   * @returns detections of score ≥ the threshold, best first
   */
  detect(picture: Picture, look?: SecondLook): Promise<Detection[]>;
}

/** Judges what models can tell of a kitchen. */
export interface HygieneReader {
  /**
   * @param wanted items of rules, each with its zone
   * @returns a reading for each item and each place that was looked at
   */
  read(
    picture: Picture,
    detections: readonly Detection[],
    wanted: readonly WantedHygiene[],
  ): Promise<readonly HygieneReading[]>;
}

/** Finds and reads licence plates on the vehicles given, or in the whole picture when there is none large enough. */
export interface PlateReader {
  read(picture: Picture, vehicles: readonly Detection[]): Promise<PlateReading[]>;
}
