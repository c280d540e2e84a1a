import { parseAacConfig } from '../rtp/aac-config.ts';
import { parseH264Sps } from '../rtp/h264-sps.ts';
import { NAL_H265 } from '../rtp/h265-nal.ts';
import { parseH265Sps } from '../rtp/h265-sps.ts';
import { VIDEO_TRACK_ID } from './fmp4-boxes.ts';

/** What the head of a recorded file says of it. */
export interface FileFormat {
  /** Of the pictures and, if there is some, of the sound. */
  readonly codecString: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The pictures of one fragment. */
export interface FragmentPictures {
  readonly frames: number;
  /** Undefined when there are none in it. */
  readonly end90k: number | undefined;
}

const AVC_SPS_AT = 12;
const HEVC_ARRAYS_AT = 26;
const DECODER_SPECIFIC_TAG = 0x05;
/** esds: version and flags; ES descriptor with id and flags; decoder configuration descriptor. */
const DECODER_SPECIFIC_AT = 4 + 4 + 5 + 15;

/**
 * Reads the layout that `buildInitSegment` writes.
 *
 * @param moov the whole box
 * @returns undefined for any other layout
 */
export function readFileFormat(moov: Buffer): FileFormat | undefined {
  try {
    const sps = readSps(moov);
    if (!sps) return undefined;
    const { widthPx, heightPx, codecString } = sps;
    const sound = readSound(moov);
    return { widthPx, heightPx, codecString: sound ? `${codecString},${sound}` : codecString };
  } catch {
    return undefined;
  }
}

function readSps(moov: Buffer): FileFormat | undefined {
  const avc = moov.indexOf('avcC', 0, 'latin1');
  if (avc >= 0) {
    const start = avc + AVC_SPS_AT;
    return parseH264Sps(moov.subarray(start, start + moov.readUInt16BE(start - 2)));
  }
  const hevc = moov.indexOf('hvcC', 0, 'latin1');
  if (hevc < 0) return undefined;
  let at = hevc + HEVC_ARRAYS_AT + 1;
  for (let array = moov.readUInt8(at - 1); array > 0; array--) {
    const type = moov.readUInt8(at) & 0x3f;
    const size = moov.readUInt16BE(at + 3);
    if (type === NAL_H265.sps) return parseH265Sps(moov.subarray(at + 5, at + 5 + size));
    // One set in each array.
    at += 5 + size;
  }
  return undefined;
}

function readSound(moov: Buffer): string | undefined {
  if (moov.includes('alaw', 0, 'latin1')) return 'pcma';
  if (moov.includes('ulaw', 0, 'latin1')) return 'pcmu';
  const esds = moov.indexOf('esds', 0, 'latin1');
  if (esds < 0) return undefined;
  const at = esds + DECODER_SPECIFIC_AT;
  if (moov.readUInt8(at) !== DECODER_SPECIFIC_TAG) return undefined;
  return parseAacConfig(moov.subarray(at + 2, at + 2 + moov.readUInt8(at + 1))).codecString;
}

/**
 * Reads the layout that `buildFragment` writes.
 *
 * @param moof the whole box
 * @returns undefined for any other layout
 */
export function readFragmentPictures(moof: Buffer): FragmentPictures | undefined {
  const tfhd = moof.indexOf('tfhd', 0, 'latin1');
  const tfdt = moof.indexOf('tfdt', 0, 'latin1');
  const trun = moof.indexOf('trun', 0, 'latin1');
  if (tfhd < 0 || tfdt < 0 || trun < 0) return undefined;
  if (tfhd + 12 > moof.length || tfdt + 16 > moof.length || trun + 16 > moof.length) return undefined;
  if (moof.readUInt32BE(tfhd + 8) !== VIDEO_TRACK_ID) return { frames: 0, end90k: undefined };
  const frames = moof.readUInt32BE(trun + 8);
  const first = trun + 16;
  if (frames < 1 || first + frames * 16 > moof.length) return undefined;
  let end90k = Number(moof.readBigUInt64BE(tfdt + 8));
  for (let index = 0; index < frames; index++) end90k += moof.readUInt32BE(first + index * 16);
  return { frames, end90k };
}

/** Where a fragment begins: its first picture. */
export interface FirstPicture {
  readonly isKeyFrame: boolean;
  /** From the start of the file. */
  readonly start90k: number;
  readonly sizeBytes: number;
  /** Of its bytes, from the start of the moof box. */
  readonly offset: number;
}

const NOT_SYNC = 0x00010000;

/** As {@link readFragmentPictures}; undefined for a fragment without pictures too. */
export function readFirstPicture(moof: Buffer): FirstPicture | undefined {
  const { end90k } = readFragmentPictures(moof) ?? {};
  if (end90k === undefined) return undefined;
  const tfdt = moof.indexOf('tfdt', 0, 'latin1');
  const trun = moof.indexOf('trun', 0, 'latin1');
  return {
    isKeyFrame: (moof.readUInt32BE(trun + 24) & NOT_SYNC) === 0,
    start90k: Number(moof.readBigUInt64BE(tfdt + 8)),
    sizeBytes: moof.readUInt32BE(trun + 20),
    offset: moof.readUInt32BE(trun + 12),
  };
}
