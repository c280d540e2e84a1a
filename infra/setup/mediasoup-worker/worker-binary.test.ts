import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prebuiltUrl } from './download-worker.ts';
import { cachedWorkerPath, findMediasoupWorker, isRunnableWorker } from './worker-binary.ts';

describe('findMediasoupWorker', () => {
  let cache = '';

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'vantage-cache-'));
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  it('finds the worker of this mediasoup, distribution and processor in the cache folder', () => {
    const path = cachedWorkerPath({ VANTAGE_CACHE_DIR: cache });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    expect(findMediasoupWorker({ VANTAGE_CACHE_DIR: cache })).toEqual({ path });
    expect(path).toContain(process.arch);
  });

  it('says that a worker named by MEDIASOUP_WORKER_BIN is not there, and looks no further', () => {
    const finding = findMediasoupWorker({ VANTAGE_CACHE_DIR: cache, MEDIASOUP_WORKER_BIN: '/nowhere/worker' });
    expect(finding).toEqual({ missingReason: 'MEDIASOUP_WORKER_BIN names /nowhere/worker, which is not there' });
  });

  it('names the command that builds it when there is none', () => {
    const finding = findMediasoupWorker({ VANTAGE_CACHE_DIR: cache });
    expect('missingReason' in finding && finding.missingReason).toContain('ensure-worker.ts');
  });
});

describe('isRunnableWorker', () => {
  it('accepts only a program that refuses a stranger with the code of mediasoup', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vantage-worker-'));
    const script = (name: string, code: number): string => {
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/sh\nexit ${code}\n`);
      chmodSync(path, 0o755);
      return path;
    };
    expect(isRunnableWorker(script('worker', 41))).toBe(true);
    expect(isRunnableWorker(script('lacks-a-library', 127))).toBe(false);
    expect(isRunnableWorker(join(folder, 'absent'))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});

describe('prebuiltUrl', () => {
  it('names the archive by version, system, processor and major kernel version', () => {
    expect(prebuiltUrl('3.27.1', 'linux', '6.1.0-18-amd64')).toBe(
      `https://github.com/versatica/mediasoup/releases/download/3.27.1/mediasoup-worker-3.27.1-linux-${process.arch}-kernel6.tgz`,
    );
  });
});
