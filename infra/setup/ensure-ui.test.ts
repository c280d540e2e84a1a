import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashSources } from './ensure-ui.ts';

describe('hashSources', () => {
  let root = '';
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'vantage-ui-'));
    write('package-lock.json', '{}');
    write('ui/main.tsx', 'start();');
    write('api/contract/live.ts', 'export const a = 1;');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it.each(['ui/main.tsx', 'ui/new/page.css', 'api/contract/live.ts', 'package-lock.json'])(
    'changes with %s, which goes into the pages',
    (file) => {
      const before = hashSources(root);
      write(file, 'changed');
      expect(hashSources(root)).not.toBe(before);
    },
  );

  it.each(['ui/dist/index.html', 'ui/dist.new-17/index.html', 'ui/main.test.tsx', 'api/app.ts'])(
    'stays the same for %s, which does not',
    (file) => {
      const before = hashSources(root);
      write(file, 'changed');
      expect(hashSources(root)).toBe(before);
    },
  );
});
