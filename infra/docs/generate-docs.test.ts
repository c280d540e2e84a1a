import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DOC_PAGES } from './generate-docs.ts';

test.each(Object.keys(DOC_PAGES))('%s is what the code says (run npm run docs)', async (path) => {
  const known = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  expect(known).toBe(DOC_PAGES[path]!());
});
