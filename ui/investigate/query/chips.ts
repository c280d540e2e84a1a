import { normalisePlateQuery } from '../../shared/plate-doubt.ts';
import { canBeFuzzy, platePattern } from './plate-words.ts';
import { camerasOf, mostCameras, type PlaceIndex } from './places.ts';
import type { SearchQuery } from './search-query.ts';
import { rangeWords } from './time-words.ts';

/** Why a chip is dimmed: it does not take part in the search. */
export type ChipHint =
  | 'unread'
  | 'second_plate'
  | 'short_number'
  | 'no_cameras'
  | 'too_many_cameras'
  | 'fuzzy_needs_plate';

export type ChipKind =
  | 'plate'
  | 'fuzzy'
  | 'range'
  | 'hours'
  | 'place'
  | 'cameras'
  | 'area'
  | 'paint'
  | 'type'
  | 'direction'
  | 'colour'
  | 'unread';

export interface Chip {
  readonly kind: ChipKind;
  /** Tells chips of one kind apart. */
  readonly key: string;
  /** Of places: how many cameras it stands for. */
  readonly count?: number;
  readonly hint?: ChipHint;
}

/** The chips of a question in the order in which they are shown. */
export function chipsOf(query: SearchQuery, places: PlaceIndex | undefined): readonly Chip[] {
  const chips: Chip[] = [];
  const add = (isThere: boolean, kind: ChipKind, key: string, rest: Partial<Chip> = {}): void => {
    if (isThere) chips.push({ kind, key, ...rest });
  };
  add(query.plate !== '', 'plate', platePattern(query.plate, query.isFuzzy));
  add(query.isFuzzy, 'fuzzy', '', canBeFuzzy(query.plate) ? {} : { hint: 'fuzzy_needs_plate' });
  add(query.range !== undefined, 'range', '');
  add(query.hours !== undefined, 'hours', '');
  for (const word of query.places) {
    const count = places ? camerasOf(places, word).length : undefined;
    const hint =
      count === 0 ? 'no_cameras' : count !== undefined && count > mostCameras ? 'too_many_cameras' : undefined;
    add(true, 'place', word, { ...(count === undefined ? {} : { count }), ...(hint ? { hint } : {}) });
  }
  add(query.cameraIds.length > 0, 'cameras', '', { count: query.cameraIds.length });
  add(query.area !== undefined, 'area', '');
  add(query.vehicleColour !== undefined, 'paint', query.vehicleColour ?? '');
  add(query.vehicleType !== undefined, 'type', query.vehicleType ?? '');
  add(query.direction !== undefined, 'direction', query.direction ?? '');
  add(query.plateColour !== undefined, 'colour', query.plateColour ?? '');
  for (const word of query.unread) add(true, 'unread', word, { hint: unreadHint(word) });
  return chips;
}

function unreadHint(word: string): ChipHint {
  if (/^\d{1,2}$/.test(word)) return 'short_number';
  const plate = normalisePlateQuery(word);
  return plate.length >= 6 && /\d/.test(plate) ? 'second_plate' : 'unread';
}

export function withoutChip(query: SearchQuery, chip: Chip): SearchQuery {
  switch (chip.kind) {
    case 'plate':
      return { ...query, plate: '' };
    case 'fuzzy':
      return { ...query, isFuzzy: false };
    case 'range':
      return { ...query, range: undefined };
    case 'hours':
      return { ...query, hours: undefined };
    case 'place':
      return { ...query, places: query.places.filter((word) => word !== chip.key) };
    case 'cameras':
      return { ...query, cameraIds: [] };
    case 'area':
      return { ...query, area: undefined };
    case 'paint':
      return { ...query, vehicleColour: undefined };
    case 'type':
      return { ...query, vehicleType: undefined };
    case 'direction':
      return { ...query, direction: undefined };
    case 'colour':
      return { ...query, plateColour: undefined };
    case 'unread':
      return { ...query, unread: query.unread.filter((word) => word !== chip.key) };
  }
}

/** The chip as text that is read back as the same, to be edited; undefined for what is not text (cameras, area). */
export function chipText(
  query: SearchQuery,
  chip: Chip,
  word: { isEnglish: boolean; formatTime: (ms: number) => string; attribute: (chip: Chip) => string },
): string | undefined {
  switch (chip.kind) {
    case 'plate':
      return query.plate;
    case 'fuzzy':
      return word.isEnglish ? 'fuzzy' : '模糊';
    case 'range':
      return query.range === undefined ? undefined : rangeWords(query.range, word.isEnglish, word.formatTime);
    case 'hours':
      return query.hours && `${query.hours.from}-${query.hours.to}`;
    case 'place':
    case 'unread':
      return chip.key;
    case 'paint':
    case 'type':
    case 'direction':
    case 'colour':
      return word.attribute(chip);
    case 'cameras':
    case 'area':
      return undefined;
  }
}
