import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { BlobStore } from '#ingest/ports.ts';
import { storageErrors } from '../errors.ts';
import { checkBlobKey, contentTypeOf } from './blob-key.ts';

/** Blobs as files. A file is whole or not there: written beside, synchronised, renamed. */
export class DiskBlobStore implements BlobStore {
  readonly #folder: string;

  constructor(deps: { readonly folder: string }) {
    this.#folder = deps.folder;
  }

  /** @throws {AppError} `BLOB_KEY_INVALID`, `BLOB_STORE_FAILED` */
  async put(key: string, body: Uint8Array, _contentType: string): Promise<void> {
    const file = this.#fileOf(key);
    const partial = `${file}.${randomUUID()}.partial`;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      const handle = await open(partial, 'wx', 0o640);
      try {
        await handle.writeFile(body);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(partial, file);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw storageErrors.BLOB_STORE_FAILED({ key, reason: errnoOf(error) }, error);
    }
  }

  async get(key: string): Promise<{ readonly body: Buffer; readonly contentType: string }> {
    try {
      return { body: await readFile(this.#fileOf(key)), contentType: contentTypeOf(key) };
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR')
        throw storageErrors.BLOB_NOT_FOUND({ key }, error);
      if (code === undefined) throw error;
      throw storageErrors.BLOB_STORE_FAILED({ key, reason: code }, error);
    }
  }

  /** Nothing happens when it is not there. */
  async delete(key: string): Promise<void> {
    await rm(this.#fileOf(key), { force: true });
  }

  #fileOf(key: string): string {
    checkBlobKey(key);
    return path.join(this.#folder, key);
  }
}

function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
