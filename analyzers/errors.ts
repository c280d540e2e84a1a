import { declareErrors } from '#infra/runtime/app-error.ts';

export const analyzerErrors = declareErrors({
  MODELS_LOADING: {
    kind: 'unavailable',
    en: 'Models are being prepared; detection starts in a moment.',
    zh: '正在准备模型，稍后开始检测。',
    remedyEn: 'Live pictures and recording run already.',
    remedyZh: '实时画面与录像已在运行。',
  },
  MODEL_MISSING: {
    kind: 'not_found',
    en: 'A model file is not there.',
    zh: '缺少模型文件。',
    remedyEn: 'Run ./vantage models pull; ./vantage models list shows what is missing.',
    remedyZh: '请运行 ./vantage models pull；./vantage models list 可查看缺少的模型。',
  },
  MODEL_HASH_MISMATCH: {
    kind: 'failed_precondition',
    en: 'A model file is not the one it should be (its SHA-256 differs), so it is not loaded.',
    zh: '模型文件与登记不符（SHA-256 不一致），已拒绝加载。',
    remedyEn: 'Delete the file and run ./vantage models pull.',
    remedyZh: '请删除该文件并运行 ./vantage models pull。',
  },
  MODEL_BROKEN: {
    kind: 'failed_precondition',
    en: 'A model file cannot be loaded.',
    zh: '模型文件无法加载。',
    remedyEn: 'Run ./vantage models verify, then ./vantage models pull.',
    remedyZh: '请先运行 ./vantage models verify，再运行 ./vantage models pull。',
  },
  MODEL_DOWNLOAD_FAILED: {
    kind: 'unavailable',
    en: 'A model could not be downloaded.',
    zh: '模型下载失败。',
    remedyEn: 'Check the network or set VANTAGE_ANALYZERS_MODEL_MIRROR; the npm models work without it.',
    remedyZh: '请检查网络或设置 VANTAGE_ANALYZERS_MODEL_MIRROR；npm 自带模型可正常使用。',
  },
  PACK_UNKNOWN: {
    kind: 'invalid_argument',
    en: 'There is no pack of this name.',
    zh: '没有这个名称的分析包。',
    remedyEn: 'Use vehicle, plate or kitchen.',
    remedyZh: '可用：vehicle、plate、kitchen。',
  },
  ANALYZER_DIED: {
    kind: 'unavailable',
    en: 'An analyzer thread ended and is being replaced.',
    zh: '一个分析线程已退出，正在重启。',
    remedyEn: 'Nothing to do; if it repeats, look at the log.',
    remedyZh: '无需处理；如反复出现请查看日志。',
  },
  SOURCE_UNREADABLE: {
    kind: 'invalid_argument',
    en: 'This file or folder cannot be read as pictures or video.',
    zh: '该文件或文件夹无法作为图片或视频读取。',
    remedyEn: 'Give a picture (JPEG, PNG), a video that ffmpeg reads, a folder of pictures, or an rtsp:// address.',
    remedyZh: '请提供图片（JPEG、PNG）、ffmpeg 可读的视频、图片文件夹或 rtsp:// 地址。',
  },
  CALIBRATION_UNUSABLE: {
    kind: 'invalid_argument',
    en: 'These four points do not make a calibration: three of them lie on one line, two are swapped, or they are too close together.',
    zh: '这四个点无法用于标定：有三点共线、两点互换，或点与点距离太近。',
    remedyEn:
      'Take the corners of a rectangle on the road, e.g. of a parking bay or between lane marks, and give the metres of each corner.',
    remedyZh: '请选取路面上一个矩形的四个角（如车位或车道线之间），并填写各角的米数。',
  },
  CALIBRATION_TWICE: {
    kind: 'invalid_argument',
    en: 'A camera can be calibrated once only.',
    zh: '每路摄像机只能有一组标定点。',
    remedyEn: 'Remove one of the calibrations.',
    remedyZh: '请移除多余的标定。',
  },
  RULES_UNREADABLE: {
    kind: 'invalid_argument',
    en: 'The file with lines and zones cannot be read.',
    zh: '无法读取线与区域的规则文件。',
    remedyEn:
      'Give a JSON list of rules as cameras have them: kind line, dwell, region, calibration or hygiene, points in 0..1.',
    remedyZh: '请提供 JSON 规则列表（kind 为 line、dwell、region、calibration 或 hygiene，坐标取 0..1）。',
  },
});
