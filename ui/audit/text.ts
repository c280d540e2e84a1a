import type { TextTable } from '../shared/common-text.ts';

export const auditText = {
  'audit.time': ['时间', 'Time'],
  'audit.user': ['用户', 'User'],
  'audit.action': ['操作', 'Action'],
  'audit.target': ['对象', 'Target'],
  'audit.purpose': ['事由', 'Purpose'],
  'audit.detail': ['详情', 'Detail'],
  'audit.filter': ['筛选已加载的记录', 'Filter the loaded entries'],
  'audit.none': ['没有记录', 'No entries'],
  'audit.about': [
    '谁在什么时候因为什么看了什么；只能追加，不能修改。',
    'Who looked at what, when and why; entries are only added, never changed.',
  ],
} as const satisfies TextTable;
