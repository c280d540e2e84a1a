import type { CameraRule, KitchenSetup } from '#ingest/cameras/camera.ts';
import type { Detection, HygieneObservation, HygieneReading, WantedHygiene } from '../../detection.ts';
import type { Picture } from '../model-pack.ts';
import { KitchenView, type PictureOfKitchen } from './kitchen-view.ts';
import { ModelWatch } from './model-watch.ts';
import { type HygieneRule, watchFor as ruleWatchFor } from './rule-watches.ts';

export type { HygieneRule };

export interface KitchenPackOptions {
  readonly rules: readonly HygieneRule[];
  /** Undefined: the kitchen was not set up. */
  readonly setup?: KitchenSetup | undefined;
  /** The kitchen as it should look, of any size. Items that need it can tell nothing without. */
  readonly reference?: Picture | undefined;
}

type Watch = (seen: PictureOfKitchen, readings: readonly HygieneReading[]) => HygieneObservation;

/** Items that no rule of ours finds: a classifier judges them, the shipped one or that of a pack. */
const MODEL_ITEMS: readonly string[] = [
  'no_mask',
  'mask_below_nose',
  'no_head_cover',
  'phone_in_hand',
  'smoking',
  'tools_mixed',
];

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
    const seen = this.#view.look(picture, detections, timeMs);
    return this.#watches.map((watch) => watch(seen, readings));
  }
}

export function isHygieneRule(rule: CameraRule): rule is HygieneRule {
  return rule.kind === 'hygiene';
}

/** What models shall judge for these rules; undefined: nothing. */
export function judgedByModels(rules: readonly CameraRule[]): readonly WantedHygiene[] | undefined {
  const wanted = rules.flatMap((rule) =>
    rule.kind === 'hygiene' && MODEL_ITEMS.includes(rule.item) ? [{ item: rule.item, zone: rule.zone }] : [],
  );
  return wanted.length > 0 ? wanted : undefined;
}

function watchFor(rule: HygieneRule, reference: Picture | undefined): Watch | undefined {
  if (!MODEL_ITEMS.includes(rule.item)) return ruleWatchFor(rule, reference);
  const watch = new ModelWatch(rule);
  return ({ persons, timeMs }, readings) => watch.update(readings, persons, timeMs);
}
