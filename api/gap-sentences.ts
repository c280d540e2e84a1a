import type { GapCause } from '#ingest/media.ts';

/** Why a stretch was not recorded, for people. */
export const GAP_SENTENCES: Readonly<Record<GapCause, { en: string; zh: string }>> = {
  camera_unreachable: { en: 'The camera could not be reached.', zh: '摄像机无法连接。' },
  camera_rejected: { en: 'The camera refused the sign-in.', zh: '摄像机拒绝登录。' },
  stream_stalled: { en: 'The camera sent no pictures.', zh: '摄像机未发送画面。' },
  stream_error: { en: 'The stream broke off.', zh: '码流中断。' },
  codec_unsupported: { en: 'The camera’s format is not supported.', zh: '摄像机编码不受支持。' },
  disk_full: { en: 'The disk was full.', zh: '磁盘已满。' },
  disk_slow: { en: 'The disk was too slow.', zh: '磁盘写入过慢。' },
  disk_error: { en: 'The disk could not be written.', zh: '磁盘写入失败。' },
  service_stopped: { en: 'Vantage was not running.', zh: '系统未运行。' },
  settings_changed: { en: 'The camera’s settings were changed.', zh: '摄像机设置已更改。' },
  recording_off: { en: 'Recording was switched off.', zh: '录像已关闭。' },
  outside_schedule: { en: 'Outside the hours of the recording schedule.', zh: '不在录像计划时段内。' },
  no_event: { en: 'Nothing happened; this camera records on events.', zh: '无事件；该摄像机仅在事件发生时录像。' },
};
