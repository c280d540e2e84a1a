import { isIrap, nalTypeOf, NAL_H265 } from './h265-nal.ts';
import { H265ParameterSets } from './h265-parameter-sets.ts';
import type { NalBuffer } from './nal-buffer.ts';
import { type NalKind, type PayloadFormat, VideoDepacketizer } from './video-depacketizer.ts';

const RTP_AP = 48;
const RTP_FU = 49;

/**
 * Single NAL units, AP and FU without decoding order numbers, which only senders that interleave write
 * (`sprop-max-don-diff` above 0; refused with the description).
 */
const H265_PAYLOADS: PayloadFormat = {
  nalHeaderSizeBytes: 2,
  aggregateType: RTP_AP,
  fragmentType: RTP_FU,
  typeOf: (firstByte) => (firstByte >> 1) & 0x3f,
  isSingleNal: (type) => type < RTP_AP,
  kindOf(nal: Buffer): NalKind {
    if (nal.length < 3) return 'malformed';
    const header = nal.readUInt16BE(0);
    const type = nalTypeOf(nal);
    // Forbidden bit, nuh_temporal_id_plus1 of 0, or one of the types that RTP uses for itself.
    if (header & 0x8000 || (header & 7) === 0 || type >= RTP_AP) return 'malformed';
    // Layers above the base are other views and qualities of the same picture.
    if ((header >> 3) & 0x3f) return 'left_out';
    if (type <= NAL_H265.lastTrailing) return 'slice';
    if (isIrap(type)) return 'key_slice';
    if (type === NAL_H265.prefixSei || type === NAL_H265.suffixSei) return 'message';
    return type >= NAL_H265.vps && type <= NAL_H265.pps ? 'parameter_set' : 'left_out';
  },
  /** first_slice_segment_in_pic_flag (H.265 §7.3.6.1). */
  beginsPicture: (slice) => slice.length > 2 && (slice.readUInt8(2) & 0x80) !== 0,
  appendNalHeader(bytes: Buffer, fragmentStart: number, target: NalBuffer): void {
    target.appendByte((bytes.readUInt8(fragmentStart) & 0x81) | ((bytes.readUInt8(fragmentStart + 2) & 0x3f) << 1));
    target.appendByte(bytes.readUInt8(fragmentStart + 1));
  },
};

/**
 * @param parameterSets NAL units known before the first packet (`sprop-vps`, `sprop-sps`, `sprop-pps`)
 * @see RFC 7798 §4.4
 */
export function h265Depacketizer(parameterSets: readonly Uint8Array[] = []): VideoDepacketizer {
  const sets = new H265ParameterSets();
  for (const nal of parameterSets) sets.update(nal);
  return new VideoDepacketizer(H265_PAYLOADS, sets);
}
