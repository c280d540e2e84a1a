import { BitReader, unescapeRbsp } from '../rtp/bit-reader.ts';
import { parseH264Sps, readChroma, readPictureOrderCount } from '../rtp/h264-sps.ts';
import { BitWriter, escapeRbsp } from './bit-writer.ts';

const EXTENDED_ASPECT_RATIO = 255;
/** Primaries, transfer and matrix 'unspecified' (H.264 Table E-3 to E-5). */
const UNSPECIFIED_COLOUR = 0x020202;
const VIDEO_FORMAT_UNSPECIFIED = 5;
const MAX_HRD_COUNT = 31;

export interface RewrittenSps {
  readonly sps: Uint8Array;
  /** After cropping. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Rewrites a sequence parameter set so that a decoder shared by many cameras gives each picture at once and in its own
 * colours: `max_num_reorder_frames` becomes 0 (else output lags a unit behind), and the colour description is always
 * written out (ffmpeg's decoder else keeps that of the camera before). A VUI that is cut short is replaced.
 *
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED`
 * @see ITU-T H.264 §7.3.2.1.1, §E.1.1, §E.2.1
 */
export function rewriteSps(sps: Uint8Array): RewrittenSps {
  const { widthPx, heightPx } = parseH264Sps(sps);
  const rbsp = unescapeRbsp(sps);
  const reader = new BitReader(rbsp);
  reader.skip(8); // NAL header
  const profileIdc = reader.bits(8);
  reader.skip(16);
  reader.unsigned(); // seq_parameter_set_id
  readChroma(reader, profileIdc);
  reader.unsigned(); // log2_max_frame_num_minus4
  readPictureOrderCount(reader);
  const referenceFrames = reader.unsigned();
  reader.bit(); // gaps_in_frame_num_value_allowed_flag
  reader.unsigned(); // width
  reader.unsigned(); // height
  if (!reader.bit()) reader.bit(); // frame_mbs_only_flag, mb_adaptive_frame_field_flag
  reader.bit(); // direct_8x8_inference_flag
  if (reader.bit()) for (let i = 0; i < 4; i++) reader.unsigned(); // cropping
  const vuiStart = reader.position;
  const writer = rewriteVui(rbsp, reader) ?? writeFreshVui(new BitWriter().copy(rbsp, 0, vuiStart));
  writer.bits(1, 1); // bitstream_restriction_flag
  writer.bits(1, 1).unsigned(0).unsigned(0).unsigned(15).unsigned(15);
  writer.unsigned(0).unsigned(Math.max(referenceFrames, 1)); // max_num_reorder_frames, max_dec_frame_buffering
  writer.bits(1, 1); // rbsp_stop_one_bit
  return { sps: escapeRbsp(writer.toBytes()), widthPx, heightPx };
}

/** A VUI that says nothing but the colour description. */
function writeFreshVui(writer: BitWriter): BitWriter {
  writer.bits(1, 1).bits(0, 2); // present; no aspect ratio, no overscan
  writeColour(writer, 0, UNSPECIFIED_COLOUR);
  return writer.bits(0, 5); // no chroma location, timing, HRD (two) and picture structure
}

function writeColour(writer: BitWriter, fullRange: number, colour: number): void {
  writer.bits(1, 1).bits(VIDEO_FORMAT_UNSPECIFIED, 3).bits(fullRange, 1).bits(1, 1).bits(colour, 24);
}

/** Copies the VUI up to `bitstream_restriction_flag`; undefined when there is none that can be read. */
function rewriteVui(rbsp: Uint8Array, reader: BitReader): BitWriter | undefined {
  try {
    if (!reader.bit()) return undefined;
    if (reader.bit() && reader.bits(8) === EXTENDED_ASPECT_RATIO) reader.skip(32);
    if (reader.bit()) reader.bit(); // overscan
    const writer = new BitWriter().copy(rbsp, 0, reader.position);
    let fullRange = 0;
    let colour = UNSPECIFIED_COLOUR;
    if (reader.bit()) {
      reader.skip(3); // video_format
      fullRange = reader.bit();
      if (reader.bit()) colour = reader.bits(24);
    }
    writeColour(writer, fullRange, colour);
    const rest = reader.position;
    if (reader.bit()) {
      reader.unsigned(); // chroma location, top and bottom
      reader.unsigned();
    }
    if (reader.bit()) reader.skip(65); // timing
    const hasNalHrd = reader.bit();
    if (hasNalHrd) skipHrd(reader);
    const hasVclHrd = reader.bit();
    if (hasVclHrd) skipHrd(reader);
    if (hasNalHrd || hasVclHrd) reader.bit(); // low_delay_hrd_flag
    reader.bit(); // pic_struct_present_flag
    // The stop bit lies behind: what ran over it was no VUI.
    if (reader.position > lastSetBit(rbsp)) return undefined;
    return writer.copy(rbsp, rest, reader.position);
  } catch {
    return undefined;
  }
}

function skipHrd(reader: BitReader): void {
  const count = reader.unsigned();
  if (count > MAX_HRD_COUNT) throw new RangeError('cpb_cnt_minus1');
  reader.skip(8);
  for (let i = 0; i <= count; i++) {
    reader.unsigned();
    reader.unsigned();
    reader.bit();
  }
  reader.skip(20);
}

/** Position of rbsp_stop_one_bit; -1 when there is none. */
export function lastSetBit(rbsp: Uint8Array): number {
  for (let i = rbsp.length - 1; i >= 0; i--) {
    const byte = rbsp[i] ?? 0;
    if (byte !== 0) return i * 8 + 7 - Math.log2(byte & -byte);
  }
  return -1;
}
