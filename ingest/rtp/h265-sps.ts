import { ingestErrors } from '../errors.ts';
import { BitReader, unescapeRbsp } from './bit-reader.ts';
import { NAL_H265, nalTypeOf } from './h265-nal.ts';

/** Profile, tier and level, as they stand in the parameter sets and in `hvcC`. */
export interface ProfileTierLevel {
  /** general_profile_space to general_level_idc, the 12 bytes as they are. */
  readonly bytes: Uint8Array;
  readonly levelIdc: number;
}

/** What a sequence parameter set says of the pictures. */
export interface H265Sps {
  readonly vpsId: number;
  readonly spsId: number;
  /** Temporal layers, 1..7. */
  readonly maxSubLayers: number;
  readonly isTemporalIdNested: boolean;
  readonly profile: ProfileTierLevel;
  /** Inside the conformance window. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** RFC 6381, e.g. `hvc1.1.6.L93.B0`. */
  readonly codecString: string;
  /** 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** From the VUI, undefined when it is not said there. */
  readonly framesPerSecond: number | undefined;
}

export const MAX_H265_SET_SIZE_BYTES = 4096;
const MAX_SIDE_PX = 16_384;
const MAX_SHORT_TERM_SETS = 64;
const MAX_LONG_TERM_PICTURES = 32;
const MAX_REFERENCES = 16;
const EXTENDED_ASPECT_RATIO = 255;
/** general_profile_space to general_level_idc (H.265 §7.3.3). */
const PROFILE_SIZE_BYTES = 12;

/**
 * @param sps one NAL unit with its header, without start code or length
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED`
 * @see ITU-T H.265 §7.3.2.2, Annex E
 */
export function parseH265Sps(sps: Uint8Array): H265Sps {
  if (nalTypeOf(sps) !== NAL_H265.sps) throw malformed('not a sequence parameter set');
  if (sps.length > MAX_H265_SET_SIZE_BYTES) throw malformed('sequence parameter set too long');
  const reader = new BitReader(unescapeRbsp(sps.subarray(2)));
  const vpsId = reader.bits(4);
  const maxSubLayers = reader.bits(3) + 1;
  if (maxSubLayers > 7) throw malformed('temporal layers');
  const isTemporalIdNested = reader.bit() === 1;
  const profile = readProfileTierLevel(reader, maxSubLayers);
  const spsId = reader.unsigned();
  if (spsId > 15) throw malformed('sequence parameter set id');
  const picture = readPicture(reader);
  return {
    vpsId,
    spsId,
    maxSubLayers,
    isTemporalIdNested,
    profile,
    ...picture,
    codecString: codecStringOf(profile),
    framesPerSecond: readFrameRate(reader, maxSubLayers),
  };
}

interface Picture {
  readonly chromaFormatIdc: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
}

/** From chroma_format_idc to the bit depths. */
export function readPicture(reader: BitReader): Picture {
  const chromaFormatIdc = reader.unsigned();
  if (chromaFormatIdc > 3) throw malformed('chroma format');
  const separateColourPlanes = chromaFormatIdc === 3 && reader.bit() === 1;
  let widthPx = reader.unsigned();
  let heightPx = reader.unsigned();
  if (reader.bit()) {
    const unitX = !separateColourPlanes && (chromaFormatIdc === 1 || chromaFormatIdc === 2) ? 2 : 1;
    const unitY = !separateColourPlanes && chromaFormatIdc === 1 ? 2 : 1;
    widthPx -= unitX * (reader.unsigned() + reader.unsigned());
    heightPx -= unitY * (reader.unsigned() + reader.unsigned());
  }
  if (!(widthPx >= 1 && heightPx >= 1 && widthPx <= MAX_SIDE_PX && heightPx <= MAX_SIDE_PX)) {
    throw malformed('picture size out of range');
  }
  const bitDepthLuma = 8 + reader.unsigned();
  const bitDepthChroma = 8 + reader.unsigned();
  if (bitDepthLuma > 16 || bitDepthChroma > 16) throw malformed('bit depth');
  return { chromaFormatIdc, widthPx, heightPx, bitDepthLuma, bitDepthChroma };
}

function malformed(detail: string): Error {
  return ingestErrors.RTP_PAYLOAD_MALFORMED({ detail });
}

/** @see ITU-T H.265 §7.3.3 */
export function readProfileTierLevel(reader: BitReader, maxSubLayers: number): ProfileTierLevel {
  const bytes = Uint8Array.from({ length: PROFILE_SIZE_BYTES }, () => reader.bits(8));
  const subLayers = maxSubLayers - 1;
  if (subLayers > 0) {
    const present: (readonly [profile: number, level: number])[] = [];
    // Eight pairs of flags; those behind the last layer are padding.
    for (let i = 0; i < 8; i++) present.push([reader.bit(), reader.bit()]);
    for (const [profile, level] of present.slice(0, subLayers)) reader.skip((profile ? 88 : 0) + (level ? 8 : 0));
  }
  return { bytes, levelIdc: bytes[PROFILE_SIZE_BYTES - 1] ?? 0 };
}

