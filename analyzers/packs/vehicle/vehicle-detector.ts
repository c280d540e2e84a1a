import type { SecondLook } from '#ingest/cameras/camera.ts';
import { type Detection, OBJECT_LABELS, type ObjectLabel } from '../../detection.ts';
import { type DetectorManifest, labelsOfClasses } from '../../models/detector-manifest.ts';
import type { ModelRegistry } from '../../models/model-registry.ts';
import type { ObjectDetector, Picture } from '../model-pack.ts';
import { DetectorNetwork } from './detector-network.ts';
import { detectionsOfPart, lookAgainAt, mergeLooks } from './second-look.ts';

export interface VehicleDetectorOptions {
  readonly registry: ModelRegistry;
  /** Id of a detector; auto: CenterNet, which comes with the npm packages and needs no download. */
  readonly choice: string;
  /** Detections of a lower score are not given. */
  readonly threshold: number;
  /** Leave out the thresholds by label of the manifest: for measuring. */
  readonly ignoreLabelThresholds?: boolean;
}

const DEFAULT_DETECTOR = 'centernet';

/** Finds vehicles and persons with the network of a manifest. One picture at a time. */
export class VehicleDetector implements ObjectDetector {
  readonly manifest: DetectorManifest;
  readonly #network: DetectorNetwork<ObjectLabel>;

  private constructor(manifest: DetectorManifest, network: DetectorNetwork<ObjectLabel>) {
    this.manifest = manifest;
    this.#network = network;
  }

  /**
   * Loads the network for its first size and tries it: hash, layers and shapes are right when this returns.
   * @throws {AppError} `DETECTOR_UNKNOWN`, `MODEL_*`
   */
  static async open(options: VehicleDetectorOptions): Promise<VehicleDetector> {
    const { registry, choice, threshold, ignoreLabelThresholds } = options;
    const manifest = await registry.detector(choice === 'auto' ? DEFAULT_DETECTOR : choice);
    const leastScore = Object.fromEntries(
      OBJECT_LABELS.map((label) => [
        label,
        ignoreLabelThresholds === true ? threshold : Math.max(threshold, manifest.thresholds?.[label] ?? 0),
      ]),
    ) as Record<ObjectLabel, number>;
    const wanted = { labels: labelsOfClasses(manifest), leastScore };
    return new VehicleDetector(manifest, await DetectorNetwork.open(manifest, registry, wanted));
  }

  async detect(picture: Picture, look: SecondLook = 'none'): Promise<Detection[]> {
    const whole = { left: 0, top: 0, width: picture.widthPx, height: picture.heightPx };
    const found = await this.#network.look(picture, whole);
    const parts = lookAgainAt(picture, look);
    if (parts.length === 0) return found;
    const again: Detection[] = [];
    for (const part of parts) again.push(...detectionsOfPart(await this.#network.look(picture, part), part, picture));
    return mergeLooks(found, again);
  }

  async close(): Promise<void> {
    await this.#network.close();
  }
}
