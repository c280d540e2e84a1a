import { open } from 'node:fs/promises';
import type { AccessUnit, VideoFormat } from '#ingest/media.ts';
import { readFileFormat, readFirstPicture } from '#ingest/recorder/fmp4-reader.ts';
import { NAL_H265, nalTypeOf } from '#ingest/rtp/h265-nal.ts';
import { readAt, readRecordedFile } from './recorded-file.ts';

const AVC_SETS_AT = 9;
const HEVC_ARRAYS_AT = 26;

/**
 * The last key frame at or before a time, else the first of the file.
 * @param file of our recorder @param startMs of its first picture
 * @returns undefined for any other layout
 */
export async function readKeyFrame(file: string, startMs: number, timeMs: number): Promise<AccessUnit | undefined> {
  const recorded = await readRecordedFile(file);
  const format = recorded && formatOf(recorded.head);
  if (!recorded || !format) return undefined;
  const keys = recorded.fragments.filter(({ isKeyFrame }) => isKeyFrame);
  const fragment = keys.findLast(({ start90k }) => startMs + start90k / 90 <= timeMs) ?? keys[0];
  if (!fragment) return undefined;
  const handle = await open(file);
  try {
    const moof = await readAt(handle, fragment.offset, fragment.moofSizeBytes);
    const picture = readFirstPicture(moof);
    if (!picture || picture.offset + picture.sizeBytes > fragment.sizeBytes) return undefined;
    const bytes = await readAt(handle, fragment.offset + picture.offset, picture.sizeBytes);
    return {
      format,
      pts90k: fragment.start90k,
      wallMs: startMs + fragment.start90k / 90,
      arrivedMs: 0,
      isKeyFrame: true,
      nalUnits: nalUnitsOf(bytes),
      sizeBytes: bytes.length,
      damaged: false,
    };
  } finally {
    await handle.close();
  }
}

function nalUnitsOf(sample: Buffer): readonly Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at + 4 <= sample.length; ) {
    const sizeBytes = sample.readUInt32BE(at);
    if (sizeBytes === 0 || at + 4 + sizeBytes > sample.length) break;
    units.push(sample.subarray(at + 4, at + 4 + sizeBytes));
    at += 4 + sizeBytes;
  }
  return units;
}

function formatOf(head: Buffer): VideoFormat | undefined {
  const format = readFileFormat(head);
  if (!format) return undefined;
  const sets = head.includes('avcC', 0, 'latin1') ? avcSets(head) : hevcSets(head);
  if (!sets) return undefined;
  const [codecString = ''] = format.codecString.split(',');
  return { ...sets, widthPx: format.widthPx, heightPx: format.heightPx, codecString };
}

type ParameterSets = Pick<VideoFormat, 'codec' | 'vps' | 'sps' | 'pps'>;

/** One set of each kind, as the recorder writes them. @see ISO/IEC 14496-15 §5.3.3.1 */
function avcSets(head: Buffer): ParameterSets | undefined {
  const at = head.indexOf('avcC', 0, 'latin1') + AVC_SETS_AT;
  const sps = sizedAt(head, at + 1);
  const pps = sizedAt(head, at + 1 + 2 + sps.length + 1);
  return { codec: 'h264', sps, pps };
}

/** @see ISO/IEC 14496-15 §8.3.3.1 */
function hevcSets(head: Buffer): ParameterSets | undefined {
  const found = new Map<number, Buffer>();
  let at = head.indexOf('hvcC', 0, 'latin1') + HEVC_ARRAYS_AT + 1;
  for (let array = head.readUInt8(at - 1); array > 0; array--) {
    const nal = sizedAt(head, at + 3);
    found.set(nalTypeOf(nal), nal);
    at += 5 + nal.length;
  }
  const vps = found.get(NAL_H265.vps);
  const sps = found.get(NAL_H265.sps);
  const pps = found.get(NAL_H265.pps);
  return vps && sps && pps && { codec: 'h265', vps, sps, pps };
}

/** Bytes behind their 16-bit length. */
function sizedAt(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at));
}
