import type { TextTable } from '../shared/common-text.ts';

export const camerasText = {} as const satisfies TextTable;
