import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import type { Fragment } from './fmp4-muxer.ts';
import type { RecordingDisk } from './recording-disk.ts';
import { fragmentMemory } from './fragment-memory.ts';
import { PART_SUFFIX } from './segment-path.ts';

/** As much of a file as a segment needs. */
export type SegmentHandle = Pick<FileHandle, 'write' | 'truncate' | 'datasync' | 'close'>;
/** Makes a new file; fails where there is one. */
export type OpenFile = (path: string) => Promise<SegmentHandle>;

export interface SegmentFileOptions {
  readonly folder: string;
  /** Relative to `folder`. */
  readonly path: string;
  readonly init: Buffer;
  /** Opened when this has settled: the file before it is closed. */
  readonly after: Promise<void>;
  readonly disk: RecordingDisk;
  readonly openFile?: OpenFile;
  /** The first fragment is in it. */
  onWritten(): void;
  /** Nothing more is taken; `kept` is, or will be, in the file. */
  onFailed(error: AppError, kept: Pick<WrittenSegment, 'duration90k'>): void;
}

/** What is safely in the file. */
export interface WrittenSegment {
  readonly frames: number;
  readonly duration90k: number;
  readonly sizeBytes: number;
}

/**
 * Writes one segment in order, one write per fragment, into a `.part` file that gets its name when it is closed. Never
 * blocks: what waits is counted, and when too much does the file takes nothing more and ends with what it took.
 */
export class SegmentFile {
  readonly #options: SegmentFileOptions;
  readonly #absolute: string;
  #handle: SegmentHandle | undefined;
  #work: Promise<void>;
  #failure: AppError | undefined;
  #isRefusing = false;
  #queuedTo90k = 0;
  #written: WrittenSegment = { frames: 0, duration90k: 0, sizeBytes: 0 };

  constructor(options: SegmentFileOptions) {
    this.#options = options;
    this.#absolute = path.join(options.folder, options.path);
    this.#work = options.after.then(() => this.#guard(() => this.#open()));
  }

  append(fragment: Fragment): void {
    if (this.#failure || this.#isRefusing) return;
    const { disk, path: segment } = this.#options;
    const sizeBytes = fragment.bytes.length;
    if (!disk.reserve(sizeBytes)) {
      this.#isRefusing = true;
      this.#options.onFailed(ingestErrors.DISK_SLOW({ path: segment }), { duration90k: this.#queuedTo90k });
      return;
    }
    this.#queuedTo90k = fragment.end90k;
    this.#work = this.#work
      .then(() => this.#guard(() => this.#write(fragment)))
      .then(() => {
        fragmentMemory.giveBack(fragment.bytes);
        disk.release(sizeBytes);
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
    const { init, disk, openFile = openNew } = this.#options;
    await mkdir(path.dirname(this.#absolute), { recursive: true });
    await disk.requireRoom();
    this.#handle = await openFile(this.#absolute + PART_SUFFIX);
    await writeAll(this.#handle, init);
    this.#written = { frames: 0, duration90k: 0, sizeBytes: init.length };
  }

  async #write(fragment: Fragment): Promise<void> {
    if (this.#failure || !this.#handle) return;
    await writeAll(this.#handle, fragment.bytes);
    if (this.#written.frames === 0) this.#options.onWritten();
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

async function openNew(file: string): Promise<SegmentHandle> {
  return await open(file, 'wx');
}

async function writeAll(handle: SegmentHandle, bytes: Buffer): Promise<void> {
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
