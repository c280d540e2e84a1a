import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync, existsSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { withFolderLock } from './folder-lock.ts';

describe('withFolderLock', () => {
  let folder = '';
  let lock = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vantage-lock-'));
    lock = join(folder, 'step.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets a second caller in only after the first has ended', async () => {
    const order: string[] = [];
    let waits = 0;
    const first = withFolderLock(lock, async () => {
      order.push('first in');
      await sleep(100);
      order.push('first out');
    });
    const second = withFolderLock(lock, async () => order.push('second in'), { onWait: () => (waits += 1) });
    await Promise.all([first, second]);
    expect(order).toEqual(['first in', 'first out', 'second in']);
    expect(waits).toBe(1);
  });

  it('frees the lock when the action fails', async () => {
    await expect(withFolderLock(lock, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    expect(existsSync(lock)).toBe(false);
  });

  it('takes over at once from a process of this host that has died', async () => {
    mkdirSync(lock);
    writeFileSync(join(lock, 'owner'), `999999999 ${hostname()}\n`);
    await expect(withFolderLock(lock, async () => 'done', { timeoutMs: 0 })).resolves.toBe('done');
  });

  it('respects the lock of another host until its heartbeat has stopped for a minute', async () => {
    mkdirSync(lock);
    writeFileSync(join(lock, 'owner'), '999999999 another-host\n');
    const refused = withFolderLock(lock, async () => 'done', { timeoutMs: -1 });
    await expect(refused).rejects.toSatisfy((error) => error instanceof AppError && error.code === 'SETUP_LOCKED');

    const longAgo = new Date(Date.now() - 61_000);
    utimesSync(lock, longAgo, longAgo);
    await expect(withFolderLock(lock, async () => 'done', { timeoutMs: -1 })).resolves.toBe('done');
  });
});
