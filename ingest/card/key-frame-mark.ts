import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import type { AccessUnit, SegmentRecord, VideoCodec } from '../media.ts';
import { readFirstPicture, readFragmentPictures } from '../recorder/fmp4-reader.ts';

/** A key frame of a recorded file, and how to know it again among pictures that came another way. */
export interface KeyFrameInFile {
  /** Hash of its slices. */
  readonly mark: string;
  /** By the time line of the file, UTC epoch milliseconds. */
  readonly atMs: number;
  /** Pictures before its group in the file. */
  readonly framesBefore: number;
  /** Pictures of its group. */
  readonly frames: number;
  /** Where its group begins in the file. */
  readonly offsetBytes: number;
}

const HEADER_SIZE_BYTES = 8;
const MAX_HEAD_SIZE_BYTES = 1024 * 1024;
const MAX_PICTURE_SIZE_BYTES = 16 * 1024 * 1024;
const MAX_BOXES = 200_000;

/** What tells this key frame from all others: the slices alone, since a camera may write messages (SEI) beside them anew. */
export function keyFrameMark({ format, nalUnits }: Pick<AccessUnit, 'format' | 'nalUnits'>): string {
  return hashOf(format.codec, nalUnits);
}

/**
 * The first and the last key frame of a file, as the recorder wrote it.
 * @returns undefined when it holds none
 * @throws what the file system says
 */
export async function readKeyFrames(
  folder: string,
  segment: SegmentRecord,
): Promise<{ readonly first: KeyFrameInFile; readonly last: KeyFrameInFile } | undefined> {
  const codec = segment.codecString.startsWith('avc') ? 'h264' : 'h265';
  const handle = await open(path.join(folder, segment.path), 'r');
  try {
    const groups = await readGroups(handle);
    const [first] = groups;
    const last = groups.at(-1);
    if (!first || !last) return undefined;
    const read = async (group: Group): Promise<KeyFrameInFile> => ({
      mark: hashOf(codec, await readNalUnits(handle, group)),
      atMs: segment.startMs + group.start90k / 90,
      framesBefore: group.framesBefore,
      frames: group.frames,
      offsetBytes: group.offsetBytes,
    });
    return { first: await read(first), last: await read(last) };
  } finally {
    await handle.close();
  }
}

/** Fragments from one that begins with a key frame to the next such one. */
interface Group {
  readonly offsetBytes: number;
  readonly start90k: number;
  readonly pictureAt: number;
  readonly pictureSizeBytes: number;
  readonly framesBefore: number;
  frames: number;
}

async function readGroups(handle: FileHandle): Promise<readonly Group[]> {
  const { size } = await handle.stat();
  const groups: Group[] = [];
  let frames = 0;
  let offset = 0;
  for (let count = 0; count < MAX_BOXES && offset + HEADER_SIZE_BYTES <= size; count++) {
    const header = await readAt(handle, offset, HEADER_SIZE_BYTES);
    const sizeBytes = header.readUInt32BE(0);
    if (sizeBytes < HEADER_SIZE_BYTES || offset + sizeBytes > size) break;
    if (header.toString('latin1', 4, 8) === 'moof' && sizeBytes <= MAX_HEAD_SIZE_BYTES) {
      const moof = await readAt(handle, offset, sizeBytes);
      const picture = readFirstPicture(moof);
      const inFragment = readFragmentPictures(moof)?.frames ?? 0;
      if (picture?.isKeyFrame)
        groups.push({
          offsetBytes: offset,
          start90k: picture.start90k,
          pictureAt: offset + picture.offset,
          pictureSizeBytes: picture.sizeBytes,
          framesBefore: frames,
          frames: 0,
        });
      const group = groups.at(-1);
      if (group) group.frames += inFragment;
      frames += inFragment;
    }
    offset += sizeBytes;
  }
  return groups;
}

async function readNalUnits(handle: FileHandle, group: Group): Promise<readonly Buffer[]> {
  const bytes = await readAt(handle, group.pictureAt, Math.min(group.pictureSizeBytes, MAX_PICTURE_SIZE_BYTES));
  const nals: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    nals.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return nals;
}

function hashOf(codec: VideoCodec, nalUnits: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const nal of nalUnits) if (isSlice(codec, nal[0] ?? 0)) hash.update(nal);
  return hash.digest('hex');
}

/** @see H.264 §7.4.1, H.265 §7.4.2.2 */
function isSlice(codec: VideoCodec, firstByte: number): boolean {
  if (codec === 'h265') return ((firstByte >> 1) & 0x3f) < 32;
  const type = firstByte & 0x1f;
  return type >= 1 && type <= 5;
}

async function readAt(handle: FileHandle, offset: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes);
  const { bytesRead } = await handle.read(bytes, 0, sizeBytes, offset);
  return bytes.subarray(0, bytesRead);
}
