import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A block device with its own ext4 file system, whose writes the kernel can hold back. Mounted `sync`: else the page cache takes what the
 * device cannot, and nobody notices.
 */
export interface SlowDisk {
  readonly folder: string;
  /** Puts before a command what makes it one of those that are held back. */
  within(command: readonly string[]): readonly [string, ...string[]];
  /** Bytes a second from now on; 0: as fast as it can. */
  limit(bytesPerSecond: number): void;
  /** Throws while a file in it is still open. */
  close(): void;
}

/** The block controller of version 1: with version 2 nobody tried this. */
const GROUPS = '/sys/fs/cgroup/blkio';

/** @returns undefined where this process may not mount, or there is no such controller */
export function makeSlowDisk(sizeMb: number): SlowDisk | undefined {
  if (!existsSync(path.join(GROUPS, 'blkio.throttle.write_bps_device'))) return undefined;
  const home = mkdtempSync(path.join(tmpdir(), 'vantage-slow-disk-'));
  const [image, folder] = [path.join(home, 'image'), path.join(home, 'disk')];
  const group = path.join(GROUPS, path.basename(home));
  const undo: (() => void)[] = [() => rmSync(home, { recursive: true })];
  const close = (): void => {
    for (const step of undo.splice(0).toReversed()) step();
  };
  const run = (program: string, ...args: string[]): string => execFileSync(program, args, { stdio: 'pipe' }).toString();
  try {
    run('truncate', '-s', `${sizeMb}M`, image);
    run('mkfs.ext4', '-q', image);
    const device = run('losetup', '--find', '--show', image).trim();
    undo.push(() => run('losetup', '--detach', device));
    mkdirSync(folder);
    run('mount', '-o', 'sync', device, folder);
    undo.push(() => run('umount', folder));
    mkdirSync(group);
    undo.push(() => rmdirSync(group));
    // Major and minor, as glibc packs them into one number.
    const { rdev } = statSync(device);
    const number = `${(rdev >> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >> 12) & 0xfff00)}`;
    const limit = (bytesPerSecond: number): void =>
      writeFileSync(path.join(group, 'blkio.throttle.write_bps_device'), `${number} ${bytesPerSecond}`);
    limit(0);
    return {
      folder,
      within: (command) => ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh', ...command],
      limit,
      close,
    };
  } catch {
    close();
    return undefined;
  }
}
