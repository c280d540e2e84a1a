import type { ModelRegistry } from '../../models/model-registry.ts';
import type { ObjectDetector } from '../model-pack.ts';
import { CenterNetDetector } from './centernet-detector.ts';
import { YoloxDetector } from './yolox-detector.ts';

export interface DetectorOptions {
  readonly registry: ModelRegistry;
  /** auto: CenterNet, which comes with the npm packages and needs no download. */
  readonly choice: 'auto' | 'centernet' | 'yolox-nano';
  /** Detections of a lower score are not given. */
  readonly threshold: number;
}

export interface ClosableDetector extends ObjectDetector {
  close(): Promise<void>;
}

/** A detector, loaded and ready. @throws {AppError} `MODEL_*` */
export async function createDetector({ registry, choice, threshold }: DetectorOptions): Promise<ClosableDetector> {
  if (choice === 'yolox-nano') return YoloxDetector.open({ registry, threshold });
  const detector = new CenterNetDetector({ registry, threshold });
  await detector.load();
  return detector;
}
