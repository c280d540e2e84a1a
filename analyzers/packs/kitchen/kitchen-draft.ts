import { isDeepStrictEqual } from 'node:util';
import type { Camera, CameraRule, KitchenZone, KitchenZoneUse, Point } from '#ingest/cameras/camera.ts';
import type { RecordingSchedule } from '#ingest/recorder/recording-schedule.ts';
import { type HygieneItem, HYGIENE_CATALOGUE, hygieneItem } from './hygiene-catalogue.ts';
import type { HygieneRule } from './kitchen-pack.ts';

/** A kitchen's set-up as people think of it: what is where, what to look for, when it is open. The rules are made from it. */
export interface KitchenDraft {
  readonly zones: readonly KitchenZone[];
  /** Those that are switched on. */
  readonly items: readonly { readonly item: string; readonly graceMs: number }[];
  readonly openingHours: RecordingSchedule | undefined;
}

/** What an item that is switched on has not got; without it it could never be judged. */
export interface ItemLack {
  readonly item: string;
  readonly lack: 'known item' | 'zone' | 'opening hours' | 'reference picture' | 'model';
}

const WHOLE_PICTURE: readonly Point[] = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
const NAME_LENGTH = 80;

function isHygiene(rule: CameraRule): rule is HygieneRule {
  return rule.kind === 'hygiene';
}

/** The set-up that a camera has now; of one whose rules were not made from zones they are taken for such. */
export function draftOf({ rules, kitchen }: Pick<Camera, 'rules' | 'kitchen'>): KitchenDraft {
  const hygiene = rules.filter(isHygiene);
  const items = HYGIENE_CATALOGUE.flatMap(({ code }) => {
    const rule = hygiene.find(({ item }) => item === code);
    return rule ? [{ item: code, graceMs: rule.graceMs }] : [];
  });
  return { zones: kitchen?.zones ?? zonesOf(hygiene), items, openingHours: kitchen?.openingHours };
}

function zonesOf(rules: readonly HygieneRule[]): readonly KitchenZone[] {
  const zones: KitchenZone[] = [];
  for (const { id, item, name, zone } of rules) {
    const use = zoneUseOf(hygieneItem(item));
    const isKnown = zones.some((other) => other.use === use && isDeepStrictEqual(other.points, zone));
    if (use && !isKnown) zones.push({ id: `zone-${id}`.slice(0, 40), use, name, points: zone });
  }
  return zones;
}

/** Undefined: it looks at the whole picture. */
function zoneUseOf(item: HygieneItem | undefined): KitchenZoneUse | undefined {
  return item && item.zone !== 'frame' ? item.zone : undefined;
}

/**
 * All rules of the camera with this set-up: one for each item and zone that it looks at. What was watched before and still is
 * keeps its rule's id, so that an open violation closes; rules of other kinds, and of items that are not in the catalogue, stay.
 */
export function rulesOfDraft(draft: KitchenDraft, camera: Pick<Camera, 'rules' | 'kitchen'>): readonly CameraRule[] {
  const before = camera.rules.filter(isHygiene);
  const zonesBefore = draftOf(camera).zones;
  const others = camera.rules.filter((rule) => !isHygiene(rule) || hygieneItem(rule.item) === undefined);
  const made = draft.items.flatMap(({ item: code, graceMs }): readonly CameraRule[] => {
    const item = hygieneItem(code);
    if (!item) return [];
    const use = zoneUseOf(item);
    if (!use) {
      const kept = before.filter((rule) => rule.item === code);
      if (kept.length > 0) return kept.map((rule) => ({ ...rule, graceMs }));
      return [{ kind: 'hygiene', id: code, name: item.name.zh, item: code, zone: WHOLE_PICTURE, graceMs }];
    }
    const zones = draft.zones.filter((zone) => zone.use === use);
    return zones.map((zone) => {
      const old = zonesBefore.find(({ id }) => id === zone.id);
      const kept = old && before.find((rule) => rule.item === code && isDeepStrictEqual(rule.zone, old.points));
      const fresh = (zones.length > 1 ? `${item.name.zh} · ${zone.name}` : item.name.zh).slice(0, NAME_LENGTH);
      const name = kept && old?.name === zone.name ? kept.name : fresh;
      return { kind: 'hygiene', id: kept?.id ?? `${code}-${zone.id}`, name, item: code, zone: zone.points, graceMs };
    });
  });
  return [...others, ...made];
}

export interface KitchenMeans {
  readonly hasReference: boolean;
  /** Items that a model judges whose file is here. */
  readonly modelItems: readonly string[];
}

/** In the order of the draft's items. */
export function lacksOf(draft: KitchenDraft, { hasReference, modelItems }: KitchenMeans): readonly ItemLack[] {
  return draft.items.flatMap(({ item: code }): readonly ItemLack[] => {
    const item = hygieneItem(code);
    if (!item) return [{ item: code, lack: 'known item' }];
    const use = zoneUseOf(item);
    return [
      ...(needsModel(item) && !modelItems.includes(code) ? [{ item: code, lack: 'model' as const }] : []),
      ...(use && !draft.zones.some((zone) => zone.use === use) ? [{ item: code, lack: 'zone' as const }] : []),
      ...(item.needs.includes('opening hours') && !draft.openingHours
        ? [{ item: code, lack: 'opening hours' as const }]
        : []),
      ...(item.needs.includes('reference picture') && !hasReference
        ? [{ item: code, lack: 'reference picture' as const }]
        : []),
    ];
  });
}

/** Of what is measured the model comes with the project. */
function needsModel({ status }: HygieneItem): boolean {
  return status === 'bring your model' || status === 'experimental';
}
