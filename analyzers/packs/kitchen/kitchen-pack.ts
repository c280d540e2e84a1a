import type { CameraRule, KitchenSetup } from '#ingest/cameras/camera.ts';
import type { Detection, HygieneObservation, HygieneReading, WantedHygiene } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { KitchenView } from './kitchen-view.ts';
import { type HygieneRule, isJudgedByModel, type Watch, watchFor } from './rule-watches.ts';

export type { HygieneRule };

export interface KitchenPackOptions {
  readonly rules: readonly HygieneRule[];
  /** Opening hours and reference picture; undefined while the kitchen is not set up. */
  readonly setup?: KitchenSetup | undefined;
  /** The reference picture of `setup`, of any size; undefined: not there (yet). */
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

  /** @param readings what models told of this picture */
  observe(
    picture: Picture,
    detections: readonly Detection[],
    timeMs: number,
    readings: readonly HygieneReading[] = [],
  ): HygieneObservation[] {
    if (this.#watches.length === 0) return [];
    const seen = { ...this.#view.look(picture, detections, timeMs), readings };
    return this.#watches.map((watch) => watch(seen));
  }
}

/** What models shall judge for these rules; undefined: nothing. */
export function judgedByModels(rules: readonly CameraRule[]): readonly WantedHygiene[] | undefined {
  const wanted = rules.flatMap((rule) =>
    isHygieneRule(rule) && isJudgedByModel(rule.item) ? [{ item: rule.item, zone: rule.zone }] : [],
  );
  return wanted.length > 0 ? wanted : undefined;
}

export function isHygieneRule(rule: CameraRule): rule is HygieneRule {
  return rule.kind === 'hygiene';
}
