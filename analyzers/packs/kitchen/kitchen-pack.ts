import type { CameraRule, KitchenSetup } from '#ingest/cameras/camera.ts';
import type { Detection, HygieneObservation } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { KitchenView, type PictureOfKitchen } from './kitchen-view.ts';
import { type HygieneRule, type Watch, watchFor } from './rule-watches.ts';

export type { HygieneRule };

export interface KitchenPackOptions {
  readonly rules: readonly HygieneRule[];
  /** Undefined: the kitchen was not set up. */
  readonly setup?: KitchenSetup | undefined;
  /** The kitchen as it should look, of any size. Items that need it can tell nothing without. */
  readonly reference?: Picture | undefined;
}

/**
 * Watches one kitchen's drawn zones. Looks at pixels of the zones and at where persons stand, and at nothing else of
 * them. Items for which no model is there are left out. Plain and synchronous; one per camera.
 */
export class KitchenPack {
  readonly #view: KitchenView;
  readonly #watches: readonly Watch[];

  /** @throws {AppError} `RECORDING_SCHEDULE_INVALID` of the opening hours */
  constructor({ rules, setup, reference }: KitchenPackOptions) {
    this.#view = new KitchenView(setup, reference);
    this.#watches = rules.flatMap((rule) => watchFor(rule, reference) ?? []);
  }

  observe(picture: Picture, detections: readonly Detection[], timeMs: number): HygieneObservation[] {
    if (this.#watches.length === 0) return [];
    const seen: PictureOfKitchen = this.#view.look(picture, detections, timeMs);
    return this.#watches.map((watch) => watch(seen));
  }
}

export function isHygieneRule(rule: CameraRule): rule is HygieneRule {
  return rule.kind === 'hygiene';
}
