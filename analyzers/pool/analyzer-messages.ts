import type { SecondLook } from '#ingest/cameras/camera.ts';
import type { AnalyzerConfig } from '../config.ts';
import type { Box, Detection, HygieneReading, PlateReading, WantedHygiene } from '../detection.ts';
import type { HygieneReader, ObjectDetector, PlateReader } from '../packs/model-pack.ts';
import type { WatchedRegions } from './watched-regions.ts';

/** Which plates to look for in a picture. */
export interface PlateRequest {
  /** On narrower vehicles a plate cannot be read. */
  readonly minVehicleWidthPx: number;
  /** Widest first. */
  readonly maxVehicles: number;
  /** Vehicles whose plate is known well enough already: where they are expected. */
  readonly skip: readonly Box[];
  /** Look for plates in the whole picture when no vehicle is wide enough. */
  readonly wholePicture: boolean;
}

/** One picture to analyse. The memory is lent until the job is settled. */
export interface AnalysisJob {
  /** uint8 [heightPx, widthPx, 3], RGB. */
  readonly pixels: SharedArrayBuffer;
  readonly widthPx: number;
  readonly heightPx: number;
  /** undefined: do not look for plates. */
  readonly plates: PlateRequest | undefined;
  /** Detections that stand elsewhere are dropped. @default none, everything counts */
  readonly regions?: WatchedRegions | undefined;
  /** Items that models shall judge. @default none */
  readonly hygiene?: readonly WantedHygiene[] | undefined;
  /** @default none */
  readonly secondLook?: SecondLook | undefined;
}

export interface AnalysisResult {
  /** Best first, one box per object. */
  readonly detections: readonly Detection[];
  /** `vehicleIndex` counts in `detections`. */
  readonly plates: readonly PlateReading[];
  /** Indices of the detections on which a plate was looked for. */
  readonly vehiclesRead: readonly number[];
  /** What models told of the items that were asked for. @default none */
  readonly hygiene?: readonly HygieneReading[] | undefined;
  readonly detectMs: number;
  /** Plates and hygiene. */
  readonly readMs: number;
}

/** The models of one thread. */
export interface ModelSet {
  readonly detector: ObjectDetector;
  readonly plateReader: PlateReader | undefined;
  readonly hygieneReader?: HygieneReader | undefined;
  close(): Promise<void>;
}

/** How plates are read; what is left out is as `config.ts` has it by default. */
type PlateSettings = Partial<Pick<AnalyzerConfig, 'officialVehicles' | 'plateGrammar' | 'homeProvince'>>;

/** Plain data: it is copied to the thread. */
export interface ModelSetOptions extends PlateSettings {
  /** auto, or the id of a detector. */
  readonly detector: string;
  readonly detectionThreshold: number;
  readonly modelFolder: string;
  readonly modelMirror: string;
  /** Empty: `packs` in the model folder. */
  readonly packFolder: string;
  readonly readPlates: boolean;
  /** Uncovered mouths count only when the downloaded network sees them too. @default false */
  readonly confirmMasks?: boolean;
  /** Search the whole picture when no vehicle gave a plate: for lone pictures; too slow for streams. */
  readonly platesInWholePicture?: boolean;
}

/** What a module that provides models exports. */
export interface ModelSetModule {
  openModelSet(options: ModelSetOptions): Promise<ModelSet>;
}

export interface AnalyzerWorkerData {
  /** Address of a {@link ModelSetModule}. */
  readonly modelSetModule: string;
  readonly modelSetOptions: ModelSetOptions;
}

export type ToAnalyzer =
  | { readonly kind: 'analyse'; readonly jobId: number; readonly job: AnalysisJob }
  | { readonly kind: 'close' };

/** An error as plain data: codes survive the way between threads, classes do not. */
export interface SentError {
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, string | number | boolean | undefined>>;
}

export type FromAnalyzer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly error: SentError }
  | { readonly kind: 'result'; readonly jobId: number; readonly result: AnalysisResult }
  | { readonly kind: 'failed'; readonly jobId: number; readonly error: SentError };
