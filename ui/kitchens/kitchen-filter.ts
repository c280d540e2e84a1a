import type { Kitchen } from '#api/contract/kitchen.ts';
import { type Findable, makeFindable, matchScore } from '../shared/pinyin-match.ts';

export const kitchenShows = ['all', 'open', 'overdue', 'answered'] as const;
export type KitchenShow = (typeof kitchenShows)[number];

export interface KitchenQuestion {
  /** Part of a name or district, also as pinyin or its initials. */
  readonly text: string;
  readonly district: string | undefined;
  readonly item: string | undefined;
  readonly show: KitchenShow;
}

export type FindKitchen = (kitchen: Pick<Kitchen, 'cameraId' | 'name' | 'district'>) => Findable;

/** Spells each name once. */
export function kitchenFinder(): FindKitchen {
  const known = new Map<string, Findable>();
  return ({ cameraId, name, district }) => {
    const key = `${cameraId}\n${name}\n${district}`;
    const found = known.get(key) ?? makeFindable(name, district);
    known.set(key, found);
    return found;
  };
}

/** In the given order: a search narrows the board and leaves the worst first. */
export function filterKitchens(
  kitchens: readonly Kitchen[],
  { text, district, item, show }: KitchenQuestion,
  find: FindKitchen,
): Kitchen[] {
  return kitchens.filter(
    (kitchen) =>
      (district === undefined || kitchen.district === district) &&
      (item === undefined || kitchen.openItems.includes(item)) &&
      (show === 'all' || kitchen[show] > 0) &&
      (text.trim() === '' || matchScore(find(kitchen), text) > 0),
  );
}
