export const caseTabs = ['items', 'company', 'history'] as const;
export type CaseTab = (typeof caseTabs)[number];
