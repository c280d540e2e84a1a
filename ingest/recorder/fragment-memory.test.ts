import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FILE_BLOCK_SIZE_BYTES, FragmentMemory } from './fragment-memory.ts';

test('gives the same memory again once it was given back, and never before', () => {
  const memory = new FragmentMemory();
  const first = memory.take(100_000);
  const second = memory.take(100_000);
  expect([first.length, second.length]).toEqual([100_000, 100_000]);
  expect([second.buffer, second.byteOffset]).not.toEqual([first.buffer, first.byteOffset]);
  const freeBytes = memory.freeBytes;
  memory.giveBack(first);
  expect(memory.freeBytes).toBe(freeBytes + 131_072);
  const third = memory.take(120_000);
  expect(third.buffer).toBe(first.buffer);
  expect(third.byteOffset).toBe(first.byteOffset);
  expect(third.length).toBe(120_000);
  expect(memory.freeBytes).toBe(freeBytes);
});

test('blocks never lie over each other, however many there are', () => {
  const memory = new FragmentMemory();
  const sizes = [1, 65_536, 65_537, 131_072, 1_000_000, 16 * 1024 * 1024];
  const taken = Array.from({ length: 300 }, (_, index) => memory.take(sizes[index % sizes.length]!));
  for (const [index, bytes] of taken.entries()) bytes.fill(index % 251);
  for (const [index, bytes] of taken.entries()) expect([bytes[0], bytes.at(-1)]).toEqual([index % 251, index % 251]);
});

test('what a burst made it grow by is let go, and what is in use never', () => {
  const memory = new FragmentMemory();
  const kept = memory.take(600_000).fill(7);
  const burst = Array.from({ length: 200 }, () => memory.take(600_000));
  expect(memory.mappedBytes).toBeGreaterThan(200 * 600_000);
  for (const bytes of burst) memory.giveBack(bytes);
  expect(memory.mappedBytes).toBeLessThanOrEqual(3 * 16 * 1024 * 1024);
  const again = Array.from({ length: 20 }, () => memory.take(600_000).fill(1));
  expect(kept.every((byte) => byte === 7)).toBe(true);
  // Given back after its neighbours were let go: no block is handed out twice.
  const places = new Set([kept, ...again].map(({ buffer, byteOffset }) => `${idOf(buffer)}/${byteOffset}`));
  expect(places.size).toBe(21);
});

const ids = new Map<ArrayBufferLike, number>();
function idOf(buffer: ArrayBufferLike): number {
  const id = ids.get(buffer) ?? ids.size;
  ids.set(buffer, id);
  return id;
}

test('takes no memory that others may use', () => {
  const memory = new FragmentMemory();
  memory.giveBack(Buffer.from('from the pool of Node'));
  memory.giveBack(Buffer.alloc(131_072));
  expect(memory.freeBytes).toBe(0);
  const large = memory.take(17 * 1024 * 1024);
  expect(large.length).toBe(17 * 1024 * 1024);
  memory.giveBack(large);
  expect(memory.freeBytes).toBe(0);
});

test('every piece begins on a page: a disk takes it past the page cache', async ({ skip }) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vantage-pages-'));
  const direct = constants.O_WRONLY | constants.O_CREAT | constants.O_DIRECT;
  const file = await open(path.join(folder, 'file'), direct).catch(() => skip('this file system has no O_DIRECT'));
  try {
    const memory = new FragmentMemory();
    for (let round = 0; round < 20; round++) {
      const bytes = memory.take(FILE_BLOCK_SIZE_BYTES * (1 + 17 * round)).fill(round);
      expect((await file.write(bytes, 0, bytes.length, 0)).bytesWritten).toBe(bytes.length);
    }
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
});
