import { type FileHandle, open } from 'node:fs/promises';
import { readFirstPicture, readFragmentPictures } from '#ingest/recorder/fmp4-reader.ts';

/** A moof box and the mdat behind it, as they lie in a recorded file. */
export interface RecordedFragment {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly moofSizeBytes: number;
  /** 0: sound alone. */
  readonly frames: number;
  /** Of its pictures, from the start of the file. */
  readonly start90k: number;
  readonly end90k: number;
  readonly isKeyFrame: boolean;
}

export interface RecordedFile {
  /** ftyp and moov. */
  readonly head: Buffer;
  /** Only whole ones. */
  readonly fragments: readonly RecordedFragment[];
}

const HEADER_SIZE_BYTES = 8;
/** More than any box but mdat has. */
const MAX_HEAD_SIZE_BYTES = 4 * 2 ** 20;

/**
 * Where things lie in a file of our recorder; reads the boxes' heads, never the pictures.
 * @returns undefined for any other layout
 */
export async function readRecordedFile(path: string): Promise<RecordedFile | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const heads: Buffer[] = [];
    const fragments: RecordedFragment[] = [];
    let moof: { readonly bytes: Buffer; readonly offset: number } | undefined;
    for (let at = 0; at + HEADER_SIZE_BYTES <= size; ) {
      const header = await readAt(file, at, HEADER_SIZE_BYTES);
      const sizeBytes = header.readUInt32BE(0);
      const type = header.toString('latin1', 4);
      if (sizeBytes < HEADER_SIZE_BYTES || at + sizeBytes > size) break;
      if (type !== 'mdat' && sizeBytes > MAX_HEAD_SIZE_BYTES) return undefined;
      if (type === 'ftyp' || type === 'moov') heads.push(await readAt(file, at, sizeBytes));
      else if (type === 'moof') moof = { bytes: await readAt(file, at, sizeBytes), offset: at };
      else if (type === 'mdat' && moof) {
        const fragment = toFragment(moof.bytes, moof.offset, sizeBytes);
        if (!fragment) return undefined;
        fragments.push(fragment);
        moof = undefined;
      }
      at += sizeBytes;
    }
    return heads.length === 2 ? { head: Buffer.concat(heads), fragments } : undefined;
  } finally {
    await file.close();
  }
}

function toFragment(moof: Buffer, offset: number, mdatSizeBytes: number): RecordedFragment | undefined {
  const pictures = readFragmentPictures(moof);
  if (!pictures) return undefined;
  const first = readFirstPicture(moof);
  return {
    offset,
    sizeBytes: moof.length + mdatSizeBytes,
    moofSizeBytes: moof.length,
    frames: pictures.frames,
    start90k: first?.start90k ?? 0,
    end90k: pictures.end90k ?? 0,
    isKeyFrame: first?.isKeyFrame ?? false,
  };
}

export async function readAt(file: FileHandle, position: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let read = 0;
  while (read < sizeBytes) {
    const { bytesRead } = await file.read(bytes, read, sizeBytes - read, position + read);
    if (bytesRead === 0) throw new RangeError(`the file ends ${sizeBytes - read} bytes too early`);
    read += bytesRead;
  }
  return bytes;
}
