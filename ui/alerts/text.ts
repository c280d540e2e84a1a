import type { TextTable } from '../shared/common-text.ts';

export const alertsText = {} as const satisfies TextTable;
