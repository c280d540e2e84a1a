import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyPatch, WORKER_PATCHES } from './patches.ts';
import { mediasoupFolder } from './worker-binary.ts';

function patchedSource(file: string): string {
  const original = readFileSync(join(mediasoupFolder(), 'worker', file), 'utf8');
  return WORKER_PATCHES.filter((patch) => patch.file === file).reduce(applyPatch, original);
}

describe('the patches of the media worker', () => {
  it('pass results of BIO_ctrl through the DTLS output callback of the installed mediasoup', () => {
    expect(patchedSource('src/RTC/DtlsTransport.cpp')).toContain(
      'resultOfcallback = ((operationType & BIO_CB_RETURN) != 0) ? static_cast<long>(ret) : 1',
    );
  });

  it('leave no option of a bundled library and no archive to swallow in the build file', () => {
    const build = patchedSource('meson.build');
    expect(build).not.toMatch(/subproject\(\s*'[^)]*default_options/);
    expect(build).not.toContain("get_variable('libssl_lib')");
    expect(build).toContain("subproject(\n  'openssl')");
  });

  it('fail when a new version has moved the place', () => {
    const patch = { file: 'src/a.cpp', pattern: /old text/, replacement: 'new text' };
    expect(() => applyPatch('another text', patch)).toThrow('src/a.cpp has no place for the patch');
  });
});
