import type { VideoFormat } from '../media.ts';
import { parseH264Sps } from './h264-sps.ts';
import { h265VpsFrameRate } from './h265-parameter-sets.ts';
import { parseH265Sps } from './h265-sps.ts';

/**
 * Pictures a second as the parameter sets say; undefined when they do not.
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED` when the sequence parameter set cannot be read
 */
export function framesPerSecondOf({ codec, vps, sps }: VideoFormat): number | undefined {
  if (codec === 'h264') return parseH264Sps(sps).framesPerSecond;
  return parseH265Sps(sps).framesPerSecond ?? (vps && h265VpsFrameRate(vps));
}
