import { H264ParameterSets } from './h264-parameter-sets.ts';
import type { NalBuffer } from './nal-buffer.ts';
import { type NalKind, type PayloadFormat, VideoDepacketizer } from './video-depacketizer.ts';

const NAL = { partitionA: 2, partitionC: 4, idr: 5, sei: 6, sps: 7, pps: 8 } as const;
const RTP_STAP_A = 24;
const RTP_FU_A = 28;

/** Single NAL units, STAP-A and FU-A (RFC 6184 §5.6, §5.7.1, §5.8). */
const H264_PAYLOADS: PayloadFormat = {
  nalHeaderSizeBytes: 1,
  aggregateType: RTP_STAP_A,
  fragmentType: RTP_FU_A,
  typeOf: (firstByte) => firstByte & 0x1f,
  isSingleNal: (type) => type >= 1 && type < RTP_STAP_A,
  kindOf(nal: Buffer): NalKind {
    const header = nal.readUInt8(0);
    const type = header & 0x1f;
    if (header & 0x80 || type === 0 || type >= RTP_STAP_A) return 'malformed';
    if (type < NAL.idr) return 'slice';
    if (type === NAL.idr) return 'key_slice';
    if (type === NAL.sei) return 'message';
    return type === NAL.sps || type === NAL.pps ? 'parameter_set' : 'left_out';
  },
  /** first_mb_in_slice is 0: its code is a single 1 bit (H.264 §7.3.3). */
  beginsPicture(slice: Buffer): boolean {
    const type = slice.readUInt8(0) & 0x1f;
    if (type > NAL.partitionA && type <= NAL.partitionC) return false;
    return slice.length > 1 && (slice.readUInt8(1) & 0x80) !== 0;
  },
  appendNalHeader(bytes: Buffer, fragmentStart: number, target: NalBuffer): void {
    target.appendByte((bytes.readUInt8(fragmentStart) & 0xe0) | (bytes.readUInt8(fragmentStart + 1) & 0x1f));
  },
};

/**
 * @param parameterSets NAL units known before the first packet (`sprop-parameter-sets`)
 * @see RFC 6184 §5
 */
export function h264Depacketizer(parameterSets: readonly Uint8Array[] = []): VideoDepacketizer {
  const sets = new H264ParameterSets();
  for (const nal of parameterSets) sets.update(nal);
  return new VideoDepacketizer(H264_PAYLOADS, sets);
}
