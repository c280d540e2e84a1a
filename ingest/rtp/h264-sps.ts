import { ingestErrors } from '../errors.ts';
import { BitReader, unescapeRbsp } from './bit-reader.ts';

/** What a sequence parameter set says of the pictures. */
export interface H264Sps {
  readonly profileIdc: number;
  readonly levelIdc: number;
  /** After cropping. */
  readonly widthPx: number;
  readonly heightPx: number;
  /** RFC 6381, e.g. `avc1.42e01f`. */
  readonly codecString: string;
  /** 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormatIdc: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** From the VUI, undefined when it is not said there. */
  readonly framesPerSecond: number | undefined;
}

const MAX_SPS_SIZE_BYTES = 1024;
const MAX_SIDE_PX = 16_384;
const NAL_TYPE_SPS = 7;
/** Profiles whose parameter sets carry chroma format, bit depths and scaling lists (H.264 §7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/**
 * @param sps one NAL unit with its header byte, without start code or length
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED`
 * @see ITU-T H.264 §7.3.2.1.1, Annex E
 */
export function parseH264Sps(sps: Uint8Array): H264Sps {
  if (((sps[0] ?? 0) & 0x1f) !== NAL_TYPE_SPS) throw malformed('not a sequence parameter set');
  if (sps.length > MAX_SPS_SIZE_BYTES) throw malformed('sequence parameter set too long');
  const reader = new BitReader(unescapeRbsp(sps.subarray(1)));
  const profileIdc = reader.bits(8);
  const constraints = reader.bits(8);
  const levelIdc = reader.bits(8);
  reader.unsigned(); // seq_parameter_set_id
  const { chromaFormatIdc, separateColourPlanes, bitDepthLuma, bitDepthChroma } = readChroma(reader, profileIdc);
  reader.unsigned(); // log2_max_frame_num_minus4
  readPictureOrderCount(reader);
  reader.unsigned(); // max_num_ref_frames
  reader.bit(); // gaps_in_frame_num_value_allowed_flag
  const widthMbs = reader.unsigned() + 1;
  const heightMapUnits = reader.unsigned() + 1;
  const frameMbsOnly = reader.bit();
  if (!frameMbsOnly) reader.bit(); // mb_adaptive_frame_field_flag
  reader.bit(); // direct_8x8_inference_flag
  const crop = reader.bit() ? readCrop(reader) : { left: 0, right: 0, top: 0, bottom: 0 };
  const chromaArrayType = separateColourPlanes ? 0 : chromaFormatIdc;
  const cropUnitX = chromaArrayType === 1 || chromaArrayType === 2 ? 2 : 1;
  const cropUnitY = (chromaArrayType === 1 ? 2 : 1) * (2 - frameMbsOnly);
  const widthPx = widthMbs * 16 - (crop.left + crop.right) * cropUnitX;
  const heightPx = heightMapUnits * 16 * (2 - frameMbsOnly) - (crop.top + crop.bottom) * cropUnitY;
  if (!(widthPx >= 1 && heightPx >= 1 && widthPx <= MAX_SIDE_PX && heightPx <= MAX_SIDE_PX)) {
    throw malformed('picture size out of range');
  }
  return {
    profileIdc,
    levelIdc,
    widthPx,
    heightPx,
    codecString: `avc1.${[profileIdc, constraints, levelIdc].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`,
    chromaFormatIdc,
    bitDepthLuma,
    bitDepthChroma,
    framesPerSecond: readFrameRate(reader),
  };
}

function malformed(detail: string): Error {
  return ingestErrors.RTP_PAYLOAD_MALFORMED({ detail });
}

export interface Chroma {
  readonly chromaFormatIdc: number;
  readonly separateColourPlanes: boolean;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
}

export function readChroma(reader: BitReader, profileIdc: number): Chroma {
  if (!HIGH_PROFILES.has(profileIdc)) {
    return { chromaFormatIdc: 1, separateColourPlanes: false, bitDepthLuma: 8, bitDepthChroma: 8 };
  }
  const chromaFormatIdc = reader.unsigned();
  if (chromaFormatIdc > 3) throw malformed('chroma format');
  const separateColourPlanes = chromaFormatIdc === 3 && reader.bit() === 1;
  const bitDepthLuma = 8 + reader.unsigned();
  const bitDepthChroma = 8 + reader.unsigned();
  if (bitDepthLuma > 14 || bitDepthChroma > 14) throw malformed('bit depth');
  reader.bit(); // qpprime_y_zero_transform_bypass_flag
  if (reader.bit()) {
    const lists = chromaFormatIdc === 3 ? 12 : 8;
    for (let list = 0; list < lists; list++) if (reader.bit()) skipScalingList(reader, list < 6 ? 16 : 64);
  }
  return { chromaFormatIdc, separateColourPlanes, bitDepthLuma, bitDepthChroma };
}

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

export function readPictureOrderCount(reader: BitReader): void {
  const type = reader.unsigned();
  if (type === 0) {
    reader.unsigned(); // log2_max_pic_order_cnt_lsb_minus4
  } else if (type === 1) {
    reader.bit(); // delta_pic_order_always_zero_flag
    reader.signed(); // offset_for_non_ref_pic
    reader.signed(); // offset_for_top_to_bottom_field
    const cycle = reader.unsigned();
    if (cycle > 255) throw malformed('picture order cycle');
    for (let i = 0; i < cycle; i++) reader.signed();
  } else if (type !== 2) {
    throw malformed('picture order type');
  }
}

function readCrop(reader: BitReader): { left: number; right: number; top: number; bottom: number } {
  const left = reader.unsigned();
  const right = reader.unsigned();
  const top = reader.unsigned();
  const bottom = reader.unsigned();
  return { left, right, top, bottom };
}

/** The VUI is optional and often cut short by cameras: whatever is wrong in it, the picture size still holds. */
function readFrameRate(reader: BitReader): number | undefined {
  try {
    if (!reader.bit()) return undefined;
    if (reader.bit() && reader.bits(8) === 255) reader.skip(32); // aspect_ratio
    if (reader.bit()) reader.bit(); // overscan
    if (reader.bit()) {
      reader.skip(4); // video_format, full range
      if (reader.bit()) reader.skip(24); // colour description
    }
    if (reader.bit()) {
      reader.unsigned(); // chroma location
      reader.unsigned();
    }
    if (!reader.bit()) return undefined;
    const unitsInTick = reader.bits(32);
    const timeScale = reader.bits(32);
    const framesPerSecond = timeScale / (2 * unitsInTick);
    return Number.isFinite(framesPerSecond) && framesPerSecond > 0 && framesPerSecond <= 300
      ? framesPerSecond
      : undefined;
  } catch {
    return undefined;
  }
}
