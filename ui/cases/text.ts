import type { TextTable } from '../shared/common-text.ts';

export const casesText = {
  'case.one': ['案件', 'Case'],
  'case.choose': ['选择案件或事由', 'Choose a case or purpose'],
  'case.chipAbout': ['本次查询所属的案件或事由；点击更换', 'What these searches are for; press to change'],
  'case.openOnes': ['进行中的案件', 'Open cases'],
  'case.noneOpen': ['还没有进行中的案件。', 'No open cases yet.'],
  'case.filter': ['按案号或名称筛选', 'Filter by number or title'],
  'case.menuFacts': ['{{items}} 条 · {{expires}} 到期', '{{items}} kept · ends {{expires}}'],
  'case.create': ['新建案件', 'New case'],
  'case.number': ['案号', 'Number'],
  'case.numberExample': ['如 合公（刑）2026-118', 'e.g. 2026-118'],
  'case.title': ['名称', 'Title'],
  'case.reason': ['事由', 'Reason'],
  'case.reasonExample': ['为什么需要查询（至少 4 个字）', 'Why searches are needed (at least 4 characters)'],
  'case.expires': ['到期', 'Ends'],
  'case.expiresHint': ['最长 366 天', 'At most 366 days'],
  'case.expiresAbout': [
    '到期后案件中保存的记录和图片会删除；结案后最多再保留 30 天。',
    'What is kept in the case is deleted when it ends; after closing, 30 days later at the latest.',
  ],
} as const satisfies TextTable;
