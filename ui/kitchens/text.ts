import type { TextTable } from '../shared/common-text.ts';

export const kitchensText = {} as const satisfies TextTable;