/**
 * The sub-layer part of the ordering information: how many pictures wait for others.
 * @returns max_dec_pic_buffering_minus1 of each layer that is listed
 */
export function readSubLayerOrdering(reader: BitReader, maxSubLayers: number): readonly number[] {
  const listed = reader.bit() ? maxSubLayers : 1;
  return Array.from({ length: listed }, () => {
    const buffering = reader.unsigned();
    reader.unsigned(); // max_num_reorder_pics
    reader.unsigned(); // max_latency_increase_plus1
    return buffering;
  });
}

/** @see ISO/IEC 14496-15 §E.3 */
function codecStringOf({ bytes, levelIdc }: ProfileTierLevel): string {
  const first = bytes[0] ?? 0;
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  let compatibility = 0;
  for (let bit = 0; bit < 32; bit++) {
    if (((bytes[1 + (bit >> 3)] ?? 0) >> (7 - (bit & 7))) & 1) compatibility += 2 ** bit;
  }
  const constraints = [...bytes.subarray(5, 11)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    'hvc1',
    `${space}${first & 0x1f}`,
    compatibility.toString(16).toUpperCase(),
    `${first & 0x20 ? 'H' : 'L'}${levelIdc}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

/** What lies between is long, and cameras cut it short: whatever is wrong in it, the picture size still holds. */
function readFrameRate(reader: BitReader, maxSubLayers: number): number | undefined {
  try {
    const pictureOrderBits = reader.unsigned() + 4;
    readSubLayerOrdering(reader, maxSubLayers);
    for (let i = 0; i < 6; i++) reader.unsigned(); // block sizes and transform depths
    if (reader.bit() && reader.bit()) skipScalingLists(reader);
    reader.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if (reader.bit()) {
      reader.skip(8);
      reader.unsigned();
      reader.unsigned();
      reader.bit();
    }
    skipShortTermSets(reader);
    if (reader.bit()) {
      const count = reader.unsigned();
      if (count > MAX_LONG_TERM_PICTURES) return undefined;
      reader.skip(count * (pictureOrderBits + 1));
    }
    reader.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    return reader.bit() ? readVuiFrameRate(reader) : undefined;
  } catch {
    return undefined;
  }
}

function readVuiFrameRate(reader: BitReader): number | undefined {
  if (reader.bit() && reader.bits(8) === EXTENDED_ASPECT_RATIO) reader.skip(32);
  if (reader.bit()) reader.bit(); // overscan
  if (reader.bit()) {
    reader.skip(4); // video_format, full range
    if (reader.bit()) reader.skip(24); // colour description
  }
  if (reader.bit()) {
    reader.unsigned(); // chroma location, top and bottom
    reader.unsigned();
  }
  reader.skip(3); // neutral chroma, field sequence, frame and field information
  if (reader.bit()) for (let i = 0; i < 4; i++) reader.unsigned(); // default display window
  return reader.bit() ? readRate(reader) : undefined;
}

/** num_units_in_tick and time_scale: one tick is one picture, other than in H.264. */
export function readRate(reader: BitReader): number | undefined {
  const unitsInTick = reader.bits(32);
  const rate = reader.bits(32) / unitsInTick;
  return Number.isFinite(rate) && rate > 0 && rate <= 300 ? rate : undefined;
}

function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!reader.bit()) {
        reader.unsigned(); // scaling_list_pred_matrix_id_delta
        continue;
      }
      if (size > 1) reader.signed(); // scaling_list_dc_coef_minus8
      const coefficients = Math.min(64, 1 << (4 + (size << 1)));
      for (let i = 0; i < coefficients; i++) reader.signed();
    }
  }
}

/** @see ITU-T H.265 §7.3.7 */
function skipShortTermSets(reader: BitReader): void {
  const count = reader.unsigned();
  if (count > MAX_SHORT_TERM_SETS) throw malformed('short-term reference picture sets');
  let picturesBefore = 0;
  for (let index = 0; index < count; index++) {
    if (index > 0 && reader.bit()) {
      reader.bit(); // delta_rps_sign
      reader.unsigned(); // abs_delta_rps_minus1
      let pictures = 0;
      for (let i = 0; i <= picturesBefore; i++) {
        const isUsed = reader.bit() === 1;
        if (isUsed || reader.bit()) pictures++;
      }
      picturesBefore = pictures;
    } else {
      picturesBefore = reader.unsigned() + reader.unsigned();
      for (let i = 0; i < picturesBefore && picturesBefore <= 2 * MAX_REFERENCES; i++) {
        reader.unsigned();
        reader.bit();
      }
    }
    if (picturesBefore > 2 * MAX_REFERENCES) throw malformed('reference pictures');
  }
}
