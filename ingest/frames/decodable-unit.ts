import type { AccessUnit } from '../media.ts';
import type { PictureSize } from './picture-size.ts';
import { type RewrittenSps, rewriteSps } from './sps-rewriter.ts';

const START_CODE = Buffer.from([0, 0, 0, 1]);
const NAL_TYPE_IDR = 5;
const NAL_TYPE_SPS = 7;

export interface DecodableUnit {
  /** Annex B bytes in order; not joined. */
  readonly parts: readonly Uint8Array[];
  readonly sizeBytes: number;
  readonly isKeyFrame: boolean;
  /** As encoded, after cropping. */
  readonly size: PictureSize;
}

/** By identity of the parameter set's bytes: a stream keeps the same object until it changes. */
const rewritten = new WeakMap<Uint8Array, RewrittenSps | 'malformed'>();

/**
 * An access unit as it is put to a decoder: parameter sets in front of key frames, made to give pictures at once.
 *
 * @returns undefined for what must not reach a shared decoder: damaged, not H.264, without parameter sets, or a key frame
 * without a key slice
 */
export function toDecodableUnit(unit: AccessUnit): DecodableUnit | undefined {
  const { sps, pps, codec } = unit.format;
  if (unit.damaged || codec !== 'h264' || sps.length === 0 || pps.length === 0) return undefined;
  if (unit.isKeyFrame && !unit.nalUnits.some((nal) => nalType(nal) === NAL_TYPE_IDR)) return undefined;
  const main = rewriteOnce(sps);
  if (!main || unit.nalUnits.length === 0) return undefined;
  const nalUnits: Uint8Array[] = unit.isKeyFrame ? [main.sps, pps] : [];
  for (const nal of unit.nalUnits) {
    // Some streams carry further parameter sets in band.
    const usable = nalType(nal) === NAL_TYPE_SPS ? rewriteOnce(nal)?.sps : nal;
    if (usable) nalUnits.push(usable);
  }
  const parts = nalUnits.flatMap((nal) => [START_CODE, nal]);
  return {
    parts,
    sizeBytes: parts.reduce((sum, part) => sum + part.length, 0),
    isKeyFrame: unit.isKeyFrame,
    size: { widthPx: main.widthPx, heightPx: main.heightPx },
  };
}

function rewriteOnce(sps: Uint8Array): RewrittenSps | undefined {
  let result = rewritten.get(sps);
  if (!result) {
    try {
      result = rewriteSps(sps);
    } catch {
      // Network bytes: a parameter set that cannot be read makes the unit undecodable, nothing more.
      result = 'malformed';
    }
    rewritten.set(sps, result);
  }
  return result === 'malformed' ? undefined : result;
}

function nalType(nal: Uint8Array): number {
  return (nal[0] ?? 0) & 0x1f;
}
