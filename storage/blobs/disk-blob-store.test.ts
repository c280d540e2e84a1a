import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkBlobKey, contentTypeOf } from './blob-key.ts';
import { DiskBlobStore } from './disk-blob-store.ts';

let folder: string;
let blobs: DiskBlobStore;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vantage-blobs-'));
  blobs = new DiskBlobStore({ folder: path.join(folder, 'blobs') });
});
afterEach(() => rm(folder, { recursive: true }));

test('gives back what was put, the last one when put twice, with its type', async () => {
  const key = 'evidence/2026/11/23/a.jpg';
  await blobs.put(key, Buffer.from('one'), 'image/jpeg');
  await Promise.all([
    blobs.put(key, Buffer.from('two'), 'image/jpeg'),
    blobs.put(key, Buffer.from('two'), 'image/jpeg'),
  ]);
  expect(await blobs.get(key)).toEqual({ body: Buffer.from('two'), contentType: 'image/jpeg' });
  expect(await readdir(path.join(folder, 'blobs/evidence/2026/11/23'))).toEqual(['a.jpg']);
});

test('a deleted blob is not there, and deleting it again does nothing', async () => {
  await blobs.put('a/b.jpg', Buffer.from('x'), 'image/jpeg');
  await blobs.delete('a/b.jpg');
  await blobs.delete('a/b.jpg');
  for (const key of ['a/b.jpg', 'a', 'c/d.jpg'])
    await expect(blobs.get(key)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND', kind: 'not_found' });
});

test.each([
  '../sealing.key',
  'a/../../sealing.key',
  '/etc/passwd',
  'a//b',
  'a/',
  '',
  '.hidden',
  'a/.hidden',
  'a\\b',
  'a\0.jpg',
  'a b',
  'a..b',
  `${'a'.repeat(301)}`,
])('no key leads out of the store: %j', async (key) => {
  await writeFile(path.join(folder, 'sealing.key'), 'secret');
  for (const attempt of [blobs.get(key), blobs.put(key, Buffer.of(1), 'x'), blobs.delete(key)])
    await expect(attempt).rejects.toMatchObject({ code: 'BLOB_KEY_INVALID' });
});

test('a disk that cannot be written is a clear error and leaves nothing half', async () => {
  await writeFile(path.join(folder, 'blobs'), 'a file where the folder should be');
  await expect(blobs.put('a/b.jpg', Buffer.of(1), 'image/jpeg')).rejects.toMatchObject({
    code: 'BLOB_STORE_FAILED',
    context: { reason: 'ENOTDIR' },
  });
});

test('the type follows from the name', () => {
  checkBlobKey('evidence/2026/11/23/0190-a_b.JPG');
  expect(contentTypeOf('a/b.JPG')).toBe('image/jpeg');
  expect(contentTypeOf('a/b.mp4')).toBe('video/mp4');
  expect(contentTypeOf('a/b')).toBe('application/octet-stream');
});
