import { type FileHandle, glob, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '#infra/runtime/app-error.ts';
import type { Log } from '#infra/runtime/logger.ts';
import type { CameraId, SegmentRecord } from '../media.ts';
import type { SegmentLog } from '../ports.ts';
import { type H264Sps, parseH264Sps } from '../rtp/h264-sps.ts';
import { cameraFolder, PART_SUFFIX, parseSegmentPath } from './segment-path.ts';

/** What is whole in a file that was left open. */
interface WholePart {
  readonly sizeBytes: number;
  readonly frames: number;
  readonly end90k: number;
  readonly sps: H264Sps;
}

const MAX_BOXES = 200_000;
const MAX_HEAD_BOX_SIZE_BYTES = 1024 * 1024;
const HEADER_SIZE_BYTES = 8;

/**
 * Finds the files that a crash left open, cuts each behind its last whole fragment, names and announces it. A file
 * without a single picture is deleted. Call at start, before the first recorder writes to the folder.
 *
 * @param folder the recording folder, absolute; need not exist
 * @returns what was announced
 */
export async function recoverOpenSegments(deps: {
  readonly folder: string;
  readonly segments: SegmentLog;
  readonly log: Log;
  /** Only of this camera, while others are being recorded. */
  readonly cameraId?: CameraId;
}): Promise<readonly SegmentRecord[]> {
  const { folder, segments, log, cameraId } = deps;
  const ofCamera = cameraId === undefined ? '*' : cameraFolder(cameraId);
  const found: SegmentRecord[] = [];
  for await (const part of glob(`${ofCamera}/*/*/*.mp4${PART_SUFFIX}`, { cwd: folder })) {
    try {
      const segment = await recoverOne(folder, part);
      if (!segment) continue;
      segments.appendSegment(segment);
      found.push(segment);
    } catch (error) {
      log.warn({ path: part }, `a recording that was left open could not be saved: ${describeError(error)}`);
    }
  }
  if (found.length > 0) log.info({ count: found.length }, 'recordings that were left open are saved');
  return found;
}

async function recoverOne(folder: string, part: string): Promise<SegmentRecord | undefined> {
  const name = parseSegmentPath(part.split(path.sep).join('/'));
  if (!name) return undefined;
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
  return {
    segmentId: name.segmentId,
    cameraId: name.cameraId,
    stream: name.stream,
    path: part.split(path.sep).join('/').slice(0, -PART_SUFFIX.length),
    startMs: name.startMs,
    endMs: name.startMs + Math.round(whole.end90k / 90),
    frames: whole.frames,
    sizeBytes: whole.sizeBytes,
    codecString: whole.sps.codecString,
    widthPx: whole.sps.widthPx,
    heightPx: whole.sps.heightPx,
  };
}

async function findWholePart(handle: FileHandle): Promise<WholePart | undefined> {
  const { size: fileSizeBytes } = await handle.stat();
  let offset = 0;
  let sps: H264Sps | undefined;
  let moof: { readonly frames: number; readonly end90k: number } | undefined;
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
      if (type === 'moov') sps = readSps(box);
      else moof = readMoof(box);
    } else if (type === 'mdat') {
      if (!sps || !moof) break;
      whole = { sizeBytes: end, frames: (whole?.frames ?? 0) + moof.frames, end90k: moof.end90k, sps };
      moof = undefined;
    }
    offset = end;
  }
  return whole;
}

async function read(handle: FileHandle, offset: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes);
  const { bytesRead } = await handle.read(bytes, 0, sizeBytes, offset);
  return bytes.subarray(0, bytesRead);
}

function readSps(moov: Buffer): H264Sps | undefined {
  const at = moov.indexOf('avcC', 0, 'latin1');
  if (at < 0 || at + 12 > moov.length) return undefined;
  const start = at + 12;
  const end = start + moov.readUInt16BE(at + 10);
  return end > moov.length ? undefined : parseH264Sps(moov.subarray(start, end));
}

/** Reads the layout that `buildFragment` writes; undefined for any other. */
function readMoof(moof: Buffer): { readonly frames: number; readonly end90k: number } | undefined {
  const tfdt = moof.indexOf('tfdt', 0, 'latin1');
  const trun = moof.indexOf('trun', 0, 'latin1');
  if (tfdt < 0 || trun < 0 || tfdt + 16 > moof.length || trun + 16 > moof.length) return undefined;
  const frames = moof.readUInt32BE(trun + 8);
  const first = trun + 16;
  if (frames < 1 || first + frames * 16 > moof.length) return undefined;
  let end90k = Number(moof.readBigUInt64BE(tfdt + 8));
  for (let index = 0; index < frames; index++) end90k += moof.readUInt32BE(first + index * 16);
  return { frames, end90k };
}
