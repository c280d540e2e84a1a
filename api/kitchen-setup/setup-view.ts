import {
  type ItemLack,
  draftOf,
  type KitchenDraft,
  type KitchenMeans,
  lacksOf,
} from '#analyzers/packs/kitchen/kitchen-draft.ts';
import type { Camera, KitchenReference as DomainReference } from '#ingest/cameras/camera.ts';
import { ScheduleClock } from '#ingest/recorder/recording-schedule.ts';
import type { ErrorFactory } from '#infra/runtime/app-error.ts';
import type { KitchenDraft as DraftBody, KitchenReference, KitchenSetup } from '../contract/kitchen-setup.ts';
import { apiErrors } from '../errors.ts';
import { iso } from '../time-range.ts';

/** What an item that could never be judged is refused with. */
const LACK_ERRORS: Readonly<Record<ItemLack['lack'], ErrorFactory>> = {
  'known item': apiErrors.KITCHEN_ITEM_UNKNOWN,
  zone: apiErrors.KITCHEN_ZONE_MISSING,
  'opening hours': apiErrors.KITCHEN_HOURS_MISSING,
  'reference picture': apiErrors.KITCHEN_REFERENCE_MISSING,
  model: apiErrors.KITCHEN_MODEL_MISSING,
};

export function toReferenceView(cameraId: string, { takenAtMs }: DomainReference): KitchenReference {
  // The time makes the address another one when the picture is: it may be kept by browsers.
  return { takenAt: iso(takenAtMs), pictureUrl: `/api/kitchens/${cameraId}/reference.jpg?at=${takenAtMs}` };
}

export function toSetupView(camera: Camera, modelItems: readonly string[]): KitchenSetup {
  const { zones, items, openingHours } = draftOf(camera);
  const reference = camera.kitchen?.reference;
  return {
    cameraId: camera.id,
    name: camera.name,
    zones: zones.map((zone) => ({ ...zone, points: zone.points.map((point) => ({ ...point })) })),
    items: items.map((item) => ({ ...item })),
    ...(openingHours
      ? {
          openingHours: {
            timeZone: openingHours.timeZone,
            windows: openingHours.windows.map((window) => ({ ...window, days: [...window.days] })),
          },
        }
      : {}),
    ...(reference ? { reference: toReferenceView(camera.id, reference) } : {}),
    modelItems: [...modelItems],
    isAnalysed: camera.analysis.mode !== 'off',
  };
}

/** @throws {AppError} `RECORDING_SCHEDULE_INVALID`, `KITCHEN_ZONE_TWICE`, `KITCHEN_ITEM_UNKNOWN` */
export function fromDraftBody({ zones, items, openingHours }: DraftBody): KitchenDraft {
  if (openingHours) new ScheduleClock(openingHours);
  const zone = firstTwice(zones.map(({ id }) => id));
  if (zone !== undefined) throw apiErrors.KITCHEN_ZONE_TWICE({ field: `zones.${zone}` });
  const item = firstTwice(items.map(({ item: code }) => code));
  if (item !== undefined) throw apiErrors.KITCHEN_ITEM_UNKNOWN({ field: `items.${item}` });
  return { zones: zones.map((one) => ({ ...one, name: one.name.trim() })), items, openingHours };
}

/** @throws {AppError} `KITCHEN_*_MISSING`, `KITCHEN_ITEM_UNKNOWN`, with the item as `field` */
export function requireComplete(draft: KitchenDraft, means: KitchenMeans): void {
  const [first] = lacksOf(draft, means);
  if (first) throw LACK_ERRORS[first.lack]({ field: `items.${first.item}` });
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
