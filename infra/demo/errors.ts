import { declareErrors } from '#infra/runtime/app-error.ts';

export const demoErrors = declareErrors({
  OPTION_INVALID: {
    kind: 'invalid_argument',
    en: 'An option has a value that cannot be used.',
    zh: '选项的值无效。',
    remedyEn: 'Give a whole number in the range that is named.',
    remedyZh: '请输入所示范围内的整数。',
  },
  DEMO_NO_ADMINISTRATOR: {
    kind: 'not_found',
    en: 'There is no user `admin` in this data folder.',
    zh: '该数据目录中没有 admin 用户。',
    remedyEn: 'Start with another --data folder.',
    remedyZh: '请使用其他 --data 目录启动。',
  },
});
