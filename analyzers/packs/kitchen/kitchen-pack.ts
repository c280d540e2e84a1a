import type { CameraRule, KitchenSetup } from '#ingest/cameras/camera.ts';
import type { Box, Detection, HygieneObservation, HygieneReading, WantedHygiene } from '../../detection.ts';
import { boundsOf } from '../../rules/zone.ts';
import type { Picture } from '../model-pack.ts';
import { FlameWatch } from './flame-watch.ts';
import { ModelWatch } from './model-watch.ts';
import { ZoneChangeWatch } from './zone-change-watch.ts';

export type HygieneRule = Extract<CameraRule, { kind: 'hygiene' }>;

export interface KitchenPackOptions {
  readonly rules: readonly HygieneRule[];
  /** Undefined: the kitchen was not set up. */
  readonly setup?: KitchenSetup | undefined;
  /** The kitchen as it should look, of any size. Items that need it can tell nothing without. */
  readonly reference?: Picture | undefined;
}

type Watch = (
  picture: Picture,
  persons: readonly Box[],
  timeMs: number,
  readings: readonly HygieneReading[],
) => HygieneObservation;

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
 * them. Items for which no model is there are left out.
 */
export class KitchenPack {
  readonly #watches: readonly Watch[];

  constructor({ rules }: KitchenPackOptions) {
    this.#watches = rules.flatMap((rule) => watchFor(rule) ?? []);
  }

  /** @param readings what models told of this picture */
  observe(
    picture: Picture,
    detections: readonly Detection[],
    timeMs: number,
    readings: readonly HygieneReading[] = [],
  ): HygieneObservation[] {
    const persons = detections.filter(({ label }) => label === 'person').map(({ box }) => box);
    return this.#watches.map((watch) => watch(picture, persons, timeMs, readings));
  }
}

function watchFor(rule: HygieneRule): Watch | undefined {
  if (MODEL_ITEMS.includes(rule.item)) return watchByModel(rule);
  if (rule.zone.length < 3) return undefined;
  if (rule.item === 'flame_unattended') return watchFlame(rule);
  if (rule.item === 'bin_open') return watchBin(rule);
  return undefined;
}

/** What models shall judge for these rules; undefined: nothing. */
export function judgedByModels(rules: readonly CameraRule[]): readonly WantedHygiene[] | undefined {
  const wanted = rules.flatMap((rule) =>
    rule.kind === 'hygiene' && MODEL_ITEMS.includes(rule.item) ? [{ item: rule.item, zone: rule.zone }] : [],
  );
  return wanted.length > 0 ? wanted : undefined;
}

function watchByModel(rule: HygieneRule): Watch {
  const watch = new ModelWatch(rule);
  return (_, persons, timeMs, readings) => watch.update(readings, persons, timeMs);
}

function watchFlame(rule: HygieneRule): Watch {
  const flame = new FlameWatch(rule.zone);
  const zone = boundsOf(rule.zone);
  return (picture, persons) => {
    const { isBurning, score, box } = flame.update(picture);
    const isAttended = persons.some((person) => isAt(person, zone));
    const state = isBurning === undefined ? 'unknown' : isBurning && !isAttended ? 'violation' : 'fine';
    return { item: rule.item, ruleId: rule.id, state, score, box };
  };
}

function watchBin(rule: HygieneRule): Watch {
  const change = new ZoneChangeWatch(rule.zone);
  const zone = boundsOf(rule.zone);
  return (picture, persons, timeMs) => {
    const observation = { item: rule.item, ruleId: rule.id, box: zone };
    const { isChanged, changedShare } = change.update(picture, persons, timeMs);
    if (isChanged === undefined) return { ...observation, state: 'unknown', score: 0 };
    return { ...observation, state: isChanged ? 'violation' : 'fine', score: Math.min(1, changedShare * 3) };
  };
}

/** A person is at the stove within about an arm's length, which is a person's width in the picture. */
function isAt(person: Box, zone: Box): boolean {
  const reach = person.width;
  return (
    person.x - reach < zone.x + zone.width &&
    person.x + person.width + reach > zone.x &&
    person.y < zone.y + zone.height &&
    person.y + person.height + reach > zone.y
  );
}
