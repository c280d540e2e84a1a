import { expect, test } from 'vitest';
import { FragmentMemory } from './fragment-memory.ts';

test('gives the same memory again once it was given back, and never before', () => {
  const memory = new FragmentMemory();
  const first = memory.take(100_000);
  const second = memory.take(100_000);
  expect([first.length, second.length]).toEqual([100_000, 100_000]);
  expect(second.buffer).not.toBe(first.buffer);
  memory.giveBack(first);
  expect(memory.freeBytes).toBe(131_072);
  const third = memory.take(120_000);
  expect(third.buffer).toBe(first.buffer);
  expect(third.length).toBe(120_000);
  expect(memory.freeBytes).toBe(0);
});

test('takes no memory that others may use, and keeps no more than its bound', () => {
  const memory = new FragmentMemory();
  memory.giveBack(Buffer.from('from the pool of Node'));
  memory.giveBack(Buffer.alloc(131_072));
  expect(memory.freeBytes).toBe(0);
  const all = Array.from({ length: 5 }, () => memory.take(16 * 1024 * 1024));
  for (const one of all) memory.giveBack(one);
  expect(memory.freeBytes).toBe(32 * 1024 * 1024);
  expect(memory.take(17 * 1024 * 1024).length).toBe(17 * 1024 * 1024);
});
