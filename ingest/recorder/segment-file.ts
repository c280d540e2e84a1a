import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '#infra/runtime/app-error.ts';
import { ingestErrors } from '../errors.ts';
import type { Fragment } from './fmp4-muxer.ts';
import type { RecordingDisk } from './recording-disk.ts';
import { paddingSize, putPadding } from './fmp4-box.ts';
import { FILE_BLOCK_SIZE_BYTES, fragmentMemory } from './fragment-memory.ts';
import { PART_SUFFIX } from './segment-path.ts';

/** As much of a file as a segment needs. */
export type SegmentHandle = Pick<FileHandle, 'write' | 'truncate' | 'datasync' | 'close'>;
/** @param flags of open(2) */
export type OpenFile = (path: string, flags: number) => Promise<SegmentHandle>;

export interface SegmentFileOptions {
  readonly folder: string;
  /** Relative to `folder`. */
  readonly path: string;
  readonly init: Buffer;
  /** Opened when this has settled: the file before it is closed. */
  readonly after: Promise<void>;
  readonly disk: RecordingDisk;
  readonly openFile?: OpenFile;
  /** All is written; when it fails the file keeps the name that it has while it is open. */
  beforeNaming?(written: WrittenSegment): Promise<void>;
  /** The first fragment is in it. */
  onWritten(): void;
  /** Nothing more is taken; `kept` is, or will be, in the file. */
  onFailed(error: AppError, kept: Pick<WrittenSegment, 'duration90k'>): void;
}

/** Fails where there is a file already. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
/** Past the page cache; undefined where the system does not know it. */
const DIRECT = constants.O_DIRECT as number | undefined;

/** What is safely in the file. */
export interface WrittenSegment {
  readonly frames: number;
  readonly duration90k: number;
  readonly sizeBytes: number;
}

/**
 * Writes one segment in order, one write per fragment, into a `.part` file that gets its name when it is closed. Never
 * blocks: what waits is counted, and when too much does the file takes nothing more and ends with what it took. Written in
 * whole blocks from memory that begins on a page, so that the disk can take it past the page cache where it does.
 */
export class SegmentFile {
  readonly #options: SegmentFileOptions;
  readonly #absolute: string;
  #handle: SegmentHandle | undefined;
  #isDirect = false;
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
    const { disk, path: segment } = this.#options;
    const sizeBytes = fragment.bytes.length;
    if (this.#failure || this.#isRefusing) return fragmentMemory.giveBack(fragment.bytes);
    if (!disk.reserve(sizeBytes)) {
      this.#isRefusing = true;
      fragmentMemory.giveBack(fragment.bytes);
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

  /** Resolves when what was appended until now is written, or has failed. */
  async settled(): Promise<void> {
    await this.#work;
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
    const { disk } = this.#options;
    await mkdir(path.dirname(this.#absolute), { recursive: true });
    await disk.requireRoom();
    this.#isDirect = DIRECT !== undefined && disk.writesDirectly;
    this.#handle = await this.#openPart(NEW_FILE);
    const head = toBlocks(this.#options.init);
    try {
      await this.#writeAll(head);
      this.#written = { frames: 0, duration90k: 0, sizeBytes: head.length };
    } finally {
      fragmentMemory.giveBack(head);
    }
  }

  async #openPart(flags: number): Promise<SegmentHandle> {
    const { openFile = open, disk } = this.#options;
    const file = this.#absolute + PART_SUFFIX;
    if (!this.#isDirect) return await openFile(file, flags);
    try {
      return await openFile(file, flags | (DIRECT ?? 0));
    } catch (error) {
      if (!isInvalid(error)) throw error;
      disk.noteNoDirectWrites();
      this.#isDirect = false;
      // Some systems make the file before they refuse.
      return await openFile(file, flags & ~constants.O_EXCL);
    }
  }

  async #write(fragment: Fragment): Promise<void> {
    if (this.#failure || !this.#handle) return;
    const { disk } = this.#options;
    const beganMs = performance.now();
    await this.#writeAll(fragment.bytes);
    if (this.#isDirect) disk.noteDirectWrite(performance.now() - beganMs);
    if (this.#written.frames === 0) this.#options.onWritten();
    this.#written = {
      frames: this.#written.frames + fragment.frames,
      duration90k: fragment.end90k,
      sizeBytes: this.#written.sizeBytes + fragment.bytes.length,
    };
  }

  /** From where the last whole fragment ends. */
  async #writeAll(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      if (!this.#handle) return;
      try {
        const position = this.#written.sizeBytes + at;
        const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, position);
        at += bytesWritten;
      } catch (error) {
        if (!this.#isDirect || !isInvalid(error)) throw error;
        // A file system that refuses at the first write, or memory that does not begin on a page.
        if (this.#written.sizeBytes === 0) this.#options.disk.noteNoDirectWrites();
        this.#isDirect = false;
        await this.#handle.close();
        this.#handle = await this.#openPart(constants.O_WRONLY);
      }
    }
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
      if (this.#written.frames > 0) {
        await this.#options.beforeNaming?.(this.#written);
        await rename(this.#absolute + PART_SUFFIX, this.#absolute);
      } else await unlink(this.#absolute + PART_SUFFIX);
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

/** In memory that begins on a page, padded to whole blocks. */
function toBlocks(init: Buffer): Buffer {
  const padding = paddingSize(init.length, FILE_BLOCK_SIZE_BYTES);
  const bytes = fragmentMemory.take(init.length + padding);
  init.copy(bytes);
  putPadding(bytes, init.length, padding);
  return bytes;
}

function isInvalid(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EINVAL';
}

function toDiskError(error: unknown, segment: string): AppError {
  if (error instanceof AppError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? ingestErrors.DISK_FULL({ path: segment }, error)
    : ingestErrors.DISK_WRITE_FAILED({ path: segment, reason: code }, error);
}
