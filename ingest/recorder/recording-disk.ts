import { statfs } from 'node:fs/promises';
import type { Clock } from '#infra/runtime/clock.ts';
import type { IngestConfig } from '../config.ts';
import { ingestErrors } from '../errors.ts';

export interface RecordingDiskDeps {
  /** `writeQueueMb` is the memory of all recorders together that may wait to be written. */
  readonly config: Pick<IngestConfig, 'recordingFolder' | 'minimumFreeMb' | 'writeQueueMb'> &
    Partial<Pick<IngestConfig, 'directWrites'>>;
  readonly clock: Clock;
}

/** Free space is asked for at most this often, however many cameras begin a file. */
const FREE_SPACE_VALID_MS = 1000;
/** A disk that takes longer for a group of pictures has to move for it: it is better off when the system joins many. */
const SLOW_WRITE_MS = 20;
/** How much one write counts among those before it. */
const WRITE_WEIGHT = 0.02;
const STAY_BUFFERED_MS = 10 * 60_000;

/**
 * What all recorders of a process share of their disk: its free space, the memory that waits for it, and whether it takes
 * writes past the page cache. Copying what nobody is about to read into the cache costs as much as all the rest of a write,
 * and drives out what is read (docs/decisions/0029).
 */
export class RecordingDisk {
  readonly #deps: RecordingDiskDeps;
  #queuedBytes = 0;
  #free: { readonly atMs: number; readonly bytes: Promise<number> } | undefined;
  #meanDirectMs = 0;
  #bufferedUntilMs = Number.NEGATIVE_INFINITY;

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

  /** Whether the next file is to be written past the page cache. */
  get writesDirectly(): boolean {
    return (this.#deps.config.directWrites ?? true) && this.#deps.clock.monotonicMs() >= this.#bufferedUntilMs;
  }

  /** @param durationMs of one group of pictures, from the call to the disk's word */
  noteDirectWrite(durationMs: number): void {
    this.#meanDirectMs += (durationMs - this.#meanDirectMs) * WRITE_WEIGHT;
    if (this.#meanDirectMs < SLOW_WRITE_MS) return;
    this.#meanDirectMs = 0;
    this.#bufferedUntilMs = this.#deps.clock.monotonicMs() + STAY_BUFFERED_MS;
  }

  /** The file system does not know such writes. */
  noteNoDirectWrites(): void {
    this.#bufferedUntilMs = Number.POSITIVE_INFINITY;
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
