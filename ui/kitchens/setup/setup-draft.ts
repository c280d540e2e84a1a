import type { HygieneItem } from '#api/contract/kitchen.ts';
import type { KitchenDraft, KitchenSetup, KitchenZone, KitchenZoneUse } from '#api/contract/kitchen-setup.ts';
import type { ZonePoint } from '../../shared/zone-geometry.ts';
import type { ZoneShape, ZoneTone } from '../../shared/zone-shape.tsx';

/** A set-up while it is edited: with the items that are off, so that their grace times are not forgotten. */
export interface SetupDraft {
  readonly zones: readonly KitchenZone[];
  readonly items: readonly DraftItem[];
  readonly openingHours: KitchenDraft['openingHours'];
}

export interface DraftItem {
  readonly item: string;
  readonly graceMs: number;
  readonly isOn: boolean;
}

/** What an item has not got; while it lacks something it counts as off. */
export type Lack = 'zone' | 'hours' | 'reference' | 'model';

export const zoneUses: readonly KitchenZoneUse[] = ['stove', 'bin', 'floor', 'work place', 'hand wash', 'entrance'];
/** As the contract has them. */
export const mostZones = 20;
export const mostZoneNameLength = 40;
/** No item of the catalogue looks there yet. */
export const unusedUses: readonly KitchenZoneUse[] = ['hand wash', 'entrance'];

const tones: Readonly<Record<KitchenZoneUse, ZoneTone>> = {
  stove: 'warn',
  bin: 'accent',
  floor: 'good',
  'work place': 'bad',
  'hand wash': 'plain',
  entrance: 'plain',
};

export function toneOfUse(use: KitchenZoneUse): ZoneTone {
  return tones[use];
}

export function shapeOfZone(zone: KitchenZone): ZoneShape {
  return { id: zone.id, kind: 'area', tone: toneOfUse(zone.use), label: zone.name, points: zone.points };
}

/** Items that the catalogue has and the set-up does not are there, switched off. */
export function draftFrom(setup: KitchenSetup, catalogue: readonly HygieneItem[]): SetupDraft {
  return {
    zones: setup.zones,
    items: catalogue.map(({ code, graceMs }) => {
      const chosen = setup.items.find(({ item }) => item === code);
      return { item: code, graceMs: chosen?.graceMs ?? graceMs, isOn: chosen !== undefined };
    }),
    openingHours: setup.openingHours,
  };
}

/** What is there besides the draft. */
export type SetupMeans = Pick<KitchenSetup, 'reference' | 'modelItems'>;

export function lacksOf(item: HygieneItem, draft: SetupDraft, means: SetupMeans): readonly Lack[] {
  const isDrawn = item.zone === 'frame' || draft.zones.some(({ use }) => use === item.zone);
  return [
    ...(needsModel(item) && !means.modelItems.includes(item.code) ? ['model' as const] : []),
    ...(isDrawn ? [] : ['zone' as const]),
    ...(item.needs.includes('opening hours') && !draft.openingHours ? ['hours' as const] : []),
    ...(item.needs.includes('reference picture') && !means.reference ? ['reference' as const] : []),
  ];
}

/** Of what is measured the model comes with the project. */
function needsModel({ status }: HygieneItem): boolean {
  return status === 'bring-your-model' || status === 'experimental';
}

/** What is sent: items that are on and lack nothing. */
export function bodyOf(draft: SetupDraft, catalogue: readonly HygieneItem[], means: SetupMeans): KitchenDraft {
  const items = draft.items.filter(({ item, isOn }) => {
    const known = catalogue.find(({ code }) => code === item);
    return isOn && known && lacksOf(known, draft, means).length === 0;
  });
  return {
    zones: draft.zones.map((zone) => ({ ...zone, name: zone.name.trim() || zone.id, points: [...zone.points] })),
    items: items.map(({ item, graceMs }) => ({ item, graceMs })),
    ...(draft.openingHours ? { openingHours: draft.openingHours } : {}),
  };
}

/** `灶台`, then `灶台 2`. */
export function freeZoneName(base: string, zones: readonly KitchenZone[]): string {
  const names = new Set(zones.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!names.has(name)) return name;
  }
}

export function withZone(draft: SetupDraft, zone: KitchenZone): SetupDraft {
  const isKnown = draft.zones.some(({ id }) => id === zone.id);
  const zones = isKnown ? draft.zones.map((other) => (other.id === zone.id ? zone : other)) : [...draft.zones, zone];
  return { ...draft, zones };
}

export function withoutZone(draft: SetupDraft, id: string): SetupDraft {
  return { ...draft, zones: draft.zones.filter((zone) => zone.id !== id) };
}

export function withPoints(draft: SetupDraft, id: string, points: readonly ZonePoint[]): SetupDraft {
  const zone = draft.zones.find((candidate) => candidate.id === id);
  return zone ? withZone(draft, { ...zone, points: points.map((point) => ({ ...point })) }) : draft;
}

export function withItem(draft: SetupDraft, code: string, change: Partial<DraftItem>): SetupDraft {
  return { ...draft, items: draft.items.map((item) => (item.item === code ? { ...item, ...change } : item)) };
}
