import { declareErrors } from '#infra/runtime/app-error.ts';

export const streamingErrors = declareErrors({
  WEBRTC_WORKER_MISSING: {
    kind: 'unavailable',
    en: 'The WebRTC relay is not built on this machine yet; live pictures come over the fallback.',
    zh: '本机尚未构建 WebRTC 转发程序；实时画面改用备用通道。',
    remedyEn: 'It is being built in the background; restart Vantage when it is done. The log is in the cache folder.',
    remedyZh: '后台正在构建，完成后重启 Vantage 即可；日志在缓存目录中。',
  },
  WEBRTC_WORKER_DIED: {
    kind: 'unavailable',
    en: 'The WebRTC relay ended and is being started again.',
    zh: 'WebRTC 转发程序已退出，正在重启。',
    remedyEn: 'Tiles reconnect by themselves.',
    remedyZh: '画面会自动重连。',
  },
  LIVE_CAMERA_NOT_HERE: {
    kind: 'not_found',
    en: 'This camera is not connected to this server.',
    zh: '该摄像机未接入本服务器。',
    remedyEn: 'See the Cameras page for its state.',
    remedyZh: '请在“摄像机”页面查看其状态。',
  },
  LIVE_CODEC_NOT_RELAYED: {
    kind: 'failed_precondition',
    en: 'This camera sends H.265, which the WebRTC relay does not carry; live pictures come over the fallback.',
    zh: '该摄像机发送 H.265，WebRTC 转发不支持；实时画面改用备用通道。',
    remedyEn: 'Give the camera an H.264 sub-stream: live pictures are then taken from it, and recordings stay H.265.',
    remedyZh: '请为该摄像机添加 H.264 子码流：实时画面将使用子码流，录像仍为 H.265。',
  },
  WHEP_OFFER_INVALID: {
    kind: 'invalid_argument',
    en: 'This is not an SDP offer that can be answered.',
    zh: '这不是可以应答的 SDP 提议。',
    remedyEn:
      'Send the offer of a WHEP player as application/sdp: UDP/TLS/RTP/SAVPF with ICE and a SHA-256 fingerprint.',
    remedyZh: '请以 application/sdp 发送 WHEP 播放器的提议：UDP/TLS/RTP/SAVPF，含 ICE 参数与 SHA-256 指纹。',
  },
  WHEP_NO_H264: {
    kind: 'failed_precondition',
    en: 'The player does not offer to receive H.264 with packetization-mode 1.',
    zh: '播放器未提议接收 packetization-mode 1 的 H.264。',
    remedyEn: 'Let it offer H.264; no other format is sent.',
    remedyZh: '请让播放器提议 H.264；系统不发送其他格式。',
  },
  WHEP_NO_PATCH: {
    kind: 'failed_precondition',
    en: 'A running session cannot be changed: neither trickle ICE nor an ICE restart is needed here.',
    zh: '不能修改进行中的会话：此处不需要 trickle ICE 或 ICE 重启。',
    remedyEn: 'All candidates are in the answer. To begin anew, end the session and post another offer.',
    remedyZh: '应答中已含全部候选地址。如需重新开始，请结束会话后再次提交提议。',
  },
  LIVE_TRANSCODING_BUSY: {
    kind: 'resource_exhausted',
    en: 'This camera sends H.265 only, and all transcoding slots of the server are taken by cameras that others watch.',
    zh: '该摄像机只发送 H.265，且服务器的转码名额已被其他观看中的摄像机占满。',
    remedyEn:
      'The tile starts by itself when a slot is free. An H.264 sub-stream of the camera needs no slot; more slots: VANTAGE_STREAMING_TRANSCODE_SLOTS.',
    remedyZh:
      '有空闲名额时画面会自动出现。为摄像机添加 H.264 子码流则无需转码；也可增大 VANTAGE_STREAMING_TRANSCODE_SLOTS。',
  },
  LIVE_TRANSCODING_FAILED: {
    kind: 'unavailable',
    en: 'The H.265 of this camera could not be transcoded.',
    zh: '该摄像机的 H.265 画面转码失败。',
    remedyEn: 'It is tried again by itself. Check with `./vantage doctor` that ffmpeg has libx264.',
    remedyZh: '系统会自动重试。请用 `./vantage doctor` 检查 ffmpeg 是否带有 libx264。',
  },
  LIVE_NO_PICTURE_YET: {
    kind: 'unavailable',
    en: 'This camera has sent no picture yet.',
    zh: '该摄像机尚未发送画面。',
    remedyEn: 'Wait a moment; the tile starts by itself.',
    remedyZh: '请稍候，画面会自动出现。',
  },
  LIVE_REQUEST_INVALID: {
    kind: 'invalid_argument',
    en: 'This live request cannot be understood.',
    zh: '无法识别的实时请求。',
    remedyEn: 'Reload the page.',
    remedyZh: '请刷新页面。',
  },
  LIVE_TOO_MANY_VIEWERS: {
    kind: 'resource_exhausted',
    en: 'Too many live pictures are open on this connection.',
    zh: '此连接打开的实时画面过多。',
    remedyEn: 'Close some tiles.',
    remedyZh: '请关闭部分画面。',
  },
});
