import { statfs } from 'node:fs/promises';
import type { Clock } from '#infra/runtime/clock.ts';
import type { IngestConfig } from '../config.ts';
import { ingestErrors } from '../errors.ts';

export interface RecordingDiskDeps {
  /** `writeQueueMb` is the memory of all recorders together that may wait to be written. */
  readonly config: Pick<IngestConfig, 'recordingFolder' | 'minimumFreeMb' | 'writeQueueMb'>;
  readonly clock: Clock;
}

/** Free space is asked for at most this often, however many cameras begin a file. */
const FREE_SPACE_VALID_MS = 1000;

/** What all recorders of a process share of their disk: its free space, and the memory that waits for it. */
export class RecordingDisk {
  readonly #deps: RecordingDiskDeps;
  #queuedBytes = 0;
  #free: { readonly atMs: number; readonly bytes: Promise<number> } | undefined;

  constructor(deps: RecordingDiskDeps) {
    this.#deps = deps;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** @returns false when so much waits already that this has no room; else {@link release} it once it is written */
  reserve(sizeBytes: number): boolean {
    if (this.#queuedBytes + sizeBytes > this.#deps.config.writeQueueMb * 1e6) return false;
    this.#queuedBytes += sizeBytes;
    return true;
  }

  release(sizeBytes: number): void {
    this.#queuedBytes -= sizeBytes;
  }

  /** @throws {AppError} `DISK_FULL`; what the file system says when it cannot be asked */
  async requireRoom(): Promise<void> {
    const { config, clock } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (!this.#free || nowMs - this.#free.atMs >= FREE_SPACE_VALID_MS)
      this.#free = { atMs: nowMs, bytes: freeBytes(config.recordingFolder) };
    const free = await this.#free.bytes;
    if (free < config.minimumFreeMb * 1e6) throw ingestErrors.DISK_FULL({ freeMb: Math.floor(free / 1e6) });
  }
}

/** What an ordinary user may still write, in bytes. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
