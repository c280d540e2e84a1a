import type { IngestConfig } from '#ingest/config.ts';
import { freeBytes } from '#ingest/recorder/recording-disk.ts';
import { deleteSegmentFiles } from '#ingest/recorder/retention.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { ExpiringSegment, ExpiryRepository } from '#storage/recordings/expiry-repository.ts';

/** Few, so that neither the database nor the disk is busy with it for long. */
const DELETED_TOGETHER = 50;
const RETRIED_TOGETHER = 500;
/** A tenth more than needed, so that it need not be done again at once. */
const SLACK = 1.1;

export interface RecordingRoomDeps {
  readonly expiry: ExpiryRepository;
  readonly config: Pick<
    IngestConfig,
    | 'recordingFolder'
    | 'minimumFreeMb'
    | 'freeTargetMb'
    | 'recordingMaxGb'
    | 'diskFullPolicy'
    | 'protectedMinutes'
    | 'retentionHours'
  >;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * `enough`: nothing was to be done. `quota`: the oldest went because of the quota. `made`: the oldest went before their
 * time because the disk was short. `short`: there is less than there should be, and nothing more that may go.
 */
export type RoomOutcome = 'enough' | 'quota' | 'made' | 'short';

/** Deletes recordings: when their time has ended, and the oldest of all cameras before that when room is short. */
export class RecordingRoom {
  readonly #deps: RecordingRoomDeps;

  constructor(deps: RecordingRoomDeps) {
    this.#deps = deps;
  }

  /** Recordings whose time has ended, and what an earlier try could not delete. @returns how many files went */
  async expire(signal: AbortSignal): Promise<number> {
    const { expiry, config, clock } = this.#deps;
    let files = await this.#retry(signal);
    while (!signal.aborted) {
      const { retentionHours } = config;
      const marked = await expiry.markExpired({ nowMs: clock.nowMs(), retentionHours, limit: RETRIED_TOGETHER });
      if (marked.length === 0) break;
      files += (await this.#delete(marked)).deletedFiles;
    }
    return files;
  }

  /** @throws what the database or the file system says */
  async makeRoom(signal: AbortSignal): Promise<RoomOutcome> {
    const { config, expiry } = this.#deps;
    const quotaBytes = config.recordingMaxGb * 1e9;
    const overBytes = quotaBytes === 0 ? 0 : (await expiry.totalSizeBytes()) - quotaBytes;
    if (overBytes > 0) await this.#deleteOldest(overBytes, signal, ({ rowBytes }) => rowBytes);
    if (config.diskFullPolicy === 'stop') return overBytes > 0 ? 'quota' : 'enough';
    const targetBytes = Math.max(config.freeTargetMb, config.minimumFreeMb) * 1e6;
    const free = await freeBytes(config.recordingFolder);
    if (free >= targetBytes) return overBytes > 0 ? 'quota' : 'enough';
    const missingBytes = targetBytes * SLACK - free;
    const freedBytes = await this.#deleteOldest(missingBytes, signal, ({ fileBytes }) => fileBytes);
    return freedBytes < missingBytes && !signal.aborted ? 'short' : 'made';
  }

  /** @param count what of a deletion helps: rows that are gone count for a quota, files for the disk */
  async #deleteOldest(
    neededBytes: number,
    signal: AbortSignal,
    count: (deleted: { readonly rowBytes: number; readonly fileBytes: number }) => number,
  ): Promise<number> {
    const { config, expiry, clock, log } = this.#deps;
    const endedBeforeMs = clock.nowMs() - config.protectedMinutes * 60_000;
    let doneBytes = 0;
    let files = 0;
    while (doneBytes < neededBytes && !signal.aborted) {
      const enoughBytes = neededBytes - doneBytes;
      const marked = await expiry.markOldest({ endedBeforeMs, enoughBytes, limit: DELETED_TOGETHER });
      if (marked.length === 0) break;
      const { deletedFiles, freedBytes } = await this.#delete(marked);
      const rowBytes = marked.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      doneBytes += count({ rowBytes, fileBytes: freedBytes });
      files += deletedFiles;
    }
    if (files > 0) log.info({ files, freedMb: Math.round(doneBytes / 1e6) }, 'the oldest recordings made room');
    return doneBytes;
  }

  /** Files that could not be deleted when their rows were marked, or that a crash came between. */
  async #retry(signal: AbortSignal): Promise<number> {
    let files = 0;
    for (let afterId = ''; !signal.aborted; ) {
      const marked = await this.#deps.expiry.marked({ afterId, limit: RETRIED_TOGETHER });
      const last = marked.at(-1);
      if (!last) break;
      afterId = last.segmentId;
      files += (await this.#delete(marked)).deletedFiles;
    }
    return files;
  }

  async #delete(segments: readonly ExpiringSegment[]) {
    const { expiry, config, log } = this.#deps;
    const deleted = await deleteSegmentFiles({ segments, folder: config.recordingFolder, log });
    await expiry.delete(deleted.segmentIds);
    return deleted;
  }
}
