import type { VideoFormat } from '../media.ts';
import { parseH264Sps } from '../rtp/h264-sps.ts';
import { fragmentMemory } from './fragment-memory.ts';

/** One picture of a fragment. Times are 90 kHz. */
export interface FragmentSample {
  readonly nalUnits: readonly Uint8Array[];
  readonly duration90k: number;
  /** Presentation minus decoding time; may be negative. */
  readonly compositionOffset90k: number;
  readonly isKeyFrame: boolean;
}

export const TIMESCALE = 90_000;

const TRACK_ID = 1;
const NAL_LENGTH_SIZE_BYTES = 4;
const BOX_HEADER_SIZE_BYTES = 8;
const SAMPLE_ENTRY_SIZE_BYTES = 16;
const SAMPLE_FLAGS_KEY = 0x02000000;
const SAMPLE_FLAGS_OTHER = 0x01010000;
/** data offset; duration, size, flags and composition offset of each sample */
const TRUN_FLAGS = 0x000f01;
const TFHD_DEFAULT_BASE_IS_MOOF = 0x020000;
const UNITY_MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 144, 244]);

function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, BOX_HEADER_SIZE_BYTES);
  const header = Buffer.alloc(BOX_HEADER_SIZE_BYTES);
  header.writeUInt32BE(sizeBytes, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...parts], sizeBytes);
}

function fullBox(type: string, version: number, flags: number, ...parts: readonly Uint8Array[]): Buffer {
  return box(type, u32(version * 2 ** 24 + flags), ...parts);
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

/** @see ISO/IEC 14496-15 §5.3.3.1 */
function decoderConfiguration({ sps, pps }: VideoFormat): Buffer {
  const { profileIdc, chromaFormatIdc, bitDepthLuma, bitDepthChroma } = parseH264Sps(sps);
  const chroma = PROFILES_WITH_CHROMA.has(profileIdc)
    ? [0xfc | chromaFormatIdc, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8), 0]
    : [];
  return box(
    'avcC',
    Buffer.from([1, ...sps.subarray(1, 4), 0xfc | (NAL_LENGTH_SIZE_BYTES - 1), 0xe1]),
    u16(sps.length),
    sps,
    Buffer.from([1]),
    u16(pps.length),
    pps,
    Buffer.from(chroma),
  );
}

/** @see ISO/IEC 14496-12 §8.5.2, §12.1.3 */
function sampleTable(format: VideoFormat): Buffer {
  const entry = box(
    'avc1',
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]),
    Buffer.alloc(16),
    u16(format.widthPx, format.heightPx),
    u32(0x00480000, 0x00480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x0018, 0xffff),
    decoderConfiguration(format),
  );
  return box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), entry),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  );
}

/**
 * What must come before the first fragment: brands, one H.264 track at 90 kHz, no samples.
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED` when the sequence parameter set cannot be read
 * @see ISO/IEC 14496-12 §8
 */
export function buildInitSegment(format: VideoFormat): Buffer {
  const media = box(
    'mdia',
    fullBox('mdhd', 0, 0, u32(0, 0, TIMESCALE, 0), u16(0x55c4, 0)),
    fullBox('hdlr', 0, 0, u32(0), text('vide'), Buffer.alloc(12), text('video\0')),
    box(
      'minf',
      fullBox('vmhd', 0, 1, Buffer.alloc(8)),
      box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
      sampleTable(format),
    ),
  );
  const track = box(
    'trak',
    fullBox(
      'tkhd',
      0,
      3,
      u32(0, 0, TRACK_ID, 0, 0),
      Buffer.alloc(16),
      u32(...UNITY_MATRIX, format.widthPx * 0x10000, format.heightPx * 0x10000),
    ),
    media,
  );
  return Buffer.concat([
    box('ftyp', text('iso6'), u32(1), text('iso6mp41avc1')),
    box(
      'moov',
      fullBox(
        'mvhd',
        0,
        0,
        u32(0, 0, TIMESCALE, 0, 0x10000),
        u16(0x0100, 0),
        Buffer.alloc(8),
        u32(...UNITY_MATRIX),
        Buffer.alloc(24),
        u32(TRACK_ID + 1),
      ),
      track,
      box('mvex', fullBox('trex', 0, 0, u32(TRACK_ID, 1, 0, 0, 0))),
    ),
  ]);
}

/**
 * One fragment (moof and mdat) in one piece of `fragmentMemory`, ready for one write. NAL units are copied behind 4-byte
 * lengths.
 *
 * @param samples in decoding order, at least one
 * @param sequenceNumber from 1, growing
 * @param baseDecodeTime90k decoding time of the first sample
 * @see ISO/IEC 14496-12 §8.8
 */
export function buildFragment(
  samples: readonly FragmentSample[],
  sequenceNumber: number,
  baseDecodeTime90k: number,
): Buffer {
  const sizes = samples.map(({ nalUnits }) =>
    nalUnits.reduce((sum, nal) => sum + NAL_LENGTH_SIZE_BYTES + nal.length, 0),
  );
  const trunSize = 20 + samples.length * SAMPLE_ENTRY_SIZE_BYTES;
  const trafSize = BOX_HEADER_SIZE_BYTES + 16 + 20 + trunSize;
  const moofSize = BOX_HEADER_SIZE_BYTES + 16 + trafSize;
  const mdatSize = sizes.reduce((sum, size) => sum + size, BOX_HEADER_SIZE_BYTES);
  const bytes = fragmentMemory.take(moofSize + mdatSize);
  let at = 0;
  const put32 = (value: number): void => {
    at = bytes.writeUInt32BE(value, at);
  };
  const putHeader = (sizeBytes: number, type: string): void => {
    put32(sizeBytes);
    at += bytes.write(type, at, 'latin1');
  };
  putHeader(moofSize, 'moof');
  putHeader(16, 'mfhd');
  put32(0);
  put32(sequenceNumber >>> 0);
  putHeader(trafSize, 'traf');
  putHeader(16, 'tfhd');
  put32(TFHD_DEFAULT_BASE_IS_MOOF);
  put32(TRACK_ID);
  putHeader(20, 'tfdt');
  put32(0x01000000);
  at = bytes.writeBigUInt64BE(BigInt(Math.max(0, Math.round(baseDecodeTime90k))), at);
  putHeader(trunSize, 'trun');
  put32(0x01000000 + TRUN_FLAGS);
  put32(samples.length);
  put32(moofSize + BOX_HEADER_SIZE_BYTES);
  for (const [index, sample] of samples.entries()) {
    put32(sample.duration90k);
    put32(sizes[index] ?? 0);
    put32(sample.isKeyFrame ? SAMPLE_FLAGS_KEY : SAMPLE_FLAGS_OTHER);
    at = bytes.writeInt32BE(sample.compositionOffset90k, at);
  }
  putHeader(mdatSize, 'mdat');
  for (const { nalUnits } of samples) {
    for (const nal of nalUnits) {
      put32(nal.length);
      bytes.set(nal, at);
      at += nal.length;
    }
  }
  return bytes;
}
