import { declareErrors } from '#infra/runtime/app-error.ts';

export const simulationErrors = declareErrors({
  CITY_ALREADY_THERE: {
    kind: 'failed_precondition',
    en: 'There is a simulated city in this database already.',
    zh: '该数据库中已有模拟城市。',
    remedyEn: 'Use another --data folder (or database) for another city.',
    remedyZh: '请为新的模拟城市使用其他 --data 目录（或数据库）。',
  },
  STORE_NOT_EMPTY: {
    kind: 'failed_precondition',
    en: 'There are cameras in this database that are not simulated.',
    zh: '该数据库中有非模拟的摄像机。',
    remedyEn: 'Invented sightings must not stand among real ones: use another --data folder (or database).',
    remedyZh: '虚构的过车记录不得与真实记录混在一起：请使用其他 --data 目录（或数据库）。',
  },
});
