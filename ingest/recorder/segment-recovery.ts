import { glob, open, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '#infra/runtime/app-error.ts';
import type { Clock } from '#infra/runtime/clock.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { CameraId, SegmentRecord } from '../media.ts';
import type { SegmentLog } from '../ports.ts';
import { type FileFormat, type FragmentPictures, readFileFormat, readFragmentPictures } from './fmp4-reader.ts';
import { cameraFolder, PART_SUFFIX, parseSegmentPath, type SegmentName } from './segment-path.ts';

/** As much of a file as {@link findWholePart} needs. */
export interface ReadableFile {
  stat(): Promise<{ readonly size: number }>;
  read(into: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** What is whole in a file that was left open. */
interface WholePart {
  readonly sizeBytes: number;
  readonly frames: number;
  readonly end90k: number;
  readonly format: FileFormat;
}

const MAX_BOXES = 200_000;
const MAX_HEAD_BOX_SIZE_BYTES = 1024 * 1024;
const HEADER_SIZE_BYTES = 8;
/** A recorder that ended is noticed well before this. */
const NAMED_SINCE_MS = 2 * 60_000;
/** No file is longer. */
const NAMED_MAX_AGE_MS = 2 * 3_600_000;

/**
 * Cuts a file that a crash left open behind its last whole fragment and gives it its name. One without a single picture
 * is deleted.
 *
 * @param part relative to the recording folder, with {@link PART_SUFFIX}
 * @returns its row; undefined when it held nothing
 * @throws what the file system says
 */
export async function recoverOpenSegment(
  folder: string,
  part: string,
  name: SegmentName,
): Promise<SegmentRecord | undefined> {
  const absolute = path.join(folder, part);
  const handle = await open(absolute, 'r+');
  let whole: WholePart | undefined;
  try {
    whole = await findWholePart(handle);
    if (whole) await handle.truncate(whole.sizeBytes);
  } finally {
    await handle.close();
  }
  if (!whole) {
    await unlink(absolute);
    return undefined;
  }
  await rename(absolute, absolute.slice(0, -PART_SUFFIX.length));
  return toRecord(name, part.slice(0, -PART_SUFFIX.length), whole);
}

/**
 * Saves what the recorder of one camera left when it ended without a word, while others go on being recorded: files that
 * are still open, and files that just got their name and whose row went down with the recorder.
 *
 * @param folder the recording folder, absolute
 * @param isAnnounced whether the row of a file that was named in the last two minutes has come
 * @returns what was announced
 */
export async function recoverCamera(deps: {
  readonly folder: string;
  readonly cameraId: CameraId;
  readonly segments: SegmentLog;
  readonly isAnnounced: (segmentId: string) => boolean;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
}): Promise<readonly SegmentRecord[]> {
  const { folder, cameraId, segments, isAnnounced, clock, log } = deps;
  const found: SegmentRecord[] = [];
  for await (const match of glob(`${cameraFolder(cameraId)}/*/*/*.mp4*`, { cwd: folder })) {
    const file = match.split(path.sep).join('/');
    const parsed = parseSegmentPath(file);
    if (!parsed) continue;
    const name = { ...parsed, cameraId };
    try {
      const segment = file.endsWith(PART_SUFFIX)
        ? await recoverOpenSegment(folder, file, name)
        : await readUnannounced(folder, file, name, { isAnnounced, nowMs: clock.nowMs() });
      if (!segment) continue;
      segments.appendSegment(segment);
      found.push(segment);
    } catch (error) {
      log.warn({ path: file }, `a recording that a thread left could not be saved: ${describeError(error)}`);
    }
  }
  return found;
}

/** What is fetched from a card has another writer, which announces it itself. */
async function readUnannounced(
  folder: string,
  file: string,
  name: SegmentName,
  { isAnnounced, nowMs }: { isAnnounced: (segmentId: string) => boolean; nowMs: number },
): Promise<SegmentRecord | undefined> {
  // The name tells nearly always; only the files of these hours are asked for the time of their last write.
  if (name.source === 'card' || name.startMs < nowMs - NAMED_MAX_AGE_MS || isAnnounced(name.segmentId))
    return undefined;
  const { mtimeMs } = await stat(path.join(folder, file));
  return mtimeMs < nowMs - NAMED_SINCE_MS ? undefined : await readSegment(folder, file, name);
}

/**
 * The row of a file that has its name but lost its row.
 *
 * @param file relative to the recording folder
 * @returns undefined when it holds no whole picture
 * @throws what the file system says
 */
export async function readSegment(folder: string, file: string, name: SegmentName): Promise<SegmentRecord | undefined> {
  const handle = await open(path.join(folder, file), 'r');
  try {
    const whole = await findWholePart(handle);
    return whole && toRecord(name, file, whole);
  } finally {
    await handle.close();
  }
}

function toRecord(name: SegmentName, file: string, whole: WholePart): SegmentRecord {
  return {
    segmentId: name.segmentId,
    cameraId: name.cameraId,
    stream: name.stream,
    path: file,
    startMs: name.startMs,
    endMs: name.startMs + Math.round(whole.end90k / 90),
    frames: whole.frames,
    sizeBytes: whole.sizeBytes,
    codecString: whole.format.codecString,
    widthPx: whole.format.widthPx,
    heightPx: whole.format.heightPx,
    source: name.source,
  };
}

/** Reads boxes from the beginning up to the last whole fragment; undefined when there is none. */
export async function findWholePart(handle: ReadableFile): Promise<WholePart | undefined> {
  const { size: fileSizeBytes } = await handle.stat();
  let offset = 0;
  let format: FileFormat | undefined;
  let moof: FragmentPictures | undefined;
  let whole: WholePart | undefined;
  for (let count = 0; count < MAX_BOXES && offset + HEADER_SIZE_BYTES <= fileSizeBytes; count++) {
    const header = await read(handle, offset, HEADER_SIZE_BYTES);
    const sizeBytes = header.readUInt32BE(0);
    const type = header.toString('latin1', 4, 8);
    const end = offset + sizeBytes;
    if (sizeBytes < HEADER_SIZE_BYTES || end > fileSizeBytes) break;
    if (type === 'moov' || type === 'moof') {
      if (sizeBytes > MAX_HEAD_BOX_SIZE_BYTES) break;
      const box = await read(handle, offset, sizeBytes);
      if (type === 'moov') format = readFileFormat(box);
      else moof = readFragmentPictures(box);
    } else if (type === 'mdat') {
      if (!format || !moof) break;
      const end90k = moof.end90k ?? whole?.end90k ?? 0;
      whole = { sizeBytes: end, frames: (whole?.frames ?? 0) + moof.frames, end90k, format };
      moof = undefined;
    } else if (type === 'free' && whole && !moof) whole = { ...whole, sizeBytes: end };
    offset = end;
  }
  return whole;
}

async function read(handle: ReadableFile, offset: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes);
  const { bytesRead } = await handle.read(bytes, 0, sizeBytes, offset);
  return bytes.subarray(0, bytesRead);
}
