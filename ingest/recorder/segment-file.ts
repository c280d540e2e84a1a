import { type FileHandle, mkdir, open, rename, statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import type { Fragment } from './fmp4-muxer.ts';
import { fragmentMemory } from './fragment-memory.ts';
import { PART_SUFFIX } from './segment-path.ts';

export interface SegmentFileOptions {
  readonly folder: string;
  /** Relative to `folder`. */
  readonly path: string;
  readonly init: Buffer;
  /** Opened when this has settled: the file before it is closed. */
  readonly after: Promise<void>;
  readonly minimumFreeBytes: number;
  /** Shared by all files of a recorder: what waits in memory for the disk. */
  readonly queue: { bytes: number };
  readonly maxQueuedBytes: number;
  /** The file is there and has its head. */
  onOpened(): void;
  /** At most once: nothing more will be written; what was written stays. */
  onFailed(error: AppError, written: WrittenSegment): void;
}

/** What is safely in the file. */
export interface WrittenSegment {
  readonly frames: number;
  readonly duration90k: number;
  readonly sizeBytes: number;
}

/**
 * Writes one segment in order, one write per fragment, into a `.part` file that gets its name when it is closed. Never
 * blocks: what waits is counted, and beyond `maxQueuedBytes` the file fails.
 */
export class SegmentFile {
  readonly #options: SegmentFileOptions;
  readonly #absolute: string;
  #handle: FileHandle | undefined;
  #work: Promise<void>;
  #failure: AppError | undefined;
  #written: WrittenSegment = { frames: 0, duration90k: 0, sizeBytes: 0 };

  constructor(options: SegmentFileOptions) {
    this.#options = options;
    this.#absolute = path.join(options.folder, options.path);
    this.#work = options.after.then(() => this.#guard(() => this.#open()));
  }

  append(fragment: Fragment): void {
    if (this.#failure) return;
    const { queue, maxQueuedBytes, path: segment } = this.#options;
    const sizeBytes = fragment.bytes.length;
    if (queue.bytes + sizeBytes > maxQueuedBytes) {
      this.#fail(ingestErrors.DISK_WRITE_FAILED({ path: segment, reason: 'the disk is too slow' }));
      return;
    }
    queue.bytes += sizeBytes;
    this.#work = this.#work
      .then(() => this.#guard(() => this.#write(fragment)))
      .then(() => {
        fragmentMemory.giveBack(fragment.bytes);
        queue.bytes -= sizeBytes;
      });
  }

  /**
   * Waits for all writes and gives the file its name.
   * @returns what it holds; undefined when it holds no picture (it is then gone)
   */
  async finish(): Promise<WrittenSegment | undefined> {
    this.#work = this.#work.then(() => this.#close());
    await this.#work;
    return this.#written.frames > 0 ? this.#written : undefined;
  }

  async #open(): Promise<void> {
    const { folder, init, minimumFreeBytes } = this.#options;
    await mkdir(path.dirname(this.#absolute), { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < minimumFreeBytes) throw ingestErrors.DISK_FULL({ freeMb: Math.floor((bavail * bsize) / 1e6) });
    this.#handle = await open(this.#absolute + PART_SUFFIX, 'wx');
    await writeAll(this.#handle, init);
    this.#written = { frames: 0, duration90k: 0, sizeBytes: init.length };
    this.#options.onOpened();
  }

  async #write(fragment: Fragment): Promise<void> {
    if (this.#failure || !this.#handle) return;
    await writeAll(this.#handle, fragment.bytes);
    this.#written = {
      frames: this.#written.frames + fragment.frames,
      duration90k: fragment.end90k,
      sizeBytes: this.#written.sizeBytes + fragment.bytes.length,
    };
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    if (!handle) return;
    this.#handle = undefined;
    try {
      // A write that failed may have left half a fragment behind.
      if (this.#failure) await handle.truncate(this.#written.sizeBytes);
      await handle.datasync();
      await handle.close();
      if (this.#written.frames > 0) await rename(this.#absolute + PART_SUFFIX, this.#absolute);
      else await unlink(this.#absolute + PART_SUFFIX);
    } catch (error) {
      // What cannot be closed in order is found again by the recovery at the next start.
      this.#written = { ...this.#written, frames: 0 };
      await handle.close().catch(() => undefined);
      this.#fail(toDiskError(error, this.#options.path));
    }
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    if (this.#failure) return;
    try {
      await work();
    } catch (error) {
      this.#fail(toDiskError(error, this.#options.path));
    }
  }

  #fail(error: AppError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#options.onFailed(error, this.#written);
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset);
    offset += bytesWritten;
  }
}

function toDiskError(error: unknown, segment: string): AppError {
  if (error instanceof AppError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? ingestErrors.DISK_FULL({ path: segment }, error)
    : ingestErrors.DISK_WRITE_FAILED({ path: segment, reason: code }, error);
}
