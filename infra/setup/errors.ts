import { declareErrors } from '#infra/runtime/app-error.ts';

/** What can go wrong while the machine is made ready; `docs/errors.md` is made from it. */
export const setupErrors = declareErrors({
  SETUP_LOCKED: {
    kind: 'deadline_exceeded',
    en: 'Another process has been doing the same set-up step for too long.',
    zh: '另一个进程执行相同的准备步骤已超过时限。',
    remedyEn: 'Wait for it, or end it and start again.',
    remedyZh: '请等待其完成，或结束该进程后重试。',
  },
  MEDIA_WORKER_TOOLS_MISSING: {
    kind: 'failed_precondition',
    en: 'The WebRTC media worker cannot be built: tools or libraries are missing.',
    zh: '无法构建 WebRTC 媒体进程：缺少编译工具或依赖库。',
    remedyEn: 'Run the apt-get command that is printed, then start again.',
    remedyZh: '请执行所示的 apt-get 命令，然后重新启动。',
  },
  MEDIA_WORKER_BUILD_FAILED: {
    kind: 'internal',
    en: 'Building the WebRTC media worker failed.',
    zh: '构建 WebRTC 媒体进程失败。',
    remedyEn: 'Read the end of the log file that is named; until then live pictures use the WebSocket way.',
    remedyZh: '请查看所示日志文件的末尾；在此之前实时画面将通过 WebSocket 播放。',
  },
  UI_BUILD_FAILED: {
    kind: 'internal',
    en: 'Building the pages failed.',
    zh: '构建网页失败。',
    remedyEn: 'Read the lines above; `npx vite build --config ui/vite.config.ts` repeats the step by hand.',
    remedyZh: '请查看上方输出；可手动执行 `npx vite build --config ui/vite.config.ts` 重试。',
  },
});
