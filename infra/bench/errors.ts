import { declareErrors } from '#infra/runtime/app-error.ts';

export const benchErrors = declareErrors({
  BENCH_DATA_UNUSABLE: {
    kind: 'invalid_argument',
    en: 'This folder does not hold the data that the task needs.',
    zh: '该文件夹中没有此任务所需的数据。',
    remedyEn:
      'Crops are named by their text, frames as CCPD names them, vehicles come with labels.json, faces in with_mask and without_mask.',
    remedyZh:
      '车牌裁图以车牌号命名，整图按 CCPD 规则命名，车辆数据需附 labels.json，人脸图片分别放在 with_mask 与 without_mask 中。',
  },
  BENCH_TASK_UNKNOWN: {
    kind: 'invalid_argument',
    en: 'There is no accuracy task of this name.',
    zh: '没有这个名称的精度测试任务。',
    remedyEn: 'Use plate-crops, plate-frames, vehicles, vehicle-colour, masks or kitchen-clip.',
    remedyZh: '可用：plate-crops、plate-frames、vehicles、vehicle-colour、masks、kitchen-clip。',
  },
  BENCH_CITY_MISSING: {
    kind: 'failed_precondition',
    en: 'This store does not hold a simulated city of the size that was asked for.',
    zh: '该数据目录中没有所需规模的模拟城市。',
    remedyEn: 'Make one with `./vantage simulate events --data FOLDER`, or ask for fewer rows with --rows.',
    remedyZh: '请先运行 `./vantage simulate events --data 目录` 生成，或用 --rows 减少所需行数。',
  },
  BENCH_NOT_LIVE: {
    kind: 'deadline_exceeded',
    en: 'Not all cameras of the load were taken in within a minute.',
    zh: '负载摄像机未能在一分钟内全部接入。',
    remedyEn: 'Give fewer cameras, or run it when the machine is less busy.',
    remedyZh: '请减少摄像机数量，或在机器空闲时运行。',
  },
});
