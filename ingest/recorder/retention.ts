import { rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '#infra/runtime/logger.ts';
import type { SegmentRecord } from '../media.ts';

/**
 * Deletes the files of segments whose rows are gone already: first the row, then the file, so that no row ever points
 * at nothing. A file that is missing is no error; folders that became empty go too.
 *
 * @param segments rows that storage has just deleted because they are older than `retentionHours`
 */
export async function expireSegments(deps: {
  readonly segments: readonly Pick<SegmentRecord, 'path' | 'sizeBytes'>[];
  readonly folder: string;
  readonly log: Log;
}): Promise<{ readonly deletedFiles: number; readonly freedBytes: number }> {
  const root = path.resolve(deps.folder);
  const folders = new Set<string>();
  let deletedFiles = 0;
  let freedBytes = 0;
  for (const segment of deps.segments) {
    const file = path.resolve(root, segment.path);
    if (!file.startsWith(root + path.sep)) {
      deps.log.error({ path: segment.path }, 'a recording lies outside the recording folder: left alone');
      continue;
    }
    try {
      await unlink(file);
      deletedFiles++;
      freedBytes += segment.sizeBytes;
      folders.add(path.dirname(file));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') deps.log.warn({ path: segment.path, code }, 'a recording could not be deleted');
    }
  }
  for (const folder of folders) await removeEmpty(folder, root);
  return { deletedFiles, freedBytes };
}

async function removeEmpty(folder: string, root: string): Promise<void> {
  for (let current = folder; current !== root && current.startsWith(root); current = path.dirname(current)) {
    try {
      await rmdir(current);
    } catch {
      return;
    }
  }
}
