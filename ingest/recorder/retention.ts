import { rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '#infra/runtime/logger.ts';
import type { SegmentRecord } from '../media.ts';

export interface DeletedFiles {
  /** Whose files are gone, those included that were gone before. */
  readonly segmentIds: readonly string[];
  readonly deletedFiles: number;
  readonly freedBytes: number;
}

/**
 * Deletes the files of segments whose rows nobody sees any more. A file that is missing is no error; folders that became
 * empty go too. What cannot be deleted is left out of the answer, to be tried again.
 */
export async function deleteSegmentFiles(deps: {
  readonly segments: readonly Pick<SegmentRecord, 'segmentId' | 'path' | 'sizeBytes'>[];
  readonly folder: string;
  readonly log: Log;
}): Promise<DeletedFiles> {
  const root = path.resolve(deps.folder);
  const folders = new Set<string>();
  const segmentIds: string[] = [];
  let deletedFiles = 0;
  let freedBytes = 0;
  for (const segment of deps.segments) {
    const file = path.resolve(root, segment.path);
    if (!file.startsWith(root + path.sep)) {
      deps.log.error({ path: segment.path }, 'a recording lies outside the recording folder: its file is left alone');
      segmentIds.push(segment.segmentId);
      continue;
    }
    try {
      await unlink(file);
      deletedFiles++;
      freedBytes += segment.sizeBytes;
      folders.add(path.dirname(file));
      segmentIds.push(segment.segmentId);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') segmentIds.push(segment.segmentId);
      else deps.log.warn({ path: segment.path, code }, 'a recording could not be deleted; it is tried again');
    }
  }
  for (const folder of folders) await removeEmpty(folder, root);
  return { segmentIds, deletedFiles, freedBytes };
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
