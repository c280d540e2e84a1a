import type { AudioFormat, VideoFormat } from '../media.ts';
import { parseH264Sps } from '../rtp/h264-sps.ts';
import { NAL_H265 } from '../rtp/h265-nal.ts';
import { parseH265Sps } from '../rtp/h265-sps.ts';
import { box, fullBox, text, u16, u32 } from './fmp4-box.ts';

export const NAL_LENGTH_SIZE_BYTES = 4;
const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 144, 244]);
/** Of an array in `hvcC`: all sets of its kind are in it, none in the samples. */
const ARRAY_IS_COMPLETE = 0x80;
/** ISO/IEC 14496-1 Table 5 and 6: MPEG-4 Audio; audio stream, reserved bit. */
const OBJECT_TYPE_AAC = 0x40;
const STREAM_TYPE_AUDIO = 0x15;

/**
 * `avc1` or `hvc1`: the parameter sets are here, and nowhere else.
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED` when the sequence parameter set cannot be read
 * @see ISO/IEC 14496-12 §12.1.3, ISO/IEC 14496-15 §5.4.2, §8.4.1
 */
export function videoSampleEntry(format: VideoFormat): Buffer {
  return box(
    format.codec === 'h264' ? 'avc1' : 'hvc1',
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]),
    Buffer.alloc(16),
    u16(format.widthPx, format.heightPx),
    u32(0x00480000, 0x00480000, 0),
    u16(1),
    Buffer.alloc(32),
    u16(0x0018, 0xffff),
    format.codec === 'h264' ? avcConfiguration(format) : hevcConfiguration(format),
  );
}

/** @see ISO/IEC 14496-15 §5.3.3.1 */
function avcConfiguration({ sps, pps }: VideoFormat): Buffer {
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

/** Says nothing of frame rate, parallelism and segmentation: 0 is 'unknown'. @see ISO/IEC 14496-15 §8.3.3.1 */
function hevcConfiguration({ vps, sps, pps }: VideoFormat): Buffer {
  const { profile, chromaFormatIdc, bitDepthLuma, bitDepthChroma, maxSubLayers, isTemporalIdNested } =
    parseH265Sps(sps);
  const arrays = [
    [NAL_H265.vps, vps],
    [NAL_H265.sps, sps],
    [NAL_H265.pps, pps],
  ] as const;
  const present = arrays.filter(([, nal]) => nal && nal.length > 0);
  return box(
    'hvcC',
    Buffer.from([1]),
    profile.bytes,
    u16(0xf000),
    Buffer.from([0xfc, 0xfc | chromaFormatIdc, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8)]),
    u16(0),
    Buffer.from([(maxSubLayers << 3) | (isTemporalIdNested ? 4 : 0) | (NAL_LENGTH_SIZE_BYTES - 1), present.length]),
    ...present.flatMap(([type, nal = Buffer.alloc(0)]) => [
      Buffer.from([ARRAY_IS_COMPLETE | type]),
      u16(1, nal.length),
      nal,
    ]),
  );
}

/**
 * `mp4a` for AAC; `alaw` and `ulaw` for G.711, as QuickTime names them: the sound is kept as it came.
 * @see ISO/IEC 14496-12 §12.2.3, ISO/IEC 14496-14 §5.6
 */
export function audioSampleEntry(format: AudioFormat): Buffer {
  const type = { aac: 'mp4a', pcma: 'alaw', pcmu: 'ulaw' }[format.codec];
  // 16.16; rates that do not fit are in the decoder's configuration alone.
  const rate = format.sampleRateHz < 0x10000 ? format.sampleRateHz * 0x10000 : 0;
  return box(
    type,
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]),
    Buffer.alloc(8),
    u16(format.channels, 16, 0, 0),
    u32(rate),
    ...(format.codec === 'aac' ? [elementaryStreamDescriptor(format.config)] : []),
  );
}

/** @see ISO/IEC 14496-1 §7.2.6 */
function elementaryStreamDescriptor(config: Uint8Array): Buffer {
  const decoder = Buffer.concat([
    Buffer.from([OBJECT_TYPE_AAC, STREAM_TYPE_AUDIO, 0, 0, 0]),
    u32(0, 0),
    descriptor(0x05, config),
  ]);
  return fullBox(
    'esds',
    0,
    0,
    descriptor(
      0x03,
      Buffer.concat([u16(0), Buffer.from([0]), descriptor(0x04, decoder), descriptor(0x06, Buffer.from([2]))]),
    ),
  );
}

function descriptor(tag: number, body: Uint8Array): Buffer {
  if (body.length > 0x7f) throw new RangeError('descriptor too long');
  return Buffer.concat([Buffer.from([tag, body.length]), body]);
}

/** For the brands of a file. */
export function brandOf(format: VideoFormat): Buffer {
  return text(format.codec === 'h264' ? 'avc1' : 'hvc1');
}
