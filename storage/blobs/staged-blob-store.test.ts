import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#infra/runtime/clock.ts';
import { silentLog } from '#infra/runtime/logger.ts';
import type { BlobStore } from '#ingest/ports.ts';
import { storageErrors } from '../errors.ts';
import { StagedBlobStore } from './staged-blob-store.ts';

/** A store in memory that can be away. */
class MemoryBlobStore implements BlobStore {
  readonly blobs = new Map<string, { readonly body: Buffer; readonly contentType: string }>();
  isAway = false;
  refused = 0;

  put(key: string, body: Uint8Array, contentType: string): Promise<void> {
    if (this.isAway) {
      this.refused++;
      return Promise.reject(storageErrors.BLOB_STORE_FAILED({ key }));
    }
    this.blobs.set(key, { body: Buffer.from(body), contentType });
    return Promise.resolve();
  }

  get(key: string): Promise<{ readonly body: Buffer; readonly contentType: string }> {
    const blob = this.blobs.get(key);
    return blob ? Promise.resolve(blob) : Promise.reject(storageErrors.BLOB_NOT_FOUND({ key }));
  }

  delete(key: string): Promise<void> {
    this.blobs.delete(key);
    return Promise.resolve();
  }
}

let folder: string;
let remote: MemoryBlobStore;
let staged: StagedBlobStore;
beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/vantage-staged-`);
  remote = new MemoryBlobStore();
  staged = new StagedBlobStore({ folder, remote, clock: systemClock, log: silentLog });
});
afterEach(async () => {
  await staged.close();
  await rm(folder, { recursive: true });
});

test('a blob can be read at once, moves to the remote store, and is read from there', async () => {
  await staged.put('a/b.jpg', Buffer.from('x'), 'image/jpeg');
  expect((await staged.get('a/b.jpg')).body.toString()).toBe('x');
  expect(remote.blobs.size).toBe(0);
  staged.start();
  await vi.waitFor(() => expect(remote.blobs.get('a/b.jpg')?.contentType).toBe('image/jpeg'));
  await staged.put('a/c.jpg', Buffer.from('y'), 'image/jpeg');
  await vi.waitFor(() => expect(remote.blobs.size).toBe(2));
  expect((await staged.get('a/c.jpg')).body.toString()).toBe('y');
  await staged.delete('a/c.jpg');
  await expect(staged.get('a/c.jpg')).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
});

test('while the remote store is away blobs wait, and the next start takes them up', async () => {
  remote.isAway = true;
  staged.start();
  await staged.put('a/b.jpg', Buffer.from('x'), 'image/jpeg');
  await vi.waitFor(() => expect(remote.refused).toBeGreaterThan(0));
  expect((await staged.get('a/b.jpg')).body.toString()).toBe('x');
  await staged.close();
  remote.isAway = false;
  staged = new StagedBlobStore({ folder, remote, clock: systemClock, log: silentLog });
  staged.start();
  await vi.waitFor(() => expect(remote.blobs.has('a/b.jpg')).toBe(true));
});
