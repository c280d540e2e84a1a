import { readSetting, writeSetting } from '../../shared/local-setting.ts';
import { type Sort, sortKeys, troubleFirst } from './camera-list.ts';

/** In the order of the table. */
export const columns = [
  'picture',
  'name',
  'area',
  'state',
  'source',
  'bitrate',
  'fps',
  'size',
  'recording',
  'retention',
  'health',
] as const;
export type Column = (typeof columns)[number];

export interface TableSettings {
  /** Those that are shown; the name always is. */
  readonly columns: readonly Column[];
  readonly sort: Sort;
  /** The filter as it stands in the address. */
  readonly filter: string;
}

export const initialSettings: TableSettings = {
  columns: columns.filter((column) => column !== 'area'),
  sort: troubleFirst,
  filter: '',
};

/** What a column needs to be read; those that grow take what is left. */
export const columnWidths: Readonly<Record<Column, number>> = {
  picture: 104,
  name: 170,
  area: 110,
  state: 236,
  source: 104,
  bitrate: 96,
  fps: 72,
  size: 108,
  recording: 194,
  retention: 84,
  health: 132,
};

/** The first to go where there is no room. */
const leastNeeded: readonly Column[] = [
  'size',
  'fps',
  'area',
  'health',
  'retention',
  'bitrate',
  'source',
  'recording',
  'picture',
];

/** Those of the chosen columns that fit side by side; name and state always stay. */
export function fittingColumns(chosen: readonly Column[], widthPx: number): readonly Column[] {
  let kept = columns.filter((column) => column === 'name' || chosen.includes(column));
  for (const column of leastNeeded) {
    if (kept.reduce((sum, one) => sum + columnWidths[one], 0) <= widthPx) break;
    kept = kept.filter((one) => one !== column);
  }
  return kept;
}

const settingOf = (userId: string): string => `cameras.table.${userId}`;

/** As this person left the table in this browser; what an older version wrote is read as far as it still holds. */
export function readTableSettings(userId: string): TableSettings {
  return parseTableSettings(readSetting(settingOf(userId)) ?? '');
}

export function parseTableSettings(text: string): TableSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return initialSettings;
  }
  if (typeof value !== 'object' || value === null) return initialSettings;
  const stored: Readonly<Record<string, unknown>> = { ...value };
  const { filter, sort } = stored;
  const chosen = Array.isArray(stored['columns']) ? stored['columns'] : initialSettings.columns;
  const key = sortKeys.find((one) => typeof sort === 'object' && sort !== null && 'key' in sort && sort.key === one);
  return {
    columns: columns.filter((column) => column === 'name' || chosen.includes(column)),
    sort: key
      ? {
          key,
          isDescending:
            typeof sort === 'object' && sort !== null && 'isDescending' in sort && sort.isDescending === true,
        }
      : troubleFirst,
    filter: typeof filter === 'string' ? filter : '',
  };
}

export function writeTableSettings(userId: string, settings: TableSettings): void {
  writeSetting(settingOf(userId), JSON.stringify(settings));
}
