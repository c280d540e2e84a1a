import type { TextTable } from '../shared/common-text.ts';

export const investigateText = {} as const satisfies TextTable;
