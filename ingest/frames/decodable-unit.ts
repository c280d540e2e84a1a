import type { AccessUnit, VideoCodec } from '../media.ts';
import { isIrap, NAL_H265, nalTypeOf } from '../rtp/h265-nal.ts';
import { parseH265Sps } from '../rtp/h265-sps.ts';
import { rewriteH265Sps } from './h265-sps-rewriter.ts';
import type { PictureSize } from './picture-size.ts';
import { type RewrittenSps, rewriteSps } from './sps-rewriter.ts';

const START_CODE = Buffer.from([0, 0, 0, 1]);
const NAL_TYPE_IDR = 5;
const NAL_TYPE_SPS = 7;
/**
 * In front of a key frame that follows other pictures than the camera sent before it: else two CRA pictures of two cameras
 * are one sequence to the decoder.
 */
const END_OF_SEQUENCE_H265 = Buffer.from([36 << 1, 1]);

export interface DecodableUnit {
  readonly codec: VideoCodec;
  /** Annex B bytes in order; not joined. */
  readonly parts: readonly Uint8Array[];
  readonly sizeBytes: number;
  readonly isKeyFrame: boolean;
  /** As encoded, after cropping. */
  readonly size: PictureSize;
}

/**
 * `alone`: a key frame among those of other cameras. `first`: a key frame that others of its stream follow. `next`: what
 * follows.
 */
export type DecodingPlace = 'alone' | 'first' | 'next';

/** By identity of the parameter set's bytes: a stream keeps the same object until it changes. */
class RewrittenSets {
  readonly #rewrite: (sps: Uint8Array) => RewrittenSps;
  readonly #known = new WeakMap<Uint8Array, RewrittenSps | 'malformed'>();

  constructor(rewrite: (sps: Uint8Array) => RewrittenSps) {
    this.#rewrite = rewrite;
  }

  get(sps: Uint8Array): RewrittenSps | undefined {
    let result = this.#known.get(sps);
    if (!result) {
      try {
        result = this.#rewrite(sps);
      } catch {
        // Network bytes: a parameter set that cannot be read makes the unit undecodable, nothing more.
        result = 'malformed';
      }
      this.#known.set(sps, result);
    }
    return result === 'malformed' ? undefined : result;
  }
}

const h264Sets = new RewrittenSets(rewriteSps);
const h265LoneSets = new RewrittenSets(rewriteH265Sps);
/** A stream's pictures come out in the order of showing, as its own set says. */
const h265Sets = new RewrittenSets((sps) => ({ ...parseH265Sps(sps), sps }));

/**
 * An access unit as it is put to a decoder: parameter sets in front of key frames, made to give pictures at once.
 *
 * @returns undefined for what must not reach a shared decoder: damaged, without parameter sets, or a key frame without a
 * key slice
 */
export function toDecodableUnit(unit: AccessUnit, place: DecodingPlace): DecodableUnit | undefined {
  const { codec, vps, sps, pps } = unit.format;
  if (unit.damaged || sps.length === 0 || pps.length === 0 || unit.nalUnits.length === 0) return undefined;
  if (unit.isKeyFrame && !unit.nalUnits.some((nal) => isKeySlice(codec, nal))) return undefined;
  const sets = codec === 'h264' ? h264Sets : place === 'alone' ? h265LoneSets : h265Sets;
  const main = sets.get(sps);
  if (!main) return undefined;
  const nalUnits: Uint8Array[] = [];
  if (unit.isKeyFrame && codec === 'h265') {
    if (!vps || vps.length === 0) return undefined;
    if (place !== 'next') nalUnits.push(END_OF_SEQUENCE_H265);
    nalUnits.push(vps);
  }
  if (unit.isKeyFrame) nalUnits.push(main.sps, pps);
  for (const nal of unit.nalUnits) {
    // Some streams carry further parameter sets in band.
    const usable = isSequenceSet(codec, nal) ? sets.get(nal)?.sps : nal;
    if (usable) nalUnits.push(usable);
  }
  const parts = nalUnits.flatMap((nal) => [START_CODE, nal]);
  return {
    codec,
    parts,
    sizeBytes: parts.reduce((sum, part) => sum + part.length, 0),
    isKeyFrame: unit.isKeyFrame,
    size: { widthPx: main.widthPx, heightPx: main.heightPx },
  };
}

function isKeySlice(codec: VideoCodec, nal: Uint8Array): boolean {
  return codec === 'h264' ? ((nal[0] ?? 0) & 0x1f) === NAL_TYPE_IDR : isIrap(nalTypeOf(nal));
}

function isSequenceSet(codec: VideoCodec, nal: Uint8Array): boolean {
  return codec === 'h264' ? ((nal[0] ?? 0) & 0x1f) === NAL_TYPE_SPS : nalTypeOf(nal) === NAL_H265.sps;
}
