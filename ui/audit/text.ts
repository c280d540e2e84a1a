import type { TextTable } from '../shared/common-text.ts';

export const auditText = {} as const satisfies TextTable;
