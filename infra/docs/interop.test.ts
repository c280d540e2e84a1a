import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY_ROOT } from '../setup/cache-folder.ts';

const PAGE = path.join(REPOSITORY_ROOT, 'docs', 'interop.md');
/** The last cell of a row: the file, and some of the title of the test in it. */
const NAMED = /`([\w/.-]+\.ts)`: `([^`]+(?:\$\{[^}]+\}[^`]*)?)` \|$/;

test('every row of docs/interop.md names a test that is there', () => {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.endsWith('| test |'));
  expect(rows.length).toBeGreaterThan(40);
  for (const row of rows) {
    const [, file = '', title = ''] = NAMED.exec(row) ?? [];
    expect([row, file]).not.toEqual([row, '']);
    expect(readFileSync(path.join(REPOSITORY_ROOT, file), 'utf8'), row).toContain(title);
  }
});
