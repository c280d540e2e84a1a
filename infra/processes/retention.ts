import { expireSegments } from '#ingest/recorder/retention.ts';
import { toAppError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Storage } from '#storage/storage.ts';
import type { Settings } from './settings.ts';

const EVERY_MS = 10 * 60_000;
const FIRST_MS = 30_000;
const BATCH = 500;

/** Ends recordings when their time has ended: the row, then the file. @returns a function that stops it and waits */
export function startRecordingRetention({
  storage,
  settings,
  clock,
  log,
}: {
  readonly storage: Storage;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
}): () => Promise<void> {
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer = clock.setTimeout(tick, FIRST_MS);

  function tick(): void {
    running = round().finally(() => {
      if (!isStopped) timer = clock.setTimeout(tick, EVERY_MS);
    });
  }

  async function round(): Promise<void> {
    const endedBeforeMs = clock.nowMs() - settings.ingest.retentionHours * 3_600_000;
    try {
      for (;;) {
        const segments = await storage.segments.oldest({ limit: BATCH, endedBeforeMs });
        if (segments.length === 0 || isStopped) return;
        await storage.segments.delete(segments.map(({ segmentId }) => segmentId));
        await expireSegments({ segments, folder: settings.ingest.recordingFolder, log });
      }
    } catch (error) {
      log.warn({ err: toAppError(error) }, 'expired recordings could not be deleted; it is tried again');
    }
  }

  return async () => {
    isStopped = true;
    timer.cancel();
    await running;
  };
}
