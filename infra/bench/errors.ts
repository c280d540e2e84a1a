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
    remedyEn: 'Use plate-crops, plate-frames, vehicles, vehicle-colour, masks, held-phones, worn-hats or kitchen-clip.',
    remedyZh:
      '可用：plate-crops、plate-frames、vehicles、vehicle-colour、masks、held-phones、worn-hats、kitchen-clip。',
  },
  BENCH_CITY_MISSING: {
    kind: 'failed_precondition',
    en: 'This store does not hold a simulated city of the size that was asked for.',
    zh: '该数据目录中没有所需规模的模拟城市。',
    remedyEn: 'Make one with `./vantage simulate events --data FOLDER`, or ask for fewer rows with --rows.',
    remedyZh: '请先运行 `./vantage simulate events --data 目录` 生成，或用 --rows 减少所需行数。',
  },
  BENCH_RELAY_MISSING: {
    kind: 'failed_precondition',
    en: 'The program of the WebRTC relay is not on this machine.',
    zh: '本机没有 WebRTC 转发程序。',
    remedyEn: 'Build it with `node infra/setup/mediasoup-worker/ensure-worker.ts`.',
    remedyZh: '请运行 `node infra/setup/mediasoup-worker/ensure-worker.ts` 构建。',
  },
  BENCH_BROWSER_MISSING: {
    kind: 'failed_precondition',
    en: 'There is no Chromium on this machine, or no playwright-core.',
    zh: '本机没有 Chromium 或 playwright-core。',
    remedyEn: 'apt-get install chromium, or name one in CHROMIUM; install the development packages.',
    remedyZh: '请执行 apt-get install chromium，或用 CHROMIUM 指定；并安装开发依赖包。',
  },
  BENCH_NOT_LIVE: {
    kind: 'deadline_exceeded',
    en: 'Not all of the load was live within a minute.',
    zh: '负载未能在一分钟内全部就绪。',
    remedyEn: 'Give a smaller load, or run it when the machine is less busy.',
    remedyZh: '请减小负载，或在机器空闲时运行。',
  },
});
