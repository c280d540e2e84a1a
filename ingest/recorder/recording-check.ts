import { readdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '#infra/runtime/app-error.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { CameraId, SegmentRecord } from '../media.ts';
import type { RecordingIndex } from '../ports.ts';
import { cameraFolder, PART_SUFFIX, parseSegmentPath, type SegmentName } from './segment-path.ts';
import { readSegment, recoverOpenSegment } from './segment-recovery.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CAMERAS_TOGETHER = 8;
const REMOVED_TOGETHER = 500;

export interface RecordingCheck {
  /** The recording folder, absolute. */
  readonly folder: string;
  readonly index: RecordingIndex;
  /** Only files that begin in this range are looked at; their folders tell which those are. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** Files left open are taken as left behind when nobody wrote to them since then. */
  readonly openSinceMs: number;
  /** False: only count what there would be to do. */
  readonly isRepairing: boolean;
  readonly log: Log;
}

/** What was found; when repairing, what was put right. */
export interface RecordingReport {
  /** Files with a row. */
  files: number;
  /** Files that a crash left open. */
  open: number;
  /** Files without a row. */
  unknown: number;
  /** Rows without a file. */
  missing: number;
  /** Files that hold no picture or cannot be read: left alone. */
  unreadable: number;
  /** Folders that belong to no camera that is known: left alone. */
  foreignFolders: number;
  /** There are rows and not one of their files: rather a disk that is not mounted. No row is removed then. */
  isFolderSuspect: boolean;
}

/**
 * Compares the recording folder with its rows. A file that was left open is cut and named, a file without a row gets one, a
 * row without a file goes. Costs a look into the folders of the range and one question per camera.
 */
export async function checkRecordings(check: RecordingCheck): Promise<RecordingReport> {
  const report: RecordingReport = {
    files: 0,
    open: 0,
    unknown: 0,
    missing: 0,
    unreadable: 0,
    foreignFolders: 0,
    isFolderSuspect: false,
  };
  const cameras = await check.index.cameraIds();
  const known = new Set(cameras.map(cameraFolder));
  for (const name of await namesIn(check.folder)) if (!known.has(name)) report.foreignFolders++;
  const missing: string[] = [];
  const waiting = [...cameras];
  const work = async (): Promise<void> => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
      missing.push(...(await checkCamera(check, id, report)));
  };
  await Promise.all(Array.from({ length: CAMERAS_TOGETHER }, work));
  report.missing = missing.length;
  report.isFolderSuspect = missing.length > 0 && report.files === 0;
  if (report.isFolderSuspect)
    check.log.error(
      { folder: check.folder, rows: missing.length },
      'none of the recordings are there: is the disk mounted?',
    );
  else if (check.isRepairing)
    for (let at = 0; at < missing.length; at += REMOVED_TOGETHER)
      await check.index.remove(missing.slice(at, at + REMOVED_TOGETHER));
  return report;
}

/** @returns ids of rows whose file is gone */
async function checkCamera(check: RecordingCheck, id: CameraId, report: RecordingReport): Promise<string[]> {
  const { folder, index, fromMs, toMs, isRepairing } = check;
  const rows = new Map((await index.filesOf({ cameraId: id, fromMs, toMs })).map((row) => [row.segmentId, row.path]));
  const found: SegmentRecord[] = [];
  for await (const file of filesOf(check, id)) {
    const parsed = parseSegmentPath(file);
    if (!parsed || parsed.startMs < fromMs || parsed.startMs >= toMs) continue;
    const isOpen = file.endsWith(PART_SUFFIX);
    if (!isOpen && rows.delete(parsed.segmentId)) {
      report.files++;
      continue;
    }
    if (isOpen && parsed.source === 'card' && !rows.has(parsed.segmentId)) {
      await discard(check, file, report);
      continue;
    }
    const segment = await take(check, file, { ...parsed, cameraId: id }, report);
    if (segment) found.push(segment);
  }
  if (isRepairing && found.length > 0) await index.add(found);
  const missing: string[] = [];
  // Looked at once more: it may lie where its time does not say.
  for (const [segmentId, file] of rows)
    if (await isGone(path.join(folder, file))) missing.push(segmentId);
    else report.files++;
  return missing;
}

/** Half of what was fetched from a camera's card: it is still there, and is fetched again. */
async function discard(
  { folder, openSinceMs, isRepairing }: RecordingCheck,
  file: string,
  report: RecordingReport,
): Promise<void> {
  const absolute = path.join(folder, file);
  if ((await stat(absolute)).mtimeMs > openSinceMs) return;
  report.open++;
  if (isRepairing) await unlink(absolute);
}

/** A file without a row: reads it, and finishes it when it was left open. */
async function take(
  { folder, openSinceMs, isRepairing, log }: RecordingCheck,
  file: string,
  name: SegmentName,
  report: RecordingReport,
): Promise<SegmentRecord | undefined> {
  const isOpen = file.endsWith(PART_SUFFIX);
  try {
    if (isOpen && (await stat(path.join(folder, file))).mtimeMs > openSinceMs) return undefined;
    const isCut = isOpen && isRepairing;
    const segment = await (isCut ? recoverOpenSegment(folder, file, name) : readSegment(folder, file, name));
    if (isOpen) report.open++;
    else if (segment) report.unknown++;
    else report.unreadable++;
    return segment;
  } catch (error) {
    report.unreadable++;
    log.warn({ path: file }, `a recording without a row could not be read: ${describeError(error)}`);
    return undefined;
  }
}

/** Below the folder of the camera, those of the hours that the range touches; relative to the recording folder. */
async function* filesOf({ folder, fromMs, toMs }: RecordingCheck, id: CameraId): AsyncGenerator<string> {
  const camera = cameraFolder(id);
  for (const day of await namesIn(path.join(folder, camera))) {
    const dayMs = Date.parse(`${day}T00:00:00Z`);
    if (!(dayMs + DAY_MS > fromMs && dayMs < toMs)) continue;
    for (const hour of await namesIn(path.join(folder, camera, day))) {
      const hourMs = dayMs + Number(hour) * HOUR_MS;
      if (!(hourMs + HOUR_MS > fromMs && hourMs < toMs)) continue;
      for (const file of await namesIn(path.join(folder, camera, day, hour))) yield [camera, day, hour, file].join('/');
    }
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

async function isGone(file: string): Promise<boolean> {
  try {
    await stat(file);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
