import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY_ROOT } from '../setup/cache-folder.ts';

interface Manifest {
  readonly license?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const notices = readFileSync(join(REPOSITORY_ROOT, 'THIRD-PARTY-NOTICES.md'), 'utf8');

function manifest(...path: string[]): Manifest {
  return JSON.parse(readFileSync(join(REPOSITORY_ROOT, ...path, 'package.json'), 'utf8')) as Manifest;
}

describe('THIRD-PARTY-NOTICES.md', () => {
  it.each(Object.keys(manifest().dependencies ?? {}))('lists %s with the licence its package names', (name) => {
    expect(notices).toContain(`| \`${name}\` | ${manifest('node_modules', name).license} |`);
  });

  it('names every package that is used to build and test', () => {
    const unnamed = Object.keys(manifest().devDependencies ?? {}).filter((name) => !notices.includes(`\`${name}\``));
    expect(unnamed).toEqual([]);
  });
});
