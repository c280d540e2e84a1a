import { checkRecordings, type RecordingReport } from '#ingest/recorder/recording-check.ts';
import { type Clock, systemClock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { Storage } from '#storage/storage.ts';
import { openCameraRegistry } from './camera-registry.ts';

const HOUR_MS = 3_600_000;
/** A file may be ten minutes long and wait a while for its next key frame: what was open at the end began after this. */
const BEFORE_NEWEST_MS = 2 * HOUR_MS;
/** A camera's clock may have been ahead. */
const AHEAD_MS = 24 * HOUR_MS;

/**
 * Puts rows and files right after the last run, however it ended, before the first camera records. Rows come in the order
 * of their files, so what can be wrong lies around the newest row and after it; only those hours are looked at.
 */
export async function repairRecordings(deps: {
  readonly storage: Pick<Storage, 'writer' | 'recordingIndex' | 'segments'>;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<void> {
  const { storage, folder, clock, log } = deps;
  // What the last run left in the spool goes first: those rows are not lost.
  await storage.writer.drain();
  const nowMs = clock.nowMs();
  const newestMs = await storage.recordingIndex.newestStartMs();
  const report = await checkRecordings({
    folder,
    index: storage.recordingIndex,
    fromMs: newestMs === undefined ? 0 : newestMs - BEFORE_NEWEST_MS,
    toMs: nowMs + AHEAD_MS,
    openSinceMs: Number.POSITIVE_INFINITY,
    isRepairing: true,
    log,
  });
  const outages = await storage.recordingIndex.noteOutage();
  // Gaps that the last run left open end now, since recording begins again.
  await storage.segments.closeOpenGaps(nowMs);
  const { open, unknown, missing } = report;
  if (open + unknown + missing > 0)
    log.info({ open, unknown, missing, outages }, 'recordings are put right after a crash');
}

/**
 * All recordings, for the command line. A server may be running: what is younger than an hour may still be on its way to
 * the database, and is left out.
 * @throws {AppError} what `openCameraRegistry` throws
 */
export async function checkAllRecordings(
  env: Readonly<Record<string, string | undefined>>,
  dataFolder: string | undefined,
  isRepairing: boolean,
): Promise<RecordingReport> {
  const registry = await openCameraRegistry(env, dataFolder);
  const { recordingIndex, settings, log } = registry;
  try {
    const untilMs = systemClock.nowMs() - HOUR_MS;
    return await checkRecordings({
      folder: settings.ingest.recordingFolder,
      index: recordingIndex,
      fromMs: 0,
      toMs: untilMs,
      openSinceMs: untilMs,
      isRepairing,
      log,
    });
  } finally {
    await registry.close();
  }
}
