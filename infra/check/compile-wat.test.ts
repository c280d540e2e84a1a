import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { BINARY, compileFourTaps } from './compile-wat.ts';

test('the WebAssembly that is loaded is what its text says; after a change: node infra/check/compile-wat.ts', async () => {
  expect(Buffer.from(await compileFourTaps()).equals(await readFile(BINARY))).toBe(true);
});
