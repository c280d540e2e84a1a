import type { AccessUnit } from '../media.ts';

/** NAL unit types of H.265 that matter here (H.265 Table 7-1). */
export const NAL_H265 = {
  raslN: 8,
  raslR: 9,
  /** The last of the types 0 to 9 that hold slices of pictures which refer to others. */
  lastTrailing: 9,
  blaWLp: 16,
  blaNLp: 18,
  cra: 21,
  vps: 32,
  sps: 33,
  pps: 34,
  aud: 35,
  prefixSei: 39,
  suffixSei: 40,
} as const;

/** @param nal with its header */
export function nalTypeOf(nal: Uint8Array): number {
  return ((nal[0] ?? 0) >> 1) & 0x3f;
}

/**
 * Pictures at which decoding can start: IDR, CRA and BLA. Cameras that code with open groups of pictures send a single
 * IDR, at their start, and CRA from then on: a player that waited for an IDR would wait for good.
 */
export function isIrap(type: number): boolean {
  return type >= NAL_H265.blaWLp && type <= NAL_H265.cra;
}

/**
 * True for a picture that is sent after a CRA, shown before it, and needs pictures from before it (RASL): where decoding
 * starts with that CRA it must be left out.
 * @see ITU-T H.265 §3.130, §8.1.3
 */
export function isRaslPicture(unit: Pick<AccessUnit, 'format' | 'nalUnits'>): boolean {
  return unit.format.codec === 'h265' && unit.nalUnits.some((nal) => isRaslType(nalTypeOf(nal)));
}

function isRaslType(type: number): boolean {
  return type === NAL_H265.raslN || type === NAL_H265.raslR;
}

/** True for a key frame that pictures may follow which are shown before it. */
export function mayHaveLeadingPictures(unit: Pick<AccessUnit, 'format' | 'nalUnits' | 'isKeyFrame'>): boolean {
  if (unit.format.codec !== 'h265' || !unit.isKeyFrame) return false;
  return unit.nalUnits.some((nal) => {
    const type = nalTypeOf(nal);
    // All but IDR_N_LP (20) and BLA_N_LP (18).
    return isIrap(type) && type !== IDR_N_LP && type !== NAL_H265.blaNLp;
  });
}

const IDR_N_LP = 20;
