import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A real file system of a few megabytes, in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Throws when a file in it is still open. */
  unmount(): void;
}

/** @returns undefined where this process may not mount */
export function mountSmallDisk(sizeKb: number): SmallDisk | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'vantage-small-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', folder]);
  if (status !== 0) {
    rmdirSync(folder);
    return undefined;
  }
  return {
    folder,
    unmount() {
      const { stderr, status: failed } = spawnSync('umount', [folder], { encoding: 'utf8' });
      if (failed !== 0) throw new Error(stderr);
      rmdirSync(folder);
    },
  };
}

/** For `test.skipIf`, which then shows in the report that the test was left out. */
export function canMountSmallDisk(): boolean {
  const disk = mountSmallDisk(64);
  disk?.unmount();
  return disk !== undefined;
}
